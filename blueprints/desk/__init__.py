"""The desk: what is due, for me, this week, and the doors that are open to my role.

Reading order: models (what is due for this person), views.
"""
