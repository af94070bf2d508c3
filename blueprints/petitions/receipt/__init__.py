"""The receipt page: what the holder of a receipt code reads and does, from the first notice to the rating.

Reading order: domain (states in the petitioner's words), models (what a code opens), forms, views.
"""
