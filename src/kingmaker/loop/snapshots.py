"""Snapshots as other stages use them: their rows out of the vault, their record as JSON."""

from collections.abc import Sequence

import msgspec
import polars as pl

from kingmaker.domain.snapshot import Snapshot, Window
from kingmaker.ports.vault import Vault


def load_snapshot(
    vault: Vault, snapshot: Snapshot, windows: Sequence[Window] | None = None, columns: Sequence[str] | None = None
) -> pl.DataFrame:
    """Rows of a snapshot in its order. `windows` None: all five; `columns` None: all, else these in this order."""
    kept = [window.value for window in (windows if windows is not None else tuple(Window))]
    parts = [pl.scan_parquet(vault.fetch(digest)) for digest in snapshot.parts]
    rows = pl.concat(part.filter(pl.col("_window").is_in(kept)) for part in parts)
    return (rows if columns is None else rows.select(columns)).collect()


def snapshot_to_json(snapshot: Snapshot) -> bytes:
    """The record as JSON, keys in a fixed order; the rows stay in the vault."""
    return msgspec.json.encode(snapshot, order="deterministic")


def snapshot_from_json(data: bytes) -> Snapshot:
    return msgspec.json.decode(data, type=Snapshot)
