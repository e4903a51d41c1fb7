"""Loans for these tests: plain columns, with a mark in each row that a pseudonym hides."""

from datetime import date, timedelta

import pyarrow as pa

MARK = "marker-of-a-person"


def loans(rows: int = 24_000) -> pa.Table:
    first = date(2026, 1, 1)
    return pa.table(
        {
            "loan": pa.array(range(rows), pa.int64()),
            "customer": [f"{MARK}-{number}" for number in range(rows)],
            "applied": pa.array([first + timedelta(days=number % 31) for number in range(rows)], pa.date32()),
            "amount": pa.array([number * 0.25 for number in range(rows)], pa.float64()),
        }
    )


def by_day(days: tuple[str, ...], rows: int = 40) -> pa.Table:
    """`rows` loans of each day, in partitions `day`."""
    numbers = range(rows * len(days))
    return pa.table(
        {
            "loan": pa.array(numbers, pa.int64()),
            "amount": pa.array([number * 0.5 for number in numbers], pa.float64()),
            "day": [days[number // rows] for number in numbers],
        }
    )
