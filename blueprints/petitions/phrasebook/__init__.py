"""The phrasebook: templates for answers and messages, with fields that a matter fills in; never who wrote.

Reading order: domain (the fields, how they are filled in), models, forms, views. Where they are put in is the docket's.
"""
