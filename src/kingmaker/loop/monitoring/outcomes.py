"""What became of the loans that were approved: answers in the log joined with the outcomes that were handed in."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date
from typing import Final

import polars as pl

from kingmaker.cohort.maturity import value_text
from kingmaker.cohort.vintage import whole_months
from kingmaker.domain.errors import NotFound, TamperFound
from kingmaker.domain.monitoring import AgeReading, BandReading, OutcomeReading
from kingmaker.domain.run import Stage
from kingmaker.loop.monitoring.counting import APPROVED, SHADOW
from kingmaker.loop.monitoring.intake import answers_of, segments_in
from kingmaker.loop.monitoring.segments import SegmentDamaged
from kingmaker.loop.snapshots import snapshot_from_json
from kingmaker.pipeline.declaration import Outcome
from kingmaker.ports.house import House

ANSWERED: Final = pl.Schema(
    [
        ("id", pl.String()),
        ("at", pl.Datetime("us", "UTC")),
        ("version", pl.String()),
        ("pd", pl.Float64()),
        ("grade", pl.String()),
    ]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedIn:
    """`outcomes` has `id`, `outcome` (a date or null, or a label's text) and `told`, the day it was handed in, each id once."""

    outcomes: pl.DataFrame
    outcome: Outcome
    as_of: date


def newest_of_each(batches: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Batches of `id`, `outcome` and `told`, oldest first, as one: what was handed in last holds."""
    return pl.concat(batches, how="vertical_relaxed").unique("id", keep="last", maintain_order=True)


def outcome_readings(house: House, pipeline: str, handed_in: HandedIn) -> tuple[OutcomeReading, ...]:
    """One for each version that approved a loan whose outcome is known. Reads the whole inbox."""
    answered = _approved(house, pipeline, set(handed_in.outcomes["id"].to_list()))
    loans = judged(answered.join(handed_in.outcomes, on="id"), handed_in.outcome)
    return tuple(
        OutcomeReading(
            version=version,
            as_of=handed_in.as_of,
            loans=own.height,
            bands=tuple(_bands(own)),
            ages=tuple(_ages(own, handed_in.outcome, vintage_of_version(house, pipeline, version))),
        )
        for version in sorted(loans["version"].unique().to_list())
        for own in [loans.filter(pl.col("version") == version)]
    )


def judged(loans: pl.DataFrame, outcome: Outcome) -> pl.DataFrame:
    """Add `bad` (so far, within the horizon) and `matured`; indeterminate labels leave.

    A loan is as old as it was when its outcome was handed in, less the reporting lag: nothing is known of it since.
    """
    if outcome.label is not None:
        unclear = [value_text(value) for value in outcome.indeterminate]
        kept = loans.filter(~pl.col("outcome").is_in(unclear))
        is_bad = pl.col("outcome") == value_text(outcome.bad)
        return kept.with_columns(
            is_bad.alias("bad"), pl.lit(value=True).alias("matured"), pl.col("at").dt.date().alias("day")
        )
    day = pl.col("at").dt.date()
    closes = day.dt.offset_by(outcome.horizon.polars_offset())
    within = (pl.col("outcome") <= closes).fill_null(value=False)
    matured = closes.dt.offset_by(outcome.reporting_lag.polars_offset()) <= pl.col("told")
    return loans.with_columns(within.alias("bad"), matured.alias("matured"), day.alias("day"))


def vintage_of_version(house: House, pipeline: str, version: str) -> tuple[float, ...]:
    """The curve of the loans that the version's run judged; empty where it is not kept."""
    with suppress(NotFound, TamperFound):
        run = house.ledger.version(pipeline, version).run
        for record in house.ledger.stages(run):
            if record.stage is Stage.EXTRACT:
                return snapshot_from_json(house.vault.read(record.output)).vintage
    return ()


def _approved(house: House, pipeline: str, ids: set[str]) -> pl.DataFrame:
    """Approved applications among these, each as it was answered last. Shadows approve nobody."""
    rows: list[tuple[object, ...]] = []
    for segment in segments_in(house, pipeline):
        with suppress(SegmentDamaged):
            rows += [
                (one.id, one.answered_at.astimezone(UTC), one.version, one.pd, one.grade)
                for one in answers_of(house, segment)
                if one.id in ids and one.role != SHADOW and one.decision == APPROVED
            ]
    frame = pl.DataFrame(rows, schema=ANSWERED, orient="row")
    return frame.sort("at", maintain_order=True).unique("id", keep="last", maintain_order=True)


def _bands(loans: pl.DataFrame) -> Iterator[BandReading]:
    matured, bad, pd = pl.col("matured"), pl.col("bad"), pl.col("pd")
    told = loans.group_by("grade").agg(
        pl.len().alias("loans"),
        bad.sum().alias("bads"),
        pd.mean().alias("expected"),
        matured.sum().alias("matured"),
        (bad & matured).sum().alias("matured_bads"),
        pd.filter(matured).mean().alias("matured_expected"),
    )
    for row in told.sort("expected").iter_rows(named=True):
        yield BandReading(**row)


def _ages(loans: pl.DataFrame, outcome: Outcome, vintage: Sequence[float]) -> Iterator[AgeReading]:
    if outcome.label is not None:
        return
    for age in range(1, whole_months(outcome.horizon) + 1):
        then = pl.col("day").dt.offset_by(f"{age}mo")
        known = loans.filter(then.dt.offset_by(outcome.reporting_lag.polars_offset()) <= pl.col("told"))
        if known.is_empty():
            return
        yield AgeReading(
            months=age,
            loans=known.height,
            bads=int(known.select((pl.col("outcome") <= then).fill_null(value=False).sum()).item()),
            expected=vintage[age - 1] if age <= len(vintage) else None,
        )
