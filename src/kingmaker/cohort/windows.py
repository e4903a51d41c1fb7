"""Cuts the matured loans into train, calibration, selection and test: by application date, the newest last."""

import hashlib
from datetime import date, timedelta
from math import ceil

import polars as pl

from kingmaker.domain.snapshot import Finding, Severity, Window, WindowCount
from kingmaker.pipeline.declaration import Windows

FITTED = (Window.TRAIN, Window.CALIBRATION, Window.SELECTION, Window.TEST)
"""The labelled windows, oldest first; `_window_number` counts in this order."""
NEWEST_DAYS = 28
NEWEST_ROWS = 500
LARGEST_TEST = 0.30


def shares(windows: Windows, bads: int, min_bads: int) -> dict[Window, int]:
    """How many bads each held-out window should have. The test window grows up to 30 % where `min_bads` asks for it."""
    test = ceil(windows.test * bads)
    if test < min_bads:
        test = max(test, min(min_bads, int(LARGEST_TEST * bads)))
    return {
        Window.TEST: test,
        Window.SELECTION: ceil(windows.selection * bads),
        Window.CALIBRATION: ceil(windows.calibration * bads),
    }


def cut_by_date(frame: pl.DataFrame, windows: Windows, min_bads: int) -> pl.DataFrame:
    """Add `_window_number`. A date never straddles: each held-out window is the fewest newest whole dates with its bads."""
    days = frame.group_by("_applied_at").agg(pl.col("_label").sum().alias("bads")).sort("_applied_at", descending=True)
    wanted = shares(windows, int(frame["_label"].sum()), min_bads)
    numbers: list[int] = []
    number, so_far = len(FITTED) - 1, 0
    for bads in days["bads"]:
        numbers.append(number)
        so_far += bads
        if number > 0 and so_far >= wanted[FITTED[number]]:
            number, so_far = number - 1, 0
    days = days.select("_applied_at", pl.Series("_window_number", numbers, dtype=pl.Int8))
    return frame.join(days, on="_applied_at", how="left", maintain_order="left")


def cut_at_random(frame: pl.DataFrame, windows: Windows, min_bads: int, seed: int) -> pl.DataFrame:
    """Add `_window_number` where there is no date: customers in an order that only the seed and their names decide.

    Stratified: customers with a bad loan and those without are cut separately, each into the same shares.
    """
    customers = frame.group_by("_customer").agg(pl.col("_label").max().alias("bad"))
    order = [hashlib.sha256(f"{seed}:{name}".encode()).digest() for name in customers["_customer"]]
    customers = customers.with_columns(pl.Series("order", order)).sort("order")
    bads = int(customers["bad"].sum())
    wanted = {window: count / bads if bads else 0.0 for window, count in shares(windows, bads, min_bads).items()}
    place = (pl.col("order").rank("ordinal").over("bad") - 0.5) / pl.len().over("bad")
    edges = _cumulated(wanted)
    number = pl.lit(len(FITTED) - 1, dtype=pl.Int8)
    for window in (Window.SELECTION, Window.CALIBRATION, Window.TRAIN):
        number = pl.when(place > edges[window]).then(pl.lit(FITTED.index(window), dtype=pl.Int8)).otherwise(number)
    numbered = customers.with_columns(number.alias("_window_number")).select("_customer", "_window_number")
    return frame.join(numbered, on="_customer", how="left", maintain_order="left")


def _cumulated(wanted: dict[Window, float]) -> dict[Window, float]:
    """Where each window begins when test comes first, then selection, calibration and train."""
    test, selection, calibration = wanted[Window.TEST], wanted[Window.SELECTION], wanted[Window.CALIBRATION]
    return {
        Window.SELECTION: test,
        Window.CALIBRATION: test + selection,
        Window.TRAIN: test + selection + calibration,
    }


def newest_applicants(waiting: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Of loans whose window is open, those applied in the last 28 days, or on as many newest days as give 500 rows."""
    days = waiting.group_by("_applied_at").len().sort("_applied_at", descending=True)
    first_of_period = as_of - timedelta(days=NEWEST_DAYS - 1)
    reached = days["len"].cum_sum() - days["len"]
    kept = days.filter((days["_applied_at"] >= first_of_period) | (reached < NEWEST_ROWS))
    return waiting.join(kept.select("_applied_at"), on="_applied_at", how="semi", maintain_order="left")


def count_windows(frame: pl.DataFrame) -> tuple[WindowCount, ...]:
    """Rows, bads and dates of all five windows, in order; an empty one counts 0."""
    return tuple(_count(frame.filter(pl.col("_window") == window.value), window) for window in Window)


def _count(rows: pl.DataFrame, window: Window) -> WindowCount:
    first, last = rows["_applied_at"].min(), rows["_applied_at"].max()
    return WindowCount(
        window=window,
        rows=rows.height,
        bads=int(rows["_label"].sum()),
        first=first if isinstance(first, date) else None,
        last=last if isinstance(last, date) else None,
    )


def no_date_finding() -> Finding:
    """What every report must say of a pipeline without application dates."""
    return Finding(
        check="no_application_date",
        severity=Severity.WARNING,
        column=None,
        value=None,
        limit=None,
        sentence=(
            "without an application date the windows are a random split: "
            "maturity, drift and the decay of the model over time could not be judged"
        ),
        remedy="Declare `applied_at` as soon as the source has it.",
    )
