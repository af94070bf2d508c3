"""Protection of who writes: who read what of a matter, and harm done to somebody because they wrote.

Reading order: domain (what counts as a reading, the way of a notice of retaliation), models, queries, forms, views.
"""
