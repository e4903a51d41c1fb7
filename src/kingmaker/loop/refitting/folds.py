"""Which fold each loan belongs to, so that every loan can be answered by a fit that never saw its customer."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kingmaker.loop.training.holdout import named_customers

FOLDS = 3
"""Each fold's fit sees two thirds of the loans: near enough to the whole for its margins to stand for those of the refit."""


def folds_of(customer: pl.Series, bad: NDArray[np.bool_], seed: int) -> NDArray[np.int8]:
    """Fold of each row, [rows] in 0 to FOLDS - 1: customers whole, those with a bad loan spread as evenly as the others.

    The draw depends on the customers' names and the seed, not on the order of the rows.
    """
    named = pl.DataFrame({"who": named_customers(customer), "bad": bad})
    customers = named.group_by("who").agg(pl.col("bad").any()).sort("who")
    random = np.random.default_rng([seed, customers.height, FOLDS])
    fold = np.empty(customers.height, dtype=np.int8)
    has_bad = customers["bad"].to_numpy()
    for kind in (has_bad, ~has_bad):
        members = np.flatnonzero(kind)
        fold[random.permutation(members)] = np.arange(len(members)) % FOLDS
    dealt = customers.select("who", pl.Series("fold", fold))
    return named.join(dealt, on="who", how="left", maintain_order="left")["fold"].to_numpy()
