"""Activities of the civilised village (文明村创建活动): planned, held, reported with cost and pictures.

Reading order: domain (the procedure as a table; kinds and the clock of the report as data), models, queries, forms,
views.
"""
