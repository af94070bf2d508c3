"""The record of the office, as an auditor and a leader read it: that something happened, never what it says.

Reading order: models (what happened, through the wall of each room), views.
"""
