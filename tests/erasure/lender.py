"""A lender whose home holds one marked customer in everything that can hold one."""

import gzip
import json
from pathlib import Path

import polars as pl
from tests.journeys.book import BEFORE_THE_SHIFT, loans, write_book, write_pipeline
from tests.privacy.watching import texts_of

from kingmaker.interfaces.cli.app import run_command_line
from kingmaker.ports.house import House
from kingmaker.settings import Settings
from kingmaker.wiring import open_house

MARK = "mk7qz"
CUSTOMER = f"C{MARK}"
THEIRS = (40, 900, 1_700, 2_600, 3_300)
"""Rows of the book. Some of these loans are in no window, so that no snapshot knows them."""


def marked_book() -> pl.DataFrame:
    """Five loans of one customer among 9,000, ids and customer marked."""
    row = pl.int_range(pl.len())
    is_theirs = row.is_in(list(THEIRS))
    return loans(9_000).with_columns(
        loan=pl.when(is_theirs).then(pl.lit(f"L{MARK}-") + row.cast(pl.String)).otherwise("loan"),
        customer=pl.when(is_theirs).then(pl.lit(CUSTOMER)).otherwise("customer"),
    )


def their_loans() -> list[str]:
    return [f"L{MARK}-{row}" for row in THEIRS]


def make(folder: Path) -> None:
    """A home with a finished run and everything else that holds rows."""
    write_book(folder, marked_book())
    write_pipeline(folder, learners="scorecard", trials=1, min_bads=40)
    assert says(folder, "run", str(folder / "book.yaml"), "--as-of", BEFORE_THE_SHIFT) == 0
    house = opened(folder)
    plant_segments(house)
    plant_outcomes(house)
    plant_folders(house)
    house.close()


def says(folder: Path, *words: str) -> int:
    return run_command_line(open_house, ["--home", str(folder / "home"), *words])


def opened(folder: Path, master_key: str = "") -> House:
    return open_house(Settings(home=folder / "home", master_key=master_key))


def line(loan: str | None, number: int) -> bytes:
    said = {"entry": f"k-{number}", "answered_at": "2016-11-05T10:00:00Z", "endpoint": "e", "role": "champion"}
    return json.dumps(said | {"version": "v", "id": loan, "pd": 0.1, "score": 600}, separators=(",", ":")).encode()


def plant_segments(house: House) -> None:
    head = b'{"segment":{"format":1}}'
    lines = [head, line("L000001", 1), line(their_loans()[0], 2), line(None, 3), line(their_loans()[3], 4)]
    data = b"\n".join(lines) + b"\n"
    house.vault.name("inbox/book/e/20161105T100000Z-token-000001.jsonl", data)
    house.vault.name("inbox/book/e/20161105T110000Z-token-000002.jsonl.gz", gzip.compress(data, mtime=0))


def plant_outcomes(house: House) -> None:
    rows = pl.DataFrame(
        {"loan": ["L000001", their_loans()[1], "L000002"], "went_bad": [None, "2016-02-01", "2016-03-01"]}
    )
    path = house.workspace / "handed-in"
    for form, write in (("csv", rows.write_csv), ("parquet", rows.write_parquet), ("json", rows.write_ndjson)):
        write(path)
        house.ledger.add_outcomes("book", file=house.vault.put(path), form=form, rows=3, by="ada")
        path.unlink()
    path.write_text(f"loan,went_bad\n{their_loans()[2]},2016-05-01\n", encoding="utf-8")
    house.ledger.add_outcomes("book", file=house.vault.put(path), form="csv", rows=1, by="ada")
    path.unlink()


def plant_folders(house: House) -> None:
    """What a killed process left, and the home of a replay."""
    (house.workspace / "gather-killed").mkdir()
    marked_book().write_parquet(house.workspace / "gather-killed" / "part.parquet")
    kept = house.home / "replays" / "book-0123" / "source"
    kept.mkdir(parents=True)
    (house.home / "replays" / "ledger.db").touch()
    (kept.parent / ".command").touch()
    marked_book().write_parquet(kept / "00000.parquet")


def holding(home: Path, marker: str = MARK) -> list[str]:
    """Files of the home in which the marker stands, packed or not."""
    files = sorted(path for path in home.rglob("*") if path.is_file())
    return [str(path.relative_to(home)) for path in files if any(marker in text for text in texts_of(path))]
