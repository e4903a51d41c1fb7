"""Loans in monthly partitions, on a disk or in a bucket."""

from datetime import date
from io import BytesIO
from pathlib import Path

import obstore
import polars as pl
from obstore.store import S3Store
from tests.contracts.object_storage import BUCKET, ObjectStorage

RUBBISH = b"nobody may read this"


def month_of(month: int, rows: int = 3, **more: object) -> pl.DataFrame:
    """Loans of a month of 2010: numbers from 100 times the month."""
    return pl.DataFrame(
        {
            "loan": [100 * month + row for row in range(rows)],
            "applied": [date(2010, month, row % 28 + 1) for row in range(rows)],
            "phone": [f"0138{month:02}{row:05}" for row in range(rows)],
            **more,
        }
    )


def as_bytes(rows: pl.DataFrame, suffix: str = ".parquet") -> bytes:
    if suffix == ".csv":
        return rows.write_csv().encode()
    made = BytesIO()
    rows.write_parquet(made)
    return made.getvalue()


def on_disk(folder: Path, files: dict[str, bytes]) -> None:
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def in_bucket(storage: ObjectStorage, files: dict[str, bytes]) -> None:
    store = store_of(storage)
    for name, data in files.items():
        obstore.put(store, name, data)


def store_of(storage: ObjectStorage) -> S3Store:
    return S3Store(BUCKET, endpoint=storage.endpoint, client_options={"allow_http": True})


def half_a_year(suffix: str = ".parquet", top: str = "loans") -> dict[str, bytes]:
    """January to August; July and August, after the run's day, are rubbish."""
    good = {f"{top}/month=2010-{month:02}/part-0{suffix}": as_bytes(month_of(month), suffix) for month in range(1, 7)}
    return good | {f"{top}/month=2010-{month:02}/part-0{suffix}": RUBBISH for month in (7, 8)}
