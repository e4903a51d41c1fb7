"""Whether a graph's steps may answer in onnxruntime's place: each part is compared with it, bit for bit, before they do."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from kingmaker.bundle.native.encoders import Encoder, Texts
from kingmaker.bundle.native.forest import Floats, NotWalkable
from kingmaker.bundle.native.trial import same_bits
from kingmaker.bundle.sessions import even_rows
from kingmaker.bundle.stepped import OUTPUTS, SteppedGraph, Steps, raw_values
from kingmaker.bundle.walked import WalkedGraph

TRIAL_ROWS = 2_048
TRIAL_SUMS = 8_192
_ALWAYS = (np.nan, np.inf, -np.inf, 0.0, -0.0, 1.0, 5e-324, -5e-324, 1e308, -1e308)
_UNKNOWN = ("", "a level that nobody has seen")
_WIDEST = 60.0
"""Log-odds beyond which every graph holds them anyway."""
_HALVINGS = 50


def stepped_graph(walked: WalkedGraph) -> SteppedGraph | None:
    """None for a graph with a node that is not among the steps, or when a single trial answer has other bits."""
    if walked.walker.library.run is None:
        return None
    try:
        steps = Steps(walked.cut, walked.walker.trees, walked.walker.library)
        whole = steps.whole()
        agreed = _prepares_alike(steps, walked) and _answers_alike(steps, walked)
    except NotWalkable:
        return None
    return whole if agreed else None


def _prepares_alike(steps: Steps, walked: WalkedGraph) -> bool:
    """What the trees are given: on every constant of the graph and threshold of a tree, a hair beside it, missing, infinite."""
    draw = np.random.default_rng(11)
    marks = np.unique(np.concatenate([steps.constants, walked.walker.trees.thresholds]))
    special = _with_what_lies_beside(marks)
    num = draw.standard_normal((TRIAL_ROWS, steps.numbers)) * 10.0 ** draw.integers(-3, 7, (TRIAL_ROWS, 1))
    chosen = draw.random(num.shape) < 0.7
    num[chosen] = draw.choice(special, np.count_nonzero(chosen))
    feed: dict[str, NDArray[np.generic]] = {"num": num} if steps.numbers else {}
    cat = _texts(steps.encoders, walked.text_columns, draw)
    if cat is not None:
        feed["cat"] = cat
    ours = steps.preparing().run(raw_values(num, cat, steps.encoders))
    return same_bits(ours.T, walked.prepared(feed))


def _with_what_lies_beside(marks: Floats) -> Floats:
    """Beside the largest double lies infinity."""
    with np.errstate(over="ignore"):
        return np.concatenate([_ALWAYS, marks, np.nextafter(marks, np.inf), np.nextafter(marks, -np.inf)])


def _texts(encoders: Sequence[Encoder], width: int, draw: np.random.Generator) -> Texts | None:
    if not width:
        return None
    known = {place: [*_UNKNOWN] for place in range(width)}
    for encoder in encoders:
        known[encoder.place] += encoder.numbers
    return np.array(
        [draw.choice(np.array(known[place], dtype=object), TRIAL_ROWS) for place in range(width)], dtype=object
    ).T


def _answers_alike(steps: Steps, walked: WalkedGraph) -> bool:
    """What becomes of the trees' sums: all over their range, on every constant and a hair beside it."""
    draw = np.random.default_rng(12)
    marks = steps.constants[np.abs(steps.constants) < _WIDEST]
    special = _with_what_lies_beside(marks)
    sums = even_rows(
        np.concatenate([draw.uniform(-_WIDEST, _WIDEST, TRIAL_SUMS), draw.standard_normal(TRIAL_SUMS), special])
    )
    sums = np.concatenate([sums, *_near_steps(walked, sums)])
    theirs = dict(zip(OUTPUTS, walked.answers([*OUTPUTS], sums), strict=True))
    program, names = steps.answering()
    pd, score, place, approved, margin = program.run(sums.reshape(-1, 1))
    return (
        same_bits(pd, theirs["pd"])
        and same_bits(margin, theirs["margin"])
        and np.array_equal(score, theirs["score"])
        and np.array_equal(np.array(names, dtype=object)[place.astype(np.intp)], theirs["grade"])
        and np.array_equal(approved, theirs["approved"])
    )


def _near_steps(walked: WalkedGraph, sums: Floats) -> tuple[Floats, ...]:
    """Sums on either side of where the score changes, found by halving, as near as doubles are."""
    inside = np.sort(sums[np.isfinite(sums) & (np.abs(sums) < _WIDEST)])
    low, high = inside[:-1], inside[1:]
    score = walked.answers(["score"], inside)[0]
    apart = score[:-1] != score[1:]
    low, high, first = low[apart], high[apart], score[:-1][apart]
    for _ in range(_HALVINGS):
        middle = low + (high - low) / 2
        same = walked.answers(["score"], middle)[0] == first
        low, high = np.where(same, middle, low), np.where(same, high, middle)
    return low, high
