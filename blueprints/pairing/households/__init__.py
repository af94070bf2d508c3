"""Households nominated as examples (科技致富示范户): by themselves, a village, a unit; what became of it.

Reading order: domain (the procedure of a household), papers (the certificate), models (a household, its photos, the
visits a year later), queries, forms, views. The round it stands in is in rounds; scores are in panel; the notice and
the objections, which decide whether a household can be named, are in naming.
"""
