"""Letters and visits: from the public form to the written answer, with the law's clocks and the petitioner protected.

Rooms: letterbox (the public's side: write, look up by receipt code), docket (the office's side: the queue, a case).
"""
