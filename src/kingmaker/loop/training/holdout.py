"""Who of the train window is held out to stop trials early: some customers, whole, drawn by the seed."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

HOLDOUT_SHARE = 0.2


def hold_out(customer: pl.Series, bad: NDArray[np.bool_], seed: int) -> NDArray[np.bool_]:
    """Which rows are held out, [rows]: about a fifth of the rows of customers with a bad loan, and of all others.

    `customer` [rows] names each row's customer, null for a customer of its own. The draw depends on the customers'
    names and the seed, not on the order of the rows.
    """
    named = pl.DataFrame({"who": named_customers(customer), "bad": bad})
    customers = named.group_by("who").agg(pl.len().alias("rows"), pl.col("bad").any()).sort("who")
    random = np.random.default_rng([seed, len(customers)])
    drawn = pl.concat([_draw(customers.filter("bad"), random), _draw(customers.filter(~pl.col("bad")), random)])
    return named.select(pl.col("who").is_in(drawn.implode())).to_series().to_numpy()


def named_customers(customer: pl.Series) -> pl.Series:
    """A name for the customer of each row, [rows]: a row without one (null) is a customer of its own."""
    row = pl.int_range(len(customer), eager=True).cast(pl.String)
    frame = pl.DataFrame({"customer": customer.cast(pl.String), "row": row})
    return frame.select(pl.coalesce(pl.lit("=") + pl.col("customer"), pl.lit("#") + pl.col("row"))).to_series()


def _draw(customers: pl.DataFrame, random: np.random.Generator) -> pl.Series:
    """Customers in random order until their rows make up the share, never all of them."""
    shuffled = customers[random.permutation(customers.height)]
    before = shuffled["rows"].cum_sum() - shuffled["rows"]
    wanted = shuffled.filter(before < round(HOLDOUT_SHARE * int(shuffled["rows"].sum())))
    return wanted["who"].head(max(customers.height - 1, 0))
