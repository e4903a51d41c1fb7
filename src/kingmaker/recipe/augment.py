"""What a trial may do about the rarity of bads, and by how much that distorts the odds.

Whatever multiplies the odds of bad in the fitting rows multiplies the fitted odds, so the intercept is corrected:
logit p - ln(odds multiplier) (Prentice and Pyke 1979; King and Zeng 2001).
"""

from dataclasses import dataclass
from importlib import import_module

import numpy as np
from numpy.typing import NDArray

from kingmaker.domain.trial import Imbalance

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Augmented:
    """Fitting rows: `values` [rows, outputs], `bad` and `weight` [rows].

    Their (weighted) odds of bad are `odds_multiplier` times those of the rows they were made from.
    """

    values: Floats
    bad: Floats
    weight: Floats
    odds_multiplier: float


def rebalance(
    imbalance: Imbalance, values: Floats, bad: Floats, weight: Floats, *, seed: int, goods_per_bad: float = 1.0
) -> Augmented:
    """Weight, thin or multiply rows until the weighted goods are `goods_per_bad` times the weighted bads.

    NONE and FOCAL (a loss, not a change of rows) give the rows back as they are; so does every choice where bads are not
    rarer than asked. Same arguments, same rows. Raises ValueError without goods or bads.
    """
    goods, bads = float(weight[bad == 0].sum()), float(weight[bad == 1].sum())
    if not (goods > 0 and bads > 0):
        raise ValueError(f"rebalancing needs goods and bads: their weights are {goods} and {bads}")
    factor = goods / (bads * goods_per_bad)
    untouched = Augmented(values=values, bad=bad, weight=weight, odds_multiplier=1.0)
    if factor <= 1:
        return untouched
    draw = np.random.default_rng(seed)
    match imbalance:
        case Imbalance.NONE | Imbalance.FOCAL:
            return untouched
        case Imbalance.WEIGHT:
            weight = np.where(bad == 1, weight * factor, weight)
            return Augmented(values=values, bad=bad, weight=weight, odds_multiplier=factor)
        case Imbalance.UNDERSAMPLE:
            return _picked(untouched, _with_fewer_goods(bad, factor, draw))
        case Imbalance.OVERSAMPLE:
            return _picked(untouched, _with_more_bads(bad, factor, draw))
        case Imbalance.SMOTE:
            return _with_synthetic_bads(untouched, factor, draw)


def _picked(rows: Augmented, picked: Integers) -> Augmented:
    return _measured(
        rows,
        Augmented(values=rows.values[picked], bad=rows.bad[picked], weight=rows.weight[picked], odds_multiplier=1.0),
    )


def _measured(before: Augmented, after: Augmented) -> Augmented:
    """The multiplier as it came out: whole rows hit the asked one only nearly."""
    multiplier = _odds(after) / _odds(before)
    return Augmented(values=after.values, bad=after.bad, weight=after.weight, odds_multiplier=multiplier)


def _odds(rows: Augmented) -> float:
    return float(rows.weight[rows.bad == 1].sum() / rows.weight[rows.bad == 0].sum())


def _with_fewer_goods(bad: Floats, factor: float, draw: np.random.Generator) -> Integers:
    goods, bads = np.flatnonzero(bad == 0), np.flatnonzero(bad == 1)
    kept = draw.choice(goods, size=max(1, round(len(goods) / factor)), replace=False)
    return np.sort(np.concatenate([bads, kept]))


def _with_more_bads(bad: Floats, factor: float, draw: np.random.Generator) -> Integers:
    """Every bad as often as every other but for the remainder, which is drawn without replacement."""
    bads = np.flatnonzero(bad == 1)
    whole, remainder = divmod(round(len(bads) * factor), len(bads))
    repeated = np.concatenate([np.tile(bads, whole - 1), draw.choice(bads, size=remainder, replace=False)])
    return np.concatenate([np.arange(len(bad)), repeated])


def _with_synthetic_bads(rows: Augmented, factor: float, draw: np.random.Generator) -> Augmented:
    is_bad = rows.bad == 1
    wanted = round(int(is_bad.sum()) * (factor - 1))
    smote = import_module("kingmaker.recipe.smote")  # its library takes seconds, and few trials ask for it
    synthetic: Floats = smote.synthesise(rows.values[is_bad], wanted, draw)
    weight = float(rows.weight[is_bad].mean())
    return _measured(
        rows,
        Augmented(
            values=np.concatenate([rows.values, synthetic]),
            bad=np.concatenate([rows.bad, np.ones(wanted)]),
            weight=np.concatenate([rows.weight, np.full(wanted, weight)]),
            odds_multiplier=1.0,
        ),
    )
