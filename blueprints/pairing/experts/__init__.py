"""The roster of experts: who can teach or advise in which trade and season, and who has agreed to be on it.

Reading order: domain (trades, seasons, the procedure of an entry), models, queries, forms, views.
"""
