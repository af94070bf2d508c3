"""The plan of the years for posts in villages (一村一名大学生) against who was taken in; tables in and out.

Reading order: domain (what a row of a table says, and what is wrong with it), models, queries, forms, views.
"""
