"""Letters and visits: from the public form to the written answer, with the law's clocks and the petitioner protected.

Rooms: casefile (what belongs to a matter), docket (the matter, its procedure, the queue), letterbox (the ways in,
and the receipt page of whoever wrote).
"""
