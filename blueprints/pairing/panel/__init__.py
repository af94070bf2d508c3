"""How the panel of a round scores its households (评委评分): each member alone, without those who have a tie.

Reading order: domain (totals, medians, their order), models (ties, scores, who may score what), queries (what is to
score, the ranking once the panel is closed), forms, views. Until then nobody reads a score but who gave it.
"""
