"""The bypass: what is about this office's own people goes one level up, sealed so that nobody here can read it.

It stands below the wings that take something in. Reading order: domain (the package), models (the packages that wait),
views.
"""
