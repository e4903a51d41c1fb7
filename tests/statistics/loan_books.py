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


def shared_books(rows=4000, *, seed=5):
    """`rival_books` of customers who own one row or several, and weights of which a few are large: customer, weight [rows]."""
    random = np.random.default_rng(seed)
    customer = np.sort(random.integers(0, rows // 2, size=rows))
    habit = random.normal(size=rows)[customer]
    bad, champion, challenger = rival_books(rows, seed=seed)
    bad = np.where(random.uniform(size=rows) < 0.3, (habit > 1.0).astype(float), bad)
    weight = np.where(random.uniform(size=rows) < 0.1, 10.0, 1.0)
    return (bad, champion + 0.5 * habit, challenger + 0.5 * habit), customer, weight


def drawn_rows(customer, *, draws, seed):
    """The plain bootstrap: how often each row is in each draw [rows], customers drawn whole and one by one."""
    random = np.random.default_rng(seed)
    customers = int(customer.max()) + 1
    for _ in range(draws):
        yield np.bincount(random.integers(0, customers, size=customers), minlength=customers)[customer]
