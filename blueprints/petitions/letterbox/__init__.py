"""The letterbox: a resident writes, or a clerk takes it down; the receipt code opens the answer, messages, a rating.

Reading order: domain (states in the petitioner's words), models (one sending, one letter; its receipt), forms, views.
The matters themselves are the docket's.
"""
