"""Objections to a list on public notice (公示异议): by anybody, with a name or without; answered in writing by code.

Reading order: domain, models, queries, forms, views. Nobody but the office reads who objects, and of the office nobody
who is on the panel or nominated the household.
"""
