"""What `pii` hides never touches a disk, whatever is done to the rows afterwards."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
from tests.sources.databases.banks import Bank
from tests.sources.databases.conftest import Read
from tests.sources.databases.test_reading import refusal

from kingmaker.pipeline.privacy import Pii
from kingmaker.privacy.masking import Mask

DROPPED, HIDDEN, OPEN = "13912345678", "marker-of-a-person", "marker-of-nobody"
MASK = Mask(Pii(drop=("phone",), pseudonymise=("person",)), lambda: b"k" * 32)
TASKS = [{"name": "all", "sql": "CREATE TABLE loans AS SELECT * FROM source ORDER BY note, id DESC"}]


def holds(folder: Path, marker: str) -> bool:
    """In any byte of any file, also inside of packed Parquet."""
    for path in folder.rglob("*"):
        if not path.is_file():
            continue
        content = path.read_bytes()
        if marker.encode() in content:
            return True
        if content[:4] == content[-4:] == b"PAR1" and len(content) > 8:
            table = pl.read_parquet(path)
            if any(table[name].cast(pl.String).str.contains(marker, literal=True).any() for name in table.columns):
                return True
    return False


@pytest.fixture
def scratch(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "scratch"
    folder.mkdir()
    before, tempfile.tempdir = tempfile.tempdir, str(folder)
    yield folder
    tempfile.tempdir = before


def rows_of(bank: Bank) -> str:
    text = "n || ''" if bank.kind == "postgresql" else "n"
    return (
        f"SELECT n AS id, CONCAT('{DROPPED}', {text}) AS phone, CONCAT('{HIDDEN}', n % 100) AS person, "
        f"CONCAT('{OPEN}', n % 5) AS note FROM {bank.rows.format(60_000)}"
    )


def test_what_is_masked_is_on_no_disk_at_any_step(bank: Bank, read: Read, tmp_path: Path, scratch: Path) -> None:
    class Watching(list[str]):
        seen = 0

        def append(self, sentence: str) -> None:
            super().append(sentence)
            assert not any(holds(folder, marker) for folder in (tmp_path,) for marker in (DROPPED, HIDDEN))
            Watching.seen += len(list(tmp_path.rglob("work.duckdb")))

    said = Watching()
    rows, _ = read(bank.url, MASK, said, query=rows_of(bank), tasks=TASKS)
    assert Watching.seen > 0
    assert list(scratch.iterdir()) == [], "nothing is outside of the run's own folder"
    assert rows.columns == ["id", "person", "note"]
    assert rows["person"].n_unique() == 100
    assert not holds(tmp_path, DROPPED)
    assert not holds(tmp_path, HIDDEN)
    assert holds(tmp_path, OPEN)
    assert not [one for one in said if DROPPED in one or HIDDEN in one]


def test_a_misspelt_column_to_hide_is_refused_before_a_row_is_read(bank: Bank, read: Read) -> None:
    mask = Mask(Pii(drop=("phnoe",)))
    assert "`pii.drop` names `phnoe`, which is not a column" in refusal(read, bank.url, mask, query=rows_of(bank))
