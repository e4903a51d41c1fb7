"""Books of judged loans that the laws are checked on."""

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st

LAW = settings(max_examples=60, deadline=None)


@st.composite
def judged(draw, *, smallest=4):
    """Outcomes with both classes, and small whole-number risks, so that ties are frequent."""
    rows = draw(st.integers(smallest, 60))
    bad = np.array(draw(st.lists(st.integers(0, 1), min_size=rows, max_size=rows)))
    bad[:2] = (0, 1)
    risk = np.array(draw(st.lists(st.integers(-6, 6), min_size=rows, max_size=rows)), dtype=float)
    return bad, risk


def rival_books(rows=3000, *, seed=11, strength=1.0, rival=1.0):
    """Outcomes, and the margins of a champion and of a rival that see the same signal through noises of their own."""
    random = np.random.default_rng(seed)
    signal = random.normal(size=rows)
    bad = (random.uniform(size=rows) < 1 / (1 + np.exp(2.2 - 1.2 * signal))).astype(float)
    champion = strength * signal + 0.8 * random.normal(size=rows)
    challenger = rival * signal + 0.8 * random.normal(size=rows)
    return bad, champion, challenger
