"""Rules of procedure: which matter is decided by which meeting, as data, and the page that answers "who decides this?".

Reading order: domain (kinds of matters, meetings, one ruling, how one is found), models (the table in versions, which
one is in force, `who_decides()` for other rooms), forms, views. A version is edited until it is adopted; once it took
effect it never changes, so that what it said on a day can always be read.
"""
