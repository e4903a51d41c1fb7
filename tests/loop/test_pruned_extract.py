"""A run over a lake: what is passed over changes nothing of the snapshot."""

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from kingmaker.adapters.sources.files import FileSource
from kingmaker.adapters.vaults.folder import FolderVault
from kingmaker.domain.snapshot import Snapshot
from kingmaker.loop.extract import extract, load_snapshot
from kingmaker.loop.reading import reading_of
from kingmaker.pipeline.declaration import Pipeline
from kingmaker.ports.progress import Silence
from kingmaker.settings import Settings
from kingmaker.wiring import open_house

AS_OF = date(2018, 6, 30)


def book(rows: int = 2000) -> pl.DataFrame:
    """Applications from 2015 on, one a day; every customer applies twice within three weeks."""
    generator = np.random.default_rng(3)
    applied = [date(2015, 1, 1) + timedelta(days=row) for row in range(rows)]
    bad = generator.random(rows) < 0.2
    return pl.DataFrame(
        {
            "loan": list(range(rows)),
            "customer": [row // 40 * 20 + row % 20 for row in range(rows)],
            "applied": applied,
            "gone": [day + timedelta(90) if one else None for day, one in zip(applied, bad, strict=True)],
            "income": generator.normal(0, 1, rows),
        }
    )


def declare(**source: object) -> Pipeline:
    return Pipeline.model_validate(
        {
            "pipeline": "book",
            "source": {"file": "loans"} | source,
            "id": "loan",
            "customer": "customer",
            "applied_at": "applied",
            "outcome": {"observed_at": "gone"},
            "windows": {"since": "2016-01-05", "duplicates": "30 days"},
            "policy": {"min_bads": 30},
        }
    )


def write_lake(folder: Path) -> None:
    months = pl.col("applied").dt.strftime("%Y-%m")
    for (month,), rows in book().group_by(months, maintain_order=True):
        place = folder / "loans" / f"month={month}"
        place.mkdir(parents=True)
        rows.write_parquet(place / "part-0.parquet")


def snapshot(folder: Path, pipeline: Pipeline) -> tuple[Snapshot, list[str], list[str]]:
    """With the loans' numbers and the months that were read."""
    house = open_house(Settings(home=folder / "home"))
    reading = reading_of(house, pipeline, folder, AS_OF, occasion="one")
    house.close()
    scratch = folder / f"scratch-{len(pipeline.source.partitioned_by)}"
    scratch.mkdir()
    vault = FolderVault(folder / "vault")
    made = extract(pipeline, source=FileSource(), reading=reading, vault=vault, scratch=scratch, progress=Silence())
    read = FileSource().extract(reading, scratch, lambda _: None)
    months = pl.read_parquet(list(read.parts))["month"].unique().sort().to_list()
    return made, load_snapshot(vault, made)["_id"].to_list(), months


def test_a_pruned_lake_gives_the_snapshot_of_the_whole_one(tmp_path: Path) -> None:
    write_lake(tmp_path)
    whole, loans, months = snapshot(tmp_path, declare())
    pruned, same_loans, fewer = snapshot(tmp_path, declare(partitioned_by=["month"]))
    assert (months[0], months[-1]) == ("2015-01", "2020-06")
    assert (fewer[0], fewer[-1]) == ("2015-12", "2018-06")
    assert loans == same_loans
    assert whole.parts == pruned.parts
    assert whole.windows == pruned.windows
