"""A village's page: the picture of everything that is done with it, and the list of villages (帮扶村).

Reading order: queries (the list, people, visits, timeline), forms, views. It keeps no table of its own: pairings are in
pairs, needs in needs, and it shows of everything what its reader may see there.
"""
