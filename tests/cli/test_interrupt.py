"""Ctrl-C as a terminal sends it: to every process of the foreground."""

import os
import signal
from pathlib import Path

import pytest
from tests.journeys.book import BEFORE_THE_SHIFT, write_book, write_pipeline
from tests.journeys.console import Console
from tests.journeys.crowd import wait_until_all_are_gone


@pytest.mark.slow
def test_ctrl_c_stops_a_run_with_one_sentence_and_frees_it(tmp_path: Path) -> None:
    write_book(tmp_path)
    write_pipeline(tmp_path, trials=400)
    console = Console(tmp_path)
    process = console.start("run", "book.yaml", "--as-of", BEFORE_THE_SHIFT)
    assert process.stderr is not None
    assert any("prepare  done" in line for line in process.stderr), "the run ended before it was prepared"
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (130, "")
    assert err == "Stopped. Nothing is lost: the same command, or `kingmaker resume`, goes on from here.\n"
    wait_until_all_are_gone(console)
    assert not list((tmp_path / "temporary").glob("kingmaker-*"))
    assert [run["state"] for run in console.does("runs")] == ["unfinished"]
    assert console.rows("SELECT holder FROM run") == [(None,)]
