"""Reports of violations (违规线索) and their graded handling, sealed to the discipline officers' own keys.

Reading order: domain (the two procedures), steps (what each does), models (a report, who has a key of it, its parts),
queries, papers, forms, views. The public side is the room hotline; the officers' keys are the keyring's.
"""
