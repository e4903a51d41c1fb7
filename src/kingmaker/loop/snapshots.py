"""Snapshots as other stages use them: their rows out of the vault, their record as JSON."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import msgspec
import numpy as np
import polars as pl
from numpy.typing import NDArray

from kingmaker.domain.snapshot import Snapshot, Window
from kingmaker.ports.vault import Vault

ADDED_COLUMNS: Final = ("^_.*$",)
"""What every snapshot adds to the source's columns: label, window, day, names, amount and weight."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowRows:
    """The rows of some windows of a snapshot, in its order, of which no more is held than was asked for."""

    vault: Vault
    snapshot: Snapshot
    windows: tuple[Window, ...]

    def added(self) -> pl.DataFrame:
        """Every row, without the source's columns."""
        return load_snapshot(self.vault, self.snapshot, self.windows, ADDED_COLUMNS)

    def column(self, name: str) -> pl.DataFrame:
        """Every row, of one column."""
        return load_snapshot(self.vault, self.snapshot, self.windows, [name])

    def chosen(self, rows: NDArray[np.bool_]) -> pl.DataFrame:
        """All columns of the rows [rows of the windows] that are chosen."""
        found: list[pl.DataFrame] = []
        for part in _parts(self.vault, self.snapshot, self.windows):
            values = part.collect()
            mine, rows = rows[: values.height], rows[values.height :]
            found.append(values.filter(mine))
        return pl.concat(found)


def load_snapshot(
    vault: Vault, snapshot: Snapshot, windows: Sequence[Window] | None = None, columns: Sequence[str] | None = None
) -> pl.DataFrame:
    """Rows of a snapshot in its order. `windows` None: all five; `columns` None: all, else these in this order."""
    rows = pl.concat(_parts(vault, snapshot, windows if windows is not None else tuple(Window)))
    return (rows if columns is None else rows.select(columns)).collect()


def _parts(vault: Vault, snapshot: Snapshot, windows: Sequence[Window]) -> list[pl.LazyFrame]:
    kept = [window.value for window in windows]
    return [pl.scan_parquet(vault.fetch(digest)).filter(pl.col("_window").is_in(kept)) for digest in snapshot.parts]


def snapshot_to_json(snapshot: Snapshot) -> bytes:
    """The record as JSON, keys in a fixed order; the rows stay in the vault."""
    return msgspec.json.encode(snapshot, order="deterministic")


def snapshot_from_json(data: bytes) -> Snapshot:
    return msgspec.json.decode(data, type=Snapshot)
