"""Retention: how long a closed matter is kept, what holds it, how it is erased by two persons, and redaction.

Reading order: domain (periods by class), models (what is kept and why, erasing, redacting), queries, forms, views.
"""
