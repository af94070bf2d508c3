"""Screening: the office asks units and villages where trouble is brewing, before it becomes a petition (矛盾纠纷排查).

Reading order: domain (kinds of trouble, the two procedures), models (rounds, whom they are addressed to, the items
that come back, the wall), queries (lists), forms, papers (tables to take away), views. It asks about trouble, never
about who complains. What units and villages fill in is in returns, the figures are in rising.
"""
