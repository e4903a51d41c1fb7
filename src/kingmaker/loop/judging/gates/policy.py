"""G5, policy: declared directions kept, a reason for every decline, and no protected group left behind."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import polars as pl

from kingmaker.domain.evidence import GroupRow
from kingmaker.domain.snapshot import ColumnKind, Feature
from kingmaker.domain.verdict import Gate
from kingmaker.loop.judging.gates.outcome import at_least, limited, not_judged, percent_text
from kingmaker.loop.judging.judged import Floats
from kingmaker.pipeline.declaration import Gates

PROBED_ROWS = 1_000
GRID = 21
TOLERANCE = 1e-9


def monotone_gate(features: Sequence[Feature], frame: pl.DataFrame, margin: Callable[[pl.DataFrame], Floats]) -> Gate:
    """Move each directed column over a grid for 1,000 applicants: the margin may never go against its direction."""
    directed = [feature for feature in features if feature.monotone and feature.kind is ColumnKind.NUMBER]
    if not directed:
        return not_judged("G5.monotone", "No monotone direction is declared.")
    probed = frame.head(PROBED_ROWS)
    broken = {feature.name: _violations(feature, frame, probed, margin) for feature in directed}
    names = ", ".join(name for name, count in broken.items() if count) or "none"
    count = sum(broken.values())
    sentence = (
        f"{len(directed)} declared directions probed on {probed.height:,} applicants over {GRID} values each: "
        f"{count} violations ({names})."
    )
    return limited("G5.monotone", count, 0, sentence)


def _violations(
    feature: Feature, frame: pl.DataFrame, probed: pl.DataFrame, margin: Callable[[pl.DataFrame], Floats]
) -> int:
    values = frame[feature.name].cast(pl.Float64).drop_nulls().to_numpy()
    values = values[np.isfinite(values)]
    if not len(values):
        return 0
    grid = np.unique(np.quantile(values, np.linspace(0.0, 1.0, GRID)))
    course = [margin(probed.with_columns(pl.lit(value, dtype=pl.Float64).alias(feature.name))) for value in grid]
    steps = np.diff(np.stack(course), axis=0) * feature.monotone
    return int((~(steps >= -TOLERANCE)).sum())  # so written that NaN is a violation


def reasons_gate(contributions: Floats, approved: np.ndarray) -> Gate:
    """Every decline needs at least one raw column that pushed towards bad. `contributions` is [rows, raw columns]."""
    declined = ~approved.astype(bool)
    if not declined.any():
        return not_judged("G5.reasons", "Nobody is declined at the cut.")
    explained = float((contributions[declined] > 0).any(axis=1).mean())
    sentence = f"{percent_text(explained)} of {int(declined.sum()):,} declines have a reason code; all must have one."
    return at_least("G5.reasons", explained, 1.0, sentence)


def fairness_gates(limits: Gates, challenger: Sequence[GroupRow], champion: Sequence[GroupRow]) -> tuple[Gate, ...]:
    """Adverse impact: approval of each group against the most approved one, absolute and against the champion's."""
    ratios = _ratios(challenger)
    if not ratios:
        return (
            not_judged("G5.fairness", "Not measured: no protected attribute is declared, or its groups are too small."),
        )
    drops = {group: before - ratios[group] for group, before in _ratios(champion).items() if group in ratios}
    return (_lowest_ratio(limits, ratios), *((_largest_drop(limits, ratios, drops),) if drops else ()))


def _ratios(groups: Sequence[GroupRow]) -> dict[tuple[str, str], float]:
    """Adverse impact ratio by (attribute, group), of the groups large enough to have one."""
    return {
        (row.attribute, row.group): row.adverse_impact_ratio for row in groups if row.adverse_impact_ratio is not None
    }


def _lowest_ratio(limits: Gates, ratios: Mapping[tuple[str, str], float]) -> Gate:
    (attribute, group), ratio = min(ratios.items(), key=lambda item: item[1])
    sentence = (
        f"{attribute} = {group} is approved {ratio:.2f} times as often as the most approved group; at least "
        f"{limits.min_adverse_impact_ratio:.2f} is demanded."
    )
    return at_least("G5.fairness", ratio, limits.min_adverse_impact_ratio, sentence)


def _largest_drop(
    limits: Gates, ratios: Mapping[tuple[str, str], float], drops: Mapping[tuple[str, str], float]
) -> Gate:
    """Every group is compared with itself: the one that loses most need not be the one that is approved least."""
    (attribute, group), drop = max(drops.items(), key=lambda item: item[1])
    now = ratios[attribute, group]
    sentence = (
        f"Of all groups {attribute} = {group} loses most: its ratio goes from {now + drop:.2f} to {now:.2f}; a fall of at "
        f"most {limits.max_adverse_impact_drop:.2f} is allowed."
    )
    return limited("G5.fairness_drop", drop, limits.max_adverse_impact_drop, sentence)
