"""Practical training courses (实用技术培训班): announced, filled, held, and what those who came thought of them.

Reading order: domain (the procedure of a course, telephone numbers, small counts), models (a course, its places, its
evaluations), queries (lists), forms, views. What people do by themselves, without signing in, is in enrolment.
"""
