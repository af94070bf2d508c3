"""The case file: what belongs to one matter, whatever its procedure: whom it is about, clocks, messages, files, papers.

Reading order: domain (papers and how they reach people), models. The matter itself is the docket's.
"""
