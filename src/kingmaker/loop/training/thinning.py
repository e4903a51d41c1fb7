"""Thinning a train window that is too large: goods only, with weights that restore their share."""

import numpy as np
from numpy.typing import NDArray


def thin_goods(bad: NDArray[np.bool_], max_rows: int, seed: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Rows to keep, ascending, and their weights: 1 for every bad, goods / kept goods for a good.

    Every bad is kept, and at least one good for each bad, even where that is more than `max_rows`.
    """
    goods, bads = np.flatnonzero(~bad), np.flatnonzero(bad)
    wanted = min(len(goods), max(max_rows - len(bads), len(bads)))
    if len(bad) <= max_rows or wanted == len(goods):
        return np.arange(len(bad)), np.ones(len(bad))
    kept = np.random.default_rng([seed, len(bad)]).choice(goods, size=wanted, replace=False)
    rows = np.sort(np.concatenate([kept, bads]))
    return rows, np.where(bad[rows], 1.0, len(goods) / wanted)
