"""Applications for the posts of college students in villages: the public form and its code, matching, the reserve list.

Reading order: domain (the procedure of an application, its clocks), models, queries, forms, views.
"""
