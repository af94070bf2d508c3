"""The yearly report on pairing assistance (年度结对帮扶报告): a draft over live figures, issued with figures that stay.

Reading order: domain (the table, the figures), papers, models, queries, forms, views. Its figures are those of the
account, and what other rooms add there.
"""
