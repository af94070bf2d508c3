"""Needs of villages (需求) and the measures of the paired units (帮扶措施), from raising to closing.

Reading order: domain (the procedure as a table, its clocks as data), models (tables, verbs, who may see), queries
(lists, money, photos), forms, views. A need may come from a letter, a screening item or a down-visit: the tie belongs
to the record of that matter, so that the wall hides it together with the matter.
"""
