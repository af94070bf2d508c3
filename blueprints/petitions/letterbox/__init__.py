"""The letterbox: a resident writes, or a clerk takes it down; once however often the form is sent.

Reading order: domain (examples), models (one sending, one letter), forms, views. The matters themselves are the
docket's; the page of whoever holds the receipt code is a room of its own.
"""
