"""Down-visits: leaders go to the village, hear matters there, and promise what is then watched.

Reading order: domain (states and steps of a visit and of a promise), models, queries (plan, promises, receipt page),
forms, views.
"""
