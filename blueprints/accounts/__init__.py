"""Accounts: the units of the office, the people who sign in, and their sign-in.

Reading order: domain (what a good password and a user name are), models (units, users), forms, views.
"""
