"""Returns: units and villages answer a screening round, item by item, by table, or with nothing found (零报告).

Reading order: domain (the columns of the table), forms (an item, a table, its preview), papers (the table to fill in),
views. Rounds and items are the screening's.
"""
