"""All readings of all models in the same draws of customers."""

from collections.abc import Iterator, Sequence

import numpy as np

from kingmaker.statistics.arrays import Floats, Integers, weighted_counts
from kingmaker.statistics.drawn_customers import drawn, units
from kingmaker.statistics.readings import Reading


class Resampling:
    """Readings of the same rows, whose customers [n] are numbered from 0.

    Customers with a row that some reading must see are drawn one by one, the others in groups that no reading tells apart.
    """

    def __init__(self, readings: Sequence[Reading], customer: Integers) -> None:
        columns = _Columns(customer)
        self._readings = [(reading, [columns.place(added) for added in reading.sums]) for reading in readings]
        seen = np.zeros(int(customer.max()) + 1, dtype=np.bool_)
        for reading in readings:
            seen[customer[reading.near]] = True
        by_customer = columns.by_customer()
        self._units = units(by_customer, seen)
        self._added = by_customer[self._units.first]
        self._near = [self._units.of_customer[customer[reading.near]] for reading in readings]

    @property
    def one_by_one(self) -> int:
        """How many customers are drawn one by one."""
        return self._units.single

    def draws(self, draws: int, seed: int) -> Iterator[list[Floats]]:
        """Every reading, in order, in each draw: blocks of [draws in block] each."""
        width = max(near.size for near in self._near)
        for counts in drawn(self._units, draws, seed, width):
            yield self._read(counts)

    def rows_themselves(self) -> list[Floats]:
        """Every reading, in order, of the rows as they are: [1] each."""
        return self._read(self._units.size[None, :].astype(np.float64))

    def _read(self, counts: Floats) -> list[Floats]:
        totals = counts @ self._added
        return [
            reading.of(totals[:, places], counts.take(near, axis=1))
            for (reading, places), near in zip(self._readings, self._near, strict=True)
        ]


class _Columns:
    """Sums of each customer's rows; sums that several readings ask for are kept once."""

    def __init__(self, customer: Integers) -> None:
        self._customer = customer
        self._places: dict[bytes, int] = {}
        self._columns: list[Floats] = [np.ones(int(customer.max()) + 1)]

    def place(self, added: Floats) -> int:
        """The column of the values `added` [n]."""
        place = self._places.setdefault(added.tobytes(), len(self._columns))
        if place == len(self._columns):
            self._columns.append(weighted_counts(self._customer, added, self._columns[0].size))
        return place

    def by_customer(self) -> Floats:
        """[customers, columns]; the first is the number of customers."""
        return np.column_stack(self._columns)
