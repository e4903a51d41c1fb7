"""The loans of a replay as they turned out: every applicant after the first date, with the outcome known in the end."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import msgspec
import polars as pl

from kingmaker.bundle.files import whole_file, write_whole
from kingmaker.cohort.loans import check_roles, judged_loans
from kingmaker.cohort.roles import with_roles
from kingmaker.domain.errors import DataRefused
from kingmaker.loop.reading import abandon, reading_of
from kingmaker.loop.replaying.plan import Plan
from kingmaker.loop.replaying.result import Period
from kingmaker.pipeline.declaration import Pipeline
from kingmaker.ports.house import House
from kingmaker.ports.progress import Silence

LOANS = "loans.parquet"
PERIODS = "periods.json"
PERIOD = "_period"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """What became known: the last day on which it is, and the periods with their loans."""

    known_until: date
    periods: tuple[Period, ...]


def gather(house: House, plan: Plan) -> None:
    """Read the source once and keep the judged loans of all periods, in order of period, date and id.

    Raises SourceError, and DataRefused for a pipeline without application dates or a population that cannot be evaluated.
    """
    folder = plan.folder(house.home)
    if (folder / PERIODS).exists():
        return
    pipeline = plan.order.pipeline
    with tempfile.TemporaryDirectory(dir=house.workspace, prefix="gather-") as scratch:
        occasion = f"replay at {house.clock().isoformat()}"
        reading = reading_of(house, pipeline, plan.file.parent, plan.order.last, occasion=occasion)
        try:
            raw = pl.read_parquet(list(house.source.extract(reading, Path(scratch), Silence().say).parts))
        finally:
            abandon(house.source, Path(scratch))
    refusals = check_roles(raw, pipeline)
    if refusals:
        raise DataRefused("\n".join(finding.told() for finding in refusals), where=f"pipeline {pipeline.pipeline}")
    known_until = _known_until(raw, pipeline, house.clock().date())
    loans = _in_periods(judged_loans(raw, pipeline, known_until), raw.columns, plan)
    with whole_file(folder / LOANS) as part:
        loans.write_parquet(part, compression="zstd")
    gathered = Gathered(known_until=known_until, periods=tuple(_periods(plan, loans)))
    write_whole(folder / PERIODS, msgspec.json.encode(gathered))


def gathered_of(home: Path, plan: Plan) -> Gathered:
    """What `gather` left."""
    return msgspec.json.decode((plan.folder(home) / PERIODS).read_bytes(), type=Gathered)


def load_loans(home: Path, plan: Plan) -> pl.DataFrame:
    """The raw columns, `_label`, `_amount` and `_period`, the number of the period from 0."""
    return pl.read_parquet(plan.folder(home) / LOANS)


def bounds_of(plan: Plan) -> list[tuple[date, date]]:
    """(after, to) of each period: from each date to the next, and from the last one step further."""
    return list(zip(plan.dates, (*plan.dates[1:], plan.order.last), strict=True))


def _known_until(raw: pl.DataFrame, pipeline: Pipeline, today: date) -> date:
    """The last day of which the source knows anything; today where a ready label says no day."""
    if pipeline.outcome.observed_at is None:
        return today
    days = with_roles(raw, pipeline).select(pl.max_horizontal("_applied_at", "_observed_at").max()).item()
    return min(today, days) if isinstance(days, date) else today


def _in_periods(judged: pl.DataFrame, columns: list[str], plan: Plan) -> pl.DataFrame:
    number = pl.lit(None, dtype=pl.Int32)
    for at, (after, to) in enumerate(bounds_of(plan)):
        inside = (pl.col("_applied_at") > after) & (pl.col("_applied_at") <= to)
        number = pl.when(inside).then(pl.lit(at, dtype=pl.Int32)).otherwise(number)
    kept = judged.with_columns(number.alias(PERIOD)).filter(pl.col(PERIOD).is_not_null())
    return kept.sort(PERIOD, "_applied_at", "_id", "_row").select(*columns, "_label", "_amount", PERIOD)


def _periods(plan: Plan, loans: pl.DataFrame) -> Iterator[Period]:
    counted = loans.group_by(PERIOD).agg(pl.len().alias("rows"), pl.col("_label").sum().alias("bads"))
    found = {number: (rows, bads) for number, rows, bads in counted.iter_rows()}
    for number, (after, to) in enumerate(bounds_of(plan)):
        rows, bads = found.get(number, (0, 0))
        yield Period(number=number, after=after, to=to, rows=rows, bads=bads)
