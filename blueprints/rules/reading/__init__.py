"""Knowing the rules: who must read which rule by when, reading and acknowledging, the short quiz, the yearly pledge.

Reading order: domain (the steps of a request to read; a quiz as it is typed), models (requests, whom they ask, who has
acknowledged what; the quiz), queries (what I am to read, who has not), forms, views. Nobody is ranked: of a quiz
nothing is kept but that it was passed, and who has not read is told by unit and name alone.
"""
