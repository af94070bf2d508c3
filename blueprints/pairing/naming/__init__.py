"""From the closed panel to the title (评定、公示、命名): every step of a round, the public notice, the results.

Reading order: models (what a step of a round waits for, and what it does to the households), queries, views. It alone
knows the round, its households, their scores and the objections, and so whether a step can be taken.
"""
