"""Reception: days on which a leader receives people, and the units' hours early and late.

Reading order: domain (states, slots, gaps), models, queries, forms, views. The calendar of all this, visits included,
is here too.
"""
