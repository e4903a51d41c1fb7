"""Labels that contradict what the other rows say. Loaded only for a pipeline that lets trials leave such rows out: its
library takes seconds.
"""

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier
from threadpoolctl import threadpool_limits

Booleans = NDArray[np.bool_]
Floats = NDArray[np.float64]


def suspected_label_noise(values: Floats, bad: Floats, *, seed: int, folds: int = 5, most: float = 0.02) -> Booleans:
    """True for the rows whose label contradicts what models fitted on the other rows say, [rows].

    Each row is judged by shallow boosted trees fitted without its fold. A good is suspected when its predicted pd is at
    least the mean predicted pd of the bads, a bad when it is at most that of the goods (confident learning, Northcutt et al.
    2021); of those, at most the share `most` of each class that contradicts most. Deterministic in `seed`. `values` is
    [rows, outputs] with NaN for missing, `bad` [rows] of 0 and 1 with at least `folds` of each.
    """
    predicted = _predict_out_of_fold(values, bad, seed=seed, folds=folds)
    is_bad = bad == 1
    goods = _most_suspect(predicted, ~is_bad, predicted[is_bad].mean(), most)
    bads = _most_suspect(-predicted, is_bad, -predicted[~is_bad].mean(), most)
    return goods | bads


def _predict_out_of_fold(values: Floats, bad: Floats, *, seed: int, folds: int) -> Floats:
    """Folds are dealt within each class, so that every fold has its share of the bads."""
    dealer = np.random.default_rng(seed)
    fold = np.empty(len(bad), dtype=np.int64)
    for outcome in (0, 1):
        rows = np.flatnonzero(bad == outcome)
        fold[dealer.permutation(rows)] = np.arange(len(rows)) % folds
    predicted = np.empty(len(bad))
    for number in range(folds):
        judged = fold == number
        model = HistGradientBoostingClassifier(
            max_iter=60, max_leaf_nodes=8, learning_rate=0.1, early_stopping=False, random_state=seed
        )
        with threadpool_limits(1):  # OpenMP threads that wait for a busy core are many times slower than one
            model.fit(values[~judged], bad[~judged])
            predicted[judged] = model.predict_proba(values[judged])[:, 1]
    return predicted


def _most_suspect(contradiction: Floats, members: Booleans, limit: float, most: float) -> Booleans:
    """Members at or above the limit, at most the share `most` of all members; ties go to the earlier row."""
    suspects = np.flatnonzero(members & (contradiction >= limit))
    order = np.argsort(-contradiction[suspects], kind="stable")
    mask = np.zeros(len(members), dtype=np.bool_)
    mask[suspects[order][: int(most * members.sum())]] = True
    return mask
