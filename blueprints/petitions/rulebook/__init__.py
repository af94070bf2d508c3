"""Clocks and calendar: the procedures a matter can begin with, the working days, and what a change of them moves.

Reading order: domain (a year on a wall, a notice as lines), models (a year put anew and the clocks it moves), forms,
views. The tables are those of core.workdays and core.procedures; this room stands above the docket, because a change of
the calendar moves its clocks.
"""
