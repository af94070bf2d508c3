"""The docket: every letter, visit, call and online letter in one queue, moved by the steps of one table.

Reading order: domain (the states, the steps, the clocks), models (tables and verbs), forms, papers, views.
"""
