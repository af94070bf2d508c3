"""The knowledge page: farmers' questions and the experts' answers, without names, for everybody to read and search.

Reading order: queries, forms, views. What stands here was published in questions.
"""
