"""Rural practical talent (农村实用人才): who can do what in which village, with which grade, and until when it holds.

Reading order: domain (the procedure of an entry), models (an entry, its evaluation sheets), queries, forms, views.
Nobody is here who did not agree; who takes the consent back is forgotten by name.
"""
