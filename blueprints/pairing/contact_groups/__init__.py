"""Contact groups (基层联系组): who goes to which villages, streets and enterprises, and who leads them.

Reading order: domain (the procedure as a table), models (groups, members, the stops of a route), forms, views.
"""
