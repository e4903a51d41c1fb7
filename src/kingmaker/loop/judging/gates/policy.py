"""G5, policy: declared directions kept, a reason for every decline, and no protected group left behind."""

from collections.abc import Callable, Sequence

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
    values = frame[feature.name].cast(pl.Float64).drop_nulls().drop_nans().to_numpy()
    if not len(values):
        return 0
    grid = np.unique(np.quantile(values, np.linspace(0.0, 1.0, GRID)))
    course = [margin(probed.with_columns(pl.lit(value, dtype=pl.Float64).alias(feature.name))) for value in grid]
    steps = np.diff(np.stack(course), axis=0) * feature.monotone
    return int((steps < -TOLERANCE).sum())


def reasons_gate(contributions: Floats, approved: np.ndarray) -> Gate:
    """Every decline needs at least one column that pushed towards bad. `contributions` is [rows, outputs]."""
    declined = ~approved.astype(bool)
    if not declined.any():
        return not_judged("G5.reasons", "Nobody is declined at the cut.")
    explained = float((contributions[declined] > 0).any(axis=1).mean())
    sentence = f"{percent_text(explained)} of {int(declined.sum()):,} declines have a reason code; all must have one."
    return at_least("G5.reasons", explained, 1.0, sentence)


def fairness_gates(limits: Gates, challenger: Sequence[GroupRow], champion: Sequence[GroupRow]) -> tuple[Gate, ...]:
    """Adverse impact: approval of each group against the most approved one, absolute and against the champion's."""
    judged = [row for row in challenger if row.adverse_impact_ratio is not None]
    if not judged:
        return (
            not_judged("G5.fairness", "Not measured: no protected attribute is declared, or its groups are too small."),
        )
    worst = min(judged, key=lambda row: row.adverse_impact_ratio or 0.0)
    ratio = worst.adverse_impact_ratio or 0.0
    before = next(
        (row.adverse_impact_ratio for row in champion if (row.attribute, row.group) == (worst.attribute, worst.group)),
        None,
    )
    gates = [
        at_least(
            "G5.fairness",
            ratio,
            limits.min_adverse_impact_ratio,
            f"{worst.attribute} = {worst.group} is approved at {percent_text(worst.approval_rate)}, {ratio:.2f} of the most "
            f"approved group; at least {limits.min_adverse_impact_ratio:.2f} is demanded.",
        )
    ]
    if before is not None:
        gates.append(
            limited(
                "G5.fairness_drop",
                before - ratio,
                limits.max_adverse_impact_drop,
                f"The ratio of {worst.attribute} = {worst.group} falls from {before:.2f} to {ratio:.2f}; a fall of at most "
                f"{limits.max_adverse_impact_drop:.2f} is allowed.",
            )
        )
    return tuple(gates)
