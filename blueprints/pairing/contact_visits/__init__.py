"""Grassroots contact (基层联系): visits of a group along its route, what was found there, and what became of it.

Reading order: domain (the procedures as tables, the clock as data), models (visits, findings, the wall around what
complains of somebody), queries (lists, what became of a finding as far as the reader may know), forms, views. A
finding is taken down as a letter is at a down-visit: it stays on the phone until the office has it.
"""
