"""What the page on reading the log says, done."""

import json
import re
import subprocess
from collections import deque
from pathlib import Path

import duckdb
import polars as pl
import pytest
from tests.serving.journal.answers import SCHEMA, VERSION, Desk, batch, folder_depot

from kingmaker.serving.journal.entry import Line

PAGE = (Path(__file__).parents[3] / "docs" / "how-to" / "read-the-log-of-answers.md").read_text(encoding="utf-8")


def block(kind: str, starting: str) -> str:
    found = re.search(rf"^```{kind}\n({re.escape(starting)}.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    assert found
    return found[1]


@pytest.fixture
def _inbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A champion's answers in three segments, a shadow's in the last one, and one segment a second time."""
    desk = Desk(tmp_path / "log", folder_depot(tmp_path / "depot"))
    for first in (0, 10, 20):
        desk.writer.drain(deque([batch(10, first=first)]))
        if first == 20:
            desk.writer.drain(deque([batch(4, version="ab" * 32, role="shadow")]))
        desk.writer.close()
        desk.time.pass_by(60)
    desk.shipper.look()
    again = next((tmp_path / "depot").rglob("*-000001.jsonl.gz"))
    again.with_name("again.jsonl.gz").write_bytes(again.read_bytes())
    monkeypatch.chdir(tmp_path / "depot")


@pytest.mark.usefixtures("_inbox")
def test_duckdb_counts_each_answer_once() -> None:
    rows = duckdb.sql(block("sql", "SELECT")).fetchall()
    assert [(str(day), version, role, answers) for day, version, role, answers, _, _ in rows] == [
        ("2026-09-21", VERSION[:12], "champion", 30),
        ("2026-09-21", "ab" * 6, "shadow", 4),
    ]


@pytest.mark.usefixtures("_inbox")
def test_polars_counts_each_answer_once() -> None:
    frame = eval(block("python", "pl.scan"), {"pl": pl})
    assert len(frame) == 34
    assert set(frame.unnest("features").columns) >= set(SCHEMA.names)
    named = re.search(r"`schema_overrides=(\{.*?\})`", PAGE)
    assert named
    overrides = eval(named[1], {"pl": pl})
    named_columns = pl.scan_ndjson("inbox/loans/*/*.jsonl.gz", schema_overrides=overrides).collect()
    assert named_columns["features"].struct.fields == ["Amount", "Term"]


@pytest.mark.usefixtures("_inbox")
def test_lines_are_read_with_what_every_machine_has() -> None:
    lines = subprocess.run("zcat inbox/loans/*/*.jsonl.gz", shell=True, capture_output=True, check=True).stdout
    declined = [json.loads(line)["id"] for line in lines.splitlines() if b'"decline"' in line]
    assert len(declined) == 22


def test_the_page_shows_the_fields_that_are_written() -> None:
    shown = [json.loads(line) for line in block("json", "{").splitlines()]
    assert [[*line] for line in shown[:2]] == [["segment"], ["schema"]]
    assert tuple(shown[2]) == Line.__struct_fields__
