"""Causes: what lies behind letters of the same kind, what is done about it, and whether the letters came back.

A cause 问题根源 ties matters together. It has remedies 治本措施, each with a unit, a person and a day; a written
proposal to a unit 改进建议, which answers within its clock; and a count of the letters before and after the remedy.

Reading order: domain (states, steps, the comparison of two counts), models (tables, verbs, who sees a cause), queries
(lists, the months before and after), papers (the wording of a proposal), forms, views.
"""
