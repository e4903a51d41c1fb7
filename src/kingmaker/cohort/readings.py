"""What one column alone knows of the outcome: the figures on which the leak guard decides.

Every figure is an average over application years, weighted by their bads: a book whose bad rate drifts lets any column
that drifts along rank bads from goods across years, and can hide one that ranks them within each year.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from kingmaker.domain.snapshot import ColumnKind, Feature

_MOST_ROWS = 200_000
_MOST_BINS = 50
_FEWEST_BINS = 10
_ROWS_A_BIN = 50
_HEAVY_SHARE = 0.01
"""A value on so many rows has a bin of its own: a rewritten column is told by its odd exact values."""
_PRIOR_ROWS = 20.0
"""Weight of the overall bad rate in the bad rate of a bin."""
_ONLY_BAD = 0.95
_ONLY_BAD_SHARE = 0.05
_ONLY_BAD_ROWS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one column alone knows of the outcome: areas under the ROC curve, averaged within application years.

    `rank` orders by the value itself, `grouped` by the bad rate of its value or bin as learnt from other customers,
    `filled` by whether it is missing. `only_bad` is the share of all bads that stand in groups with hardly a good.
    """

    column: str
    rank: float
    grouped: float
    filled: float
    only_bad: float

    @property
    def highest(self) -> float:
        return max(self.rank, self.grouped, self.filled)

    def leaks(self, limit: float) -> bool:
        return self.highest > limit or self.only_bad >= _ONLY_BAD_SHARE


def read_columns(train: pl.DataFrame, features: Sequence[Feature]) -> list[Reading]:
    """A reading for each feature over train rows with `_label`, `_applied_at`, `_customer` and the features' final types."""
    if train.is_empty():
        return []
    rows = thinned(train).with_columns(
        pl.col("_label").cast(pl.Float64).alias("_bad"),
        pl.col("_applied_at").dt.year().fill_null(0).alias("_year"),
        (pl.col("_customer").rank("dense") % 2).alias("_half"),
    )
    return [_read(rows, feature) for feature in features]


def thinned(train: pl.DataFrame) -> pl.DataFrame:
    """At most 200,000 of the rows with `_label`, every so many-th of each class; an area under the curve does not mind."""
    step = -(-2 * train.height // _MOST_ROWS) if train.height > _MOST_ROWS else 1
    classes = [train.filter(pl.col("_label") == label) for label in (0, 1)]
    return pl.concat(part.gather_every(step) if part.height > _MOST_ROWS // 2 else part for part in classes)


def _read(rows: pl.DataFrame, feature: Feature) -> Reading:
    column = rows[feature.name]
    groups = _groups(column) if feature.kind is ColumnKind.NUMBER else column.fill_null("")
    table = rows.select("_bad", "_year", "_half").with_columns(groups.alias("group"))
    missing = column.is_null().cast(pl.Float64)
    rank = 0.5
    if feature.kind is ColumnKind.NUMBER:
        middle = column.median()
        rank = _both_ways(_auc_within_years(table, column.fill_null(0.0 if middle is None else middle)))
    return Reading(
        column=feature.name,
        rank=rank,
        grouped=_auc_within_years(table, _bad_rate_of_group(table)),
        filled=_both_ways(_auc_within_years(table, missing)),
        only_bad=_only_bad(table),
    )


def _groups(column: pl.Series) -> pl.Series:
    """Frequent values by themselves, the rest in quantile bins, missing apart; as text."""
    counts = column.drop_nulls().value_counts(name="rows").filter(pl.col("rows") >= _HEAVY_SHARE * len(column))
    heavy = counts[column.name].implode()
    is_heavy = column.is_in(heavy).fill_null(value=False)
    rest = column.filter(~is_heavy & column.is_not_null() & column.is_finite())
    bins = min(max(_FEWEST_BINS, _MOST_BINS - counts.height), max(1, len(rest) // _ROWS_A_BIN))
    inner = (rest.quantile(number / bins, "lower") for number in range(1, bins))
    edges = sorted({edge for edge in inner if edge is not None})
    # A bin is named by the number of edges at or below the value.
    place = pl.Series(edges, dtype=pl.Float64).search_sorted(column.fill_null(float("-inf")), side="right")
    exact, binned = "value " + column.cast(pl.String), "bin " + pl.Series(place).cast(pl.String)
    named = pl.select(pl.when(column.is_null()).then(pl.lit("missing")).when(is_heavy).then(exact).otherwise(binned))
    return named.to_series()


def _bad_rate_of_group(table: pl.DataFrame) -> pl.Series:
    """The smoothed bad rate of each row's group among the customers of the other half."""
    base = float(table["_bad"].sum()) / table.height
    learnt = table.group_by("group", (1 - pl.col("_half")).alias("_half")).agg(
        ((pl.col("_bad").sum() + _PRIOR_ROWS * base) / (pl.len() + _PRIOR_ROWS)).alias("rate")
    )
    joined = table.join(
        learnt.cast({"_half": table["_half"].dtype}), on=["group", "_half"], how="left", maintain_order="left"
    )
    return joined["rate"].fill_null(base)


def _auc_within_years(table: pl.DataFrame, values: pl.Series) -> float:
    """P(value of a bad > value of a good of the same year) + half of the ties, averaged over years by their bads."""
    years = (
        table.select("_bad", "_year", pl.col("_bad").alias("one"), values.alias("value"))
        .with_columns(pl.col("value").rank("average").over("_year").alias("rank"))
        .group_by("_year")
        .agg(
            pl.col("_bad").sum().alias("bads"),
            (pl.len() - pl.col("_bad").sum()).alias("goods"),
            (pl.col("rank") * pl.col("_bad")).sum().alias("ranks"),
        )
        .filter((pl.col("bads") > 0) & (pl.col("goods") > 0))
        .sort("_year")
    )
    if years.is_empty():
        return 0.5
    auc = (years["ranks"] - years["bads"] * (years["bads"] + 1) / 2) / (years["bads"] * years["goods"])
    return float((auc * years["bads"]).sum()) / float(years["bads"].sum())


def _both_ways(auc: float) -> float:
    return max(auc, 1 - auc)


def _only_bad(table: pl.DataFrame) -> float:
    """Share of all bads in groups that hold hardly a good; 0 where most loans are bad anyway."""
    bads = float(table["_bad"].sum())
    if bads == 0 or bads > 0.5 * table.height:
        return 0.0
    groups = table.group_by("group").agg(pl.col("_bad").sum().alias("bads"), pl.len().alias("rows"))
    pure = groups.filter((pl.col("bads") >= _ONLY_BAD * pl.col("rows")) & (pl.col("bads") >= _ONLY_BAD_ROWS))
    return float(pure["bads"].sum()) / bads
