"""The account of a year of pairing (结对帮扶): needs, money, goals, courses, and the list of what each number counts.

Reading order: domain, queries, forms, views. It keeps no table of its own. Another room adds its lines by `figures` in
its told.py (rooms.figures).
"""
