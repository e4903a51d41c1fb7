"""The account of a recipe: what it does to each column, and how the loans it was learnt from lie before and after."""

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kingmaker.domain.errors import NotFound
from kingmaker.domain.run import Stage
from kingmaker.domain.snapshot import ColumnKind, Snapshot, Window, WindowBasis
from kingmaker.loop.column_records import ColumnAccount, ColumnBin, ColumnOutput, MonthCount, Spread
from kingmaker.loop.judging.bins import MISSING, OTHER, binned, interval_labels
from kingmaker.loop.prepared import prepared_from_json
from kingmaker.loop.snapshots import load_snapshot, snapshot_from_json
from kingmaker.ports.house import House
from kingmaker.recipe.inputs import read_inputs
from kingmaker.recipe.json import recipe_from_json
from kingmaker.recipe.spec import Bins, CategoryStep, Encoding, NumberStep, Recipe
from kingmaker.recipe.tables import apply_recipe

Floats = NDArray[np.float64]
Step = NumberStep | CategoryStep

SHARES = (0.0, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 1.0)
DRAWN = (0.005, 0.995)
"""Between these quantiles the bins of a spread are drawn, or one far value would leave nothing else to see."""
MOST_EDGES = 25


def snapshot_of(house: House, run: int) -> Snapshot | None:
    """None for a run that has not read its loans, and for one whose files are no longer kept."""
    found = _output(house, run, Stage.EXTRACT)
    return None if found is None else snapshot_from_json(found)


def months_of(house: House, run: int) -> list[MonthCount]:
    """In order of the months; none without application dates, without a snapshot, and when its loans are no longer kept."""
    snapshot = snapshot_of(house, run)
    if snapshot is None or snapshot.basis is WindowBasis.RANDOM or not _are_kept(house, snapshot):
        return []
    frame = load_snapshot(house.vault, snapshot, columns=["_applied_at", "_window", "_label"])
    counted = (
        frame.group_by(pl.col("_applied_at").cast(pl.Date).dt.truncate("1mo").alias("month"), "_window")
        .agg(pl.len().alias("rows"), pl.col("_label").sum().cast(pl.Int64).alias("bads"))
        .drop_nulls("month")
        .sort("month", "_window")
    )
    return [
        MonthCount(month=month, window=Window(window), rows=rows, bads=None if window == Window.RECENT else bads)
        for month, window, rows, bads in counted.iter_rows()
    ]


def recipes_of(house: House, run: int) -> list[Recipe]:
    """As they were fitted; none where nothing was fitted, or its files are no longer kept."""
    found = _output(house, run, Stage.PREPARE)
    if found is None or found == b"null":
        return []
    digests = [one.recipe for one in prepared_from_json(found).variants]
    return [recipe_from_json(house.vault.read(digest)) for digest in digests if house.vault.has(digest)]


def column_of(house: House, run: int, name: str, *, recipe: str) -> ColumnAccount:
    """The column of the train window before and after. Raises NotFound where it is in no such recipe, or is forgotten."""
    fitted = next((one for one in recipes_of(house, run) if one.variant == recipe), None)
    steps: tuple[NumberStep | CategoryStep, ...] = (*fitted.numbers, *fitted.categories) if fitted else ()
    step = next((one for one in steps if one.name == name), None)
    snapshot = snapshot_of(house, run)
    if step is None or snapshot is None or not _are_kept(house, snapshot):
        raise NotFound(
            f"run {run} keeps no column {name!r} that its {recipe!r} recipe cleans",
            remedy=f"`GET /api/v1/runs/{run}/recipes` lists those that there are.",
        )
    frame = load_snapshot(house.vault, snapshot, [Window.TRAIN], [name, "_label"])
    return _account(run, recipe, step, frame)


def _are_kept(house: House, snapshot: Snapshot) -> bool:
    return all(house.vault.has(digest) for digest in snapshot.parts)


def _output(house: House, run: int, stage: Stage) -> bytes | None:
    digest = next((one.output for one in house.ledger.stages(run) if one.stage is stage), None)
    return house.vault.read(digest) if digest is not None and house.vault.has(digest) else None


def _account(run: int, variant: str, step: Step, frame: pl.DataFrame) -> ColumnAccount:
    is_number = isinstance(step, NumberStep)
    alone = Recipe(
        variant=variant,
        numbers=(step,) if isinstance(step, NumberStep) else (),
        categories=(step,) if isinstance(step, CategoryStep) else (),
    )
    raw = read_inputs(frame, alone)[step.name]
    bad = frame["_label"].cast(pl.Float64).to_numpy() > 0.5
    prepared = apply_recipe(alone, frame)
    return ColumnAccount(
        run=run,
        recipe=variant,
        name=step.name,
        kind=ColumnKind.NUMBER if is_number else ColumnKind.CATEGORY,
        rows=frame.height,
        bads=int(bad.sum()),
        before=spread_of(raw.to_numpy()) if is_number else None,
        after=tuple(
            ColumnOutput(name=output, spread=spread_of(prepared[:, place]))
            for place, output in enumerate(alone.outputs())
        ),
        bins=_bins(step, raw, bad),
        has_own_bins=isinstance(step, CategoryStep) or step.bins is not None,
    )


def spread_of(values: Floats) -> Spread:
    """[rows] numbers; NaN and infinities count as missing."""
    known = np.sort(values[np.isfinite(values)])
    missing = len(values) - len(known)
    if not len(known):
        return Spread(rows=len(values), missing=missing)
    edges = _even_edges(known)
    counts, _ = np.histogram(known, edges)
    quantiles = np.quantile(known, SHARES, method="inverted_cdf")
    return Spread(
        rows=len(values),
        missing=missing,
        quantiles=tuple(zip(SHARES, quantiles.tolist(), strict=True)),
        edges=tuple(edges.tolist()),
        counts=tuple(counts.tolist()),
        below=int(np.searchsorted(known, edges[0], side="left")),
        above=int(len(known) - np.searchsorted(known, edges[-1], side="right")),
    )


def _even_edges(known: Floats) -> Floats:
    """A column of one value, or of such that no double lies between its edges, has one bin around it."""
    low, high = np.quantile(known, DRAWN, method="inverted_cdf").tolist()
    edges = np.linspace(low, high, MOST_EDGES)
    if np.all(np.diff(edges) > 0) and np.isfinite(high - low):
        return edges
    half = max(abs(low), abs(high), 1.0) * 0.5
    return np.array([low - half, high + half])


def _bins(step: Step, raw: pl.Series, bad: NDArray[np.bool_]) -> tuple[ColumnBin, ...]:
    if isinstance(step, CategoryStep):
        return _levels(step, raw, bad)
    if step.bins is not None:
        return _own_bins(step.bins, raw.to_numpy(), bad)
    groups = binned(raw, ColumnKind.NUMBER)
    return _counted(groups.labels, groups.bin, bad, [None] * len(groups.labels))


def _own_bins(bins: Bins, values: Floats, bad: NDArray[np.bool_]) -> tuple[ColumnBin, ...]:
    """In order of the values, the missing last; NaN is beyond every edge for numpy, and never in the last bin."""
    labels = [*(interval_labels(np.asarray(bins.edges)) if bins.edges else ["all values"]), MISSING]
    place = np.searchsorted(np.asarray(bins.edges), values, side="right")
    place = np.where(np.isnan(values), len(bins.values), place)
    return _counted(labels, place, bad, [*bins.values, bins.missing])


def _levels(step: CategoryStep, raw: pl.Series, bad: NDArray[np.bool_]) -> tuple[ColumnBin, ...]:
    order = {level: place for place, level in enumerate([*step.levels, OTHER, MISSING])}
    known = [*step.levels, ""]
    places = [*range(len(step.levels)), len(step.levels) + 1]
    place = raw.replace_strict(known, places, default=order[OTHER], return_dtype=pl.Int64).to_numpy()
    values = [None] * len(order) if step.encoding is Encoding.ONE_HOT else [*step.values, step.other, step.missing]
    return _counted([*step.levels, OTHER, MISSING], place, bad, values)


def _counted(
    labels: Sequence[str], place: NDArray[np.int64], bad: NDArray[np.bool_], values: Sequence[float | None]
) -> tuple[ColumnBin, ...]:
    """Bins with their loans and bads; `missing` and `other levels` only where there are any."""
    rows = np.bincount(place, minlength=len(labels))
    bads = np.bincount(place[bad], minlength=len(labels))
    return tuple(
        ColumnBin(label=label, rows=int(rows[i]), bads=int(bads[i]), value=values[i])
        for i, label in enumerate(labels)
        if rows[i] or label not in {MISSING, OTHER}
    )
