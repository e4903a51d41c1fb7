"""What a model looks at, told in raw columns whatever the recipe made of them."""

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kingmaker.domain.evidence import EffectPoint, FeatureEvidence
from kingmaker.domain.snapshot import Feature
from kingmaker.loop.judging.bins import MOST_BINS, binned

Floats = NDArray[np.float64]


def feature_evidence(
    *,
    features: Sequence[Feature],
    frame: pl.DataFrame,
    origins: Sequence[str],
    contributions: Floats,
    pd: Floats,
    bad: Floats,
    most_bins: int = MOST_BINS,
) -> tuple[FeatureEvidence, ...]:
    """Importance and effect of each raw column, most important first, equals by name.

    `frame` holds the raw columns, [rows]; `contributions` is [rows, outputs] on the log-odds, or with the baseline as one
    more column; `origins` names the raw column of each output; `bad` may be NaN where unknown. The importance of a column
    is the mean absolute deviation of its summed outputs from their mean, as a share of all columns': a constant offset,
    which learners book differently, is no importance. All are 0 for a model that gives everybody the same answer.
    """
    importance = importances(origins, contributions)
    found = [
        FeatureEvidence(
            name=feature.name,
            importance=importance.get(feature.name, 0.0),
            effect=_effect(feature, frame[feature.name], pd, bad, most_bins),
        )
        for feature in features
    ]
    return tuple(sorted(found, key=lambda feature: (-feature.importance, feature.name)))


def importances(origins: Sequence[str], contributions: Floats) -> dict[str, float]:
    """Share of each raw column in the mean absolute deviations of the contributions; they add up to 1, or all are 0."""
    columns, summed = by_column(origins, contributions)
    size = np.abs(summed - summed.mean(axis=0)).mean(axis=0) if len(summed) else np.zeros(len(columns))
    total = float(size.sum())
    return {name: float(value) / total if total > 0 else 0.0 for name, value in zip(columns, size, strict=True)}


def by_column(origins: Sequence[str], contributions: Floats) -> tuple[list[str], Floats]:
    """The raw columns in order of first appearance, and what the outputs made of each add up to: [rows, columns]."""
    columns = list(dict.fromkeys(origins))
    summed = np.zeros((contributions.shape[0], len(columns)))
    for output, origin in enumerate(origins):
        summed[:, columns.index(origin)] += contributions[:, output]
    return columns, summed


def _effect(feature: Feature, column: pl.Series, pd: Floats, bad: Floats, most_bins: int) -> tuple[EffectPoint, ...]:
    groups = binned(column, feature.kind, most=most_bins)
    known = ~np.isnan(bad)
    size = len(groups.labels)
    rows = np.bincount(groups.bin, minlength=size)
    labelled = np.bincount(groups.bin[known], minlength=size)
    bads = np.bincount(groups.bin[known], weights=bad[known], minlength=size)
    predicted = np.bincount(groups.bin, weights=pd, minlength=size)
    return tuple(
        EffectPoint(
            label=label,
            share=float(rows[i] / rows.sum()),
            mean_pd=float(predicted[i] / rows[i]),
            bad_rate=float(bads[i] / labelled[i]) if labelled[i] else None,
        )
        for i, label in enumerate(groups.labels)
    )
