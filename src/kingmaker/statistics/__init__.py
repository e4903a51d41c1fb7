"""Selection statistics: arrays in, numbers out; no files, no clocks, no tables.

Everywhere `bad` is [n] of 0 and 1 (1 is bad), `risk` is [n] with higher meaning riskier (a pd or a margin), `weight` is [n]
of positive row weights, and what cannot be judged raises ValueError instead of returning an arbitrary number.
"""
