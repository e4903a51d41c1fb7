"""What lists of runs and of audit entries say, on a terminal of eighty columns."""

from pathlib import Path

import polars as pl
import pytest
from tests.journeys.book import AFTER_THE_SHIFT, BEFORE_THE_SHIFT

from kingmaker.domain.run import RunReason
from kingmaker.loop.request import request_run
from kingmaker.settings import Settings
from kingmaker.wiring import open_house

from .conftest import Terminal

LATER = pl.Series([AFTER_THE_SHIFT]).str.to_date()[0]


def refused(terminal: Terminal) -> str:
    """A run on loans of which none is bad, and its sentence."""
    good = pl.read_csv("loans.csv").with_columns(pl.lit(None, dtype=pl.String).alias("went_bad"))
    good.write_csv("loans.csv")
    return terminal.refuses("run", "book.yaml", "--as-of", BEFORE_THE_SHIFT)


@pytest.mark.parametrize("command", ["runs", "explain 1", "trials 1", "history", "versions", "doctor", "audit list"])
def test_tables_fit_the_terminal(crowned: Terminal, command: str) -> None:
    lines = crowned.shows(*command.split()).splitlines()
    sentences = ("PROMOTE", "Published:", "Trial ")
    assert [line for line in lines if len(line) > 80 and not line.startswith(sentences)] == []


def test_a_list_has_one_line_for_each_row(crowned: Terminal) -> None:
    assert len(crowned.shows("runs").splitlines()) == 2
    entries = crowned.document("audit", "list")
    table = crowned.shows("audit", "list").splitlines()
    assert len(table) == len(entries) + 2
    assert "--json" in table[-1]


def test_a_finished_run_is_listed_with_its_decision(crowned: Terminal) -> None:
    assert crowned.shows("runs").splitlines()[1].split()[-2:] == ["finished", "PROMOTE"]


def test_a_run_that_nobody_works_on_any_more_is_unfinished_and_one_that_goes_on_is_running(crowned: Terminal) -> None:
    house = open_house(Settings(home=Path("home")))
    run, lease = request_run(house, Path("book.yaml"), as_of=LATER, by="ada")
    assert "running" in crowned.shows("runs")
    assert "the run is under way" in crowned.shows("explain", str(run.number))
    house.ledger.release(lease)
    assert "unfinished  `resume 2` goes on" in crowned.shows("runs")
    assert [one["state"] for one in crowned.document("runs")] == ["unfinished", "finished"]
    assert "`kingmaker resume 2` goes on with it" in crowned.shows("explain", str(run.number))
    assert "has no trial" in crowned.shows("trials", str(run.number))
    house.close()


def test_a_refused_run_tells_its_sentence_once_and_shows_no_empty_table(empty: Terminal) -> None:
    sentence = refused(empty).rpartition("error: ")[2].strip()
    told = empty.shows("explain", "1")
    assert told.count(sentence) == 1
    assert "Stages" not in told
    assert "Faults" not in told
    assert RunReason.DATA_REFUSED.value in told


def test_explaining_does_not_say_how_to_explain(crowned: Terminal) -> None:
    told = crowned.shows("explain", "1")
    assert "kingmaker explain" not in told
    assert "kingmaker report 1" in told


def test_another_run_of_the_pipeline_is_told_once_with_the_process_that_does_it(crowned: Terminal) -> None:
    house = open_house(Settings(home=Path("home")))
    request_run(house, Path("book.yaml"), as_of=LATER, by="ada")
    error = crowned.refuses("run", "book.yaml", "--as-of", BEFORE_THE_SHIFT)
    assert error.startswith("error: Run 2 of pipeline book is under way, held by process ")
    house.close()
