"""The real thing over a book with marked personal data: no byte of any file, while it runs or after, has a marker."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from functools import partial
from pathlib import Path
from signal import SIGTERM
from threading import Thread

import polars as pl
import pytest
from tests.journeys.book import BEFORE_THE_SHIFT
from tests.journeys.test_up import until
from tests.privacy.room import FAILING, MARK, TASKS, Room, book, declaration, written

from kingmaker.interfaces.client import Client


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["csv", "duckdb"])
def test_a_run_and_what_is_told_of_it_hold_no_marker(room: Room, kind: str) -> None:
    file = room.declare(declaration(written(room.data, kind, book())))
    with room.watch.looking():
        room.says("check", str(file))
        room.says("run", str(file), "--as-of", BEFORE_THE_SHIFT)
        room.says("explain", "1")
        room.says("report", "1")
    assert "work.duckdb" in room.watch.names(), "what was loaded was on the disk for a moment, and was looked at"
    assert any(name.endswith(".parquet") for name in room.watch.names())
    room.nowhere()


@pytest.mark.slow
def test_a_draft_keeps_no_personal_data_that_it_sees(room: Room) -> None:
    marked = book(2_000).with_columns(customer=pl.lit("1399988") + pl.int_range(2_000).cast(pl.String).str.zfill(4))
    for kind in ("csv", "parquet", "duckdb"):
        file = written(room.data, kind, marked)
        with room.watch.looking():
            room.says_here(
                "init", str(file), "--out", str(room.console.folder / f"{kind}.yaml"), "--outcome", "went_bad"
            )
        assert "  drop:\n    - phone" in (room.console.folder / f"{kind}.yaml").read_text(encoding="utf-8")
    room.nowhere(("1399988", f"{MARK}@"))


@pytest.mark.slow
def test_what_is_not_declared_is_found_by_the_watch_and_warned_of(room: Room) -> None:
    """The watch sees what it must: without `pii` the markers are everywhere."""
    file = room.declare(declaration(written(room.data, "csv", book(9_000)), pii=""))
    with room.watch.looking():
        room.says_here("run", str(file), "--as-of", BEFORE_THE_SHIFT)
        explained = room.says_here("explain", "1")
    assert any("work.duckdb" in name for name in room.watch.holds(MARK))
    assert any("part-" in name for name in room.watch.holds(MARK))
    told = " ".join(explained.split())
    assert "Personal data in `note`: 9,000 of 9,000 values hold a mail address." in told
    assert "Personal data in `phone`: 9,000 of 9,000 values hold a phone number." in told
    assert not [text for text in room.said if MARK in text or "1399988" in text]


def at_row_seven(frame: pl.DataFrame, column: str, text: str) -> pl.DataFrame:
    other = pl.col(column).cast(pl.String)
    return frame.with_columns(pl.when(pl.int_range(pl.len()) == 7).then(pl.lit(text)).otherwise(other).alias(column))


def broken(kind: str, given: Path) -> Path:
    """A file in which something is wrong beside its markers."""
    frame = book(300)
    path = written(given, "csv", frame)
    text = path.read_text(encoding="utf-8")
    line = text.splitlines()[20]
    if kind == "a bad number":
        written(given, "csv", at_row_seven(at_row_seven(frame, "phone", MARK), "debt", "word"))
    elif kind == "a bad date":
        written(given, "csv", at_row_seven(at_row_seven(frame, "phone", MARK), "applied", "soon"))
    elif kind == "too many cells":
        path.write_text(text.replace(line, f"{line},{MARK}", 1), encoding="utf-8")
    elif kind == "a quote without end":
        path.write_text(text.replace(line, f'"{line}', 1), encoding="utf-8")
    elif kind == "no text":
        path.write_bytes(text.encode().replace(MARK.encode(), MARK.encode() + b"\xff", 1))
    elif kind == "no header":
        path.write_text(text.partition("\n")[2], encoding="utf-8")
    elif kind == "a parquet file cut off":
        path = written(given, "parquet", frame)
        path.write_bytes(path.read_bytes()[:-30])
    return path


@pytest.mark.slow
@pytest.mark.parametrize(
    "kind",
    [
        "a bad number",
        "a bad date",
        "too many cells",
        "a quote without end",
        "no text",
        "no header",
        "a parquet file cut off",
        "a task that fails",
    ],
)
def test_a_run_that_fails_over_the_data_tells_none_of_it(room: Room, kind: str) -> None:
    path = broken(kind, room.data)
    file = room.declare(declaration(path, source=FAILING if kind == "a task that fails" else TASKS))
    with room.watch.looking():
        room.says_here("run", str(file), "--as-of", BEFORE_THE_SHIFT, code=2)
        room.says_here("explain", "1")
    assert room.watch.names()
    room.nowhere()


@pytest.mark.slow
def test_a_control_centre_that_conducts_a_run_holds_no_marker(room: Room) -> None:
    written(room.data, "parquet", book())
    with room.watch.looking(), _up(room) as client:
        client.declare(declaration(Path("loans.parquet")))
        asked = client.ask("book", as_of=date.fromisoformat(BEFORE_THE_SHIFT))
        run = until(lambda: client.queued(asked.number).run, "the run")
        until(partial(client.champion, "book"), "the champion")
        room.said += [repr(client.account(run)), client.report(run).decode()]
    room.nowhere()


@contextmanager
def _up(room: Room) -> Iterator[Client]:
    words = ("up", "--port", "0", "--endpoint-port", "0", "--data", str(room.data), "--json")
    process = room.console.start(*words)
    assert process.stdout is not None
    assert process.stderr is not None
    first = process.stdout.readline()
    told = json.loads(first)
    room.said.append(first)
    readers = [Thread(target=room.said.extend, args=(stream,)) for stream in (process.stdout, process.stderr)]
    for reader in readers:
        reader.start()
    with process:
        try:
            with Client(told["url"], token=told["first_token"]) as client:
                yield client
        finally:
            process.send_signal(SIGTERM)
            process.wait(60)
            for reader in readers:
                reader.join()
