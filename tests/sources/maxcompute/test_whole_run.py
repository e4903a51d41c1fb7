"""Whole runs from MaxCompute: killed, gone on with, cancelled; the same rows in Parquet make the same model."""

import os
import re
import signal
import subprocess
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from tests.journeys.asking import until
from tests.journeys.book import AFTER_THE_SHIFT, loans, write_book, write_pipeline
from tests.journeys.console import Console
from tests.sources.maxcompute.server.faults import Kind
from tests.sources.maxcompute.warehouse import OwnWarehouse

from kingmaker.loop import conductor
from kingmaker.settings import Settings
from kingmaker.wiring import open_house

pytestmark = [pytest.mark.slow, pytest.mark.journey]

SOURCE = """\
  maxcompute:
    project: {project}
    endpoint: {endpoint}
    access_id: {access_id}
    access_key: {access_key}
    slices: 2
  tasks:
    - name: until today
      sql: CREATE TABLE loans AS SELECT * FROM book WHERE applied <= {{{{ as_of }}}}
"""
STATEMENTS = [
    "CREATE TABLE loans AS SELECT * FROM book WHERE applied <= DATE'2019-12-31'",
    "ALTER TABLE loans SET LIFECYCLE 3",
]
ROWS = 12_000


def console_of(folder: Path) -> Console:
    return Console(folder, {"KINGMAKER_WORKERS": "1"})


def written(folder: Path, own: OwnWarehouse | None = None) -> Console:
    """A home, and a pipeline that reads from the warehouse or else from a file with the same rows."""
    folder.mkdir()
    pipeline = write_pipeline(folder, file="loans.parquet", learners="scorecard", trials=2)
    if own is None:
        write_book(folder, loans(ROWS), file="loans.parquet")
    else:
        text = pipeline.read_text().replace("  file: loans.parquet\n", SOURCE.format(**own.access))
        pipeline.write_text(re.sub(r"file:(/\S+)", r"'file:\1'", text))
        own.put("book", loans(ROWS).to_arrow())
    return console_of(folder)


def model_of(console: Console) -> bytes:
    bundle = next(path for path in (console.home / "vault").rglob("*") if path.is_file() and zipfile.is_zipfile(path))
    with zipfile.ZipFile(bundle) as archive:
        return archive.read("model.onnx")


@contextmanager
def running(console: Console) -> Iterator["subprocess.Popen[str]"]:
    process = console.start("run", "book.yaml", "--as-of", AFTER_THE_SHIFT)
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def test_a_run_that_was_killed_finds_its_instance_and_makes_the_model_of_the_same_rows_in_parquet(
    own: OwnWarehouse, tmp_path: Path
) -> None:
    from_file = written(tmp_path / "file").does("run", "book.yaml", "--as-of", AFTER_THE_SHIFT)
    console = written(tmp_path / "warehouse", own)
    own.service.instances.held = True
    with running(console):
        own.service.faults.wait_for(Kind.STATUS, 5)
    own.service.instances.held = False
    document = console.does("run", "book.yaml", "--as-of", AFTER_THE_SHIFT)
    assert document["run"]["number"] == 1
    assert own.service.instances.executed == STATEMENTS
    assert len(own.service.instances.submissions) == len(STATEMENTS)
    assert [trial["key"] for trial in document["trials"]] == [trial["key"] for trial in from_file["trials"]]
    assert model_of(console) == model_of(console_of(tmp_path / "file"))
    assert not list((console.home / "work").glob("**/flow.json"))


def test_a_cancelled_run_stops_its_instance(own: OwnWarehouse, tmp_path: Path) -> None:
    console = written(tmp_path / "warehouse", own)
    own.service.instances.held = True
    with running(console) as process:
        own.service.faults.wait_for(Kind.STATUS, 5)
        (instance,) = own.service.instances.known.values()
        assert not instance.over
        console.does("cancel", "1", "--why", "the wrong month")
        until(lambda: instance.over or None)
        process.communicate(timeout=60)
    assert instance.state == "CANCELLED"
    assert console.rows("SELECT reason FROM run") == [("cancelled",)]


def test_a_run_that_is_cancelled_while_no_process_conducts_it_stops_its_instance_with_the_next(
    own: OwnWarehouse, tmp_path: Path
) -> None:
    console = written(tmp_path / "warehouse", own)
    own.service.instances.held = True
    with running(console):
        own.service.faults.wait_for(Kind.STATUS, 5)
    (instance,) = own.service.instances.known.values()
    console.does("cancel", "1", "--why", "the wrong month")
    assert not instance.over
    with closing(open_house(Settings(home=console.home))) as house:
        conductor._sweep(house)
        assert instance.state == "CANCELLED"
        assert not list(house.workspace.glob("run-*"))
