"""Rounds that choose households as examples (科技致富示范户评选): criteria and weights, dates, the panel.

Reading order: domain (the procedure of a round, its clocks, what a panel and criteria must be), models (a round, its
members), queries, forms, views. Who was nominated is in households, how they are scored in panel, and every step of a
round is taken in naming, which alone knows whether it can be.
"""
