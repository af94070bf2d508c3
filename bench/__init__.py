"""Speed and growth, measured over real HTTP beside a bare Flask page in the same run.

Reading order: bare (what we compare with), seed (an office with many letters), visit (what a browser sends), and
__main__, which runs it all and writes the table into docs/performance.md.
"""
