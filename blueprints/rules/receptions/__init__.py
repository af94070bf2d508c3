"""Official receptions (公务接待, R5): asked for before the event, held against the standard line by line, approved by
somebody else, and paid by a bill that a third person looks at. Not the leaders' reception days of petitions/reception.

Read domain.py (the table, the standard and the check), models.py, papers.py, queries.py, forms.py, views.py.
"""
