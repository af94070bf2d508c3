"""What people do about a course by themselves: read, enrol by telephone number, check in, evaluate, give a place up.

Reading order: domain, forms, views. Nobody signs in here; what a code opens, it opens for half an hour in one browser.
"""
