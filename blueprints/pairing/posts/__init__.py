"""One college student per village (一村一名大学生): posts by village, who serves in them, mentor, review, departure.

Reading order: domain (the procedures of a post and of a service), models, queries, forms, views. Who applies, and how
an applicant comes to a post, is in applications.
"""
