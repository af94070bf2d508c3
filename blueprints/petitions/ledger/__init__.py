"""The ledger: a register that was kept elsewhere (信访台账) comes in from a table, all of it or nothing.

Reading order: domain (columns, dates, places, what is wrong with a row), models, forms, views.
"""
