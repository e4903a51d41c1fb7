"""Puts the rows of a snapshot into the vault: the same bytes for the same rows, however many of them fit into memory."""

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import polars as pl

from kingmaker.cohort.features import as_kinds
from kingmaker.cohort.raw import LoanColumns
from kingmaker.domain.snapshot import Feature
from kingmaker.ports.vault import Vault

ROWS_A_GROUP = 131_072


def store(
    columns: LoanColumns, kept: Sequence[Feature], added: pl.DataFrame, vault: Vault, scratch: Path
) -> tuple[str, ...]:
    """Write the columns that are `kept` in their final types, and the `added` ones after them; the parts' digests in order.

    Columns come a few at a time and parts hold them all, so that each block of columns waits in `scratch`, cut as parts are.
    """
    cut = partial(pl.DataFrame.iter_slices, n_rows=columns.raw.portions.rows_a_part)
    kinds = {feature.name: feature for feature in kept}
    blocks = [tuple(kinds[name] for name in names) for names in columns.raw.blocks([*kinds])]
    if len(blocks) < 2:
        rows = as_kinds(columns.read([*kinds]), tuple(kept))
        return tuple(_put(part, number, vault, scratch) for number, part in enumerate(cut(_beside([rows, added]))))
    for place, block in enumerate(blocks):
        values = as_kinds(columns.read([feature.name for feature in block]), block)
        for number, part in enumerate(cut(values)):
            part.write_ipc(_waiting(scratch, number, place), compression="lz4")
    return tuple(
        _put(_beside([*_collected(scratch, number, len(blocks)), part]), number, vault, scratch)
        for number, part in enumerate(cut(added))
    )


def _beside(frames: Sequence[pl.DataFrame]) -> pl.DataFrame:
    return pl.concat(frames, how="horizontal")


def _waiting(scratch: Path, part: int, block: int) -> Path:
    return scratch / f"part-{part:05}-columns-{block:03}.arrow"


def _collected(scratch: Path, part: int, blocks: int) -> Iterator[pl.DataFrame]:
    for block in range(blocks):
        waiting = _waiting(scratch, part, block)
        yield pl.read_ipc(waiting)
        waiting.unlink()


def _put(rows: pl.DataFrame, number: int, vault: Vault, scratch: Path) -> str:
    path = scratch / f"part-{number:05}.parquet"
    rows.rechunk().write_parquet(path, compression="zstd", row_group_size=ROWS_A_GROUP)
    return vault.put(path)
