"""Figures: what of the law's clocks was kept, where matters were solved, how petitioners rate; and the yearly report.

Reading order: domain (periods, measures, small cells), queries (the counts and what is behind them), models (a list
taken along), papers, views.
"""
