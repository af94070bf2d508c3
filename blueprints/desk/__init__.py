"""The desk: what is due, for me, this week; for the auditor, the record.

Reading order: models (what is due for this person), views.
"""
