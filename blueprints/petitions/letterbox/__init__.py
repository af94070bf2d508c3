"""The letterbox: a resident writes a letter, gets a receipt code, reads the answer, writes back and rates it.

Reading order: domain (states in the petitioner's words), models (a letter through its receipt), forms, views.
The matters themselves are the docket's.
"""
