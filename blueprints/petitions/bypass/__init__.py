"""The bypass: a letter about this office's own people goes one level up, sealed so that nobody here can read it.

Reading order: domain (the package and its key), models (the packages that wait), views.
"""
