"""Pairings: a unit helps a village for a term, with responsible members and each year's goals (结对帮扶).

Reading order: domain (states and steps of a pairing and of a goal), models (tables, verbs, who may see), queries (the
goals of a year), forms, views. The village's own page is in villages, what a village asks for in needs.
"""
