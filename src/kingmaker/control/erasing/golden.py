"""Golden rows: rows of real applicants in signed bundles, which cannot be taken out without breaking the signature."""

from collections.abc import Iterator
from contextlib import suppress

import numpy as np
import polars as pl

from kingmaker.bundle.proof import golden_arrays
from kingmaker.bundle.reading import Bundle
from kingmaker.control.erasing.held import Search
from kingmaker.control.erasing.snapshots import snapshots_of
from kingmaker.domain.errors import KingmakerError
from kingmaker.loop.bundles import published_bundle
from kingmaker.loop.erased import rows_of
from kingmaker.loop.publishing.parity import as_inputs
from kingmaker.loop.snapshots import load_snapshot
from kingmaker.recipe.inputs import category_inputs_of, number_inputs_of
from kingmaker.recipe.json import recipe_from_json


def versions_with(search: Search) -> Iterator[str]:
    """Versions of which a golden row reads like a row of the customer: every column that the model reads is the same.

    Golden rows have no ids. Somebody else who told the same in every column is found too. Only to be known while the rows are
    there. A bundle that cannot be opened is passed over.
    """
    published = {one.run: one.version for one in search.house.ledger.versions(search.pipeline)}
    for own in snapshots_of(search):
        version = published.get(own.run.number)
        if version is None or not all(search.house.vault.has(digest) for digest in own.snapshot.parts):
            continue
        rows = load_snapshot(search.house.vault, own.snapshot)
        rows = rows.filter(rows_of(search.finder, rows, has_ids=own.has_ids))
        if rows.height:
            with suppress(KingmakerError):
                bundle = published_bundle(search.house, search.pipeline, version)
                if _has_golden(bundle, as_inputs(rows, own.snapshot.features)):
                    yield version


def _has_golden(bundle: Bundle, rows: pl.DataFrame) -> bool:
    recipe = recipe_from_json(bundle.recipe)
    golden_numbers, golden_categories = golden_arrays(bundle.golden.rows)
    numbers, categories = number_inputs_of(rows, recipe), category_inputs_of(rows, recipe)
    numbers = np.where(np.isinf(numbers), np.nan, numbers)
    alike = np.ones((len(bundle.golden.rows), rows.height), dtype=np.bool_)
    if golden_numbers is not None:
        one, other = golden_numbers[:, None, :], numbers[None, :, :]
        alike &= ((one == other) | (np.isnan(one) & np.isnan(other))).all(axis=2)
    if golden_categories is not None:
        alike &= (golden_categories[:, None, :].astype(str) == categories[None, :, :].astype(str)).all(axis=2)
    return bool(alike.any())
