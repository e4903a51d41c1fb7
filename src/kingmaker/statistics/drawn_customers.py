"""Customers drawn with replacement, as few of them one by one as the question allows.

How often each of N customers is drawn is multinomial. Of customers that are alike in all that is asked, only the total
matters, and totals of a multinomial are multinomial too: they are drawn as totals. The distribution is exactly the same.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from kingmaker.statistics.arrays import Booleans, Floats, Integers

BLOCK = 1_000_000
"""Counts held in memory at a time."""
FEWEST_ALIKE = 32
"""A total of fewer customers takes longer to draw than the customers themselves."""


@dataclass(frozen=True, slots=True, eq=False)
class Units:
    """What is counted in a draw: first the `single` customers that are drawn one by one, then groups of alike customers.

    `of_customer` [customers] is the unit of each; `first` [units] a customer of each unit, `size` [units] how many it has.
    """

    single: int
    of_customer: Integers
    first: Integers
    size: Integers


def units(columns: Floats, asked: Booleans) -> Units:
    """Units of customers that are equal in all `columns` [customers, k], but the `asked` [customers] each on its own.

    They are numbered by the first of their customers, so the order of the columns changes nothing.
    """
    customers, others = asked.size, np.flatnonzero(~asked)
    _, first, group, size = np.unique(
        _alike(columns[others]), return_index=True, return_inverse=True, return_counts=True
    )
    many = size[group] >= FEWEST_ALIKE
    label = np.arange(customers)
    label[others[many]] = customers + others[first[group[many]]]
    found, first, of_customer, size = np.unique(label, return_index=True, return_inverse=True, return_counts=True)
    return Units(int((found < customers).sum()), of_customer, first, size)


def drawn(units: Units, draws: int, seed: int, width: int) -> Iterator[Floats]:
    """How often each unit is in each draw, in blocks of [draws in block, units]; `width` counts are read in each draw."""
    random = np.random.default_rng(seed)
    customers, single = int(units.size.sum()), units.single
    shares = np.append(single, units.size[single:]) / customers
    block = max(1, BLOCK // (units.size.size + width))
    for start in range(0, draws, block):
        counts = np.empty((min(block, draws - start), units.size.size))
        for count in counts:
            totals = random.multinomial(customers, shares)
            count[single:] = totals[1:]
            count[:single] = np.bincount(random.integers(0, max(single, 1), size=totals[0]), minlength=single)
        yield counts


def _alike(columns: Floats) -> Integers:
    """The same number for equal rows: [rows]. Sums of weights are equal when they are but for the order of summation."""
    group = np.zeros(columns.shape[0], dtype=np.int64)
    for column in columns.T:
        largest = np.abs(column).max(initial=0.0) or 1.0
        values, code = np.unique(np.round(column / largest, 12), return_inverse=True)
        distinct, group = np.unique(group * values.size + code, return_inverse=True)
        if distinct.size == group.size:
            break
    return group
