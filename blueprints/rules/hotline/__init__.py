"""The hotline: the public side of reports of violations, from the form to the page that a receipt code opens.

Reading order: domain (what is not told), models (one sending, one report; what the reporter does), forms, views. The
reports themselves are the room reports.
"""
