"""Image standards: the "five models, five images", what members say of themselves, signed remarks of colleagues.

Reading order: domain (the standards, who sees what, four small procedures), models (sheets in versions, drives, what
members say, `seen_by`), queries (whom a page shows), forms, views. Nothing here can be added up, and nobody compared:
what is said is sealed, a level is a word within it, each page shows one member, and no list holds a figure of anybody.
"""
