"""Daily work: keys, the next matter, saved filters, many at once, lists to take along, a whole case on paper.

Reading order: domain (keys, columns), models (saved filters), queries (what comes next, what would change), forms,
views. The matters themselves are the docket's.
"""
