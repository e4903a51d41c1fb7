"""A book of the loans that somebody approved: the verdict says so, and explored loans make it good."""

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from tests.journeys.book import AFTER_THE_SHIFT, BEFORE_THE_SHIFT, loans, write_book, write_pipeline
from tests.journeys.console import Console

ONLY_APPROVED = "acceptance:\n  outcomes_of: approved\n  max_bias: 0.0\n"
WITH_EXPLORATION = f"{ONLY_APPROVED}  explored: tried\n  propensity: chance\n"
NO_FEATURES = "features:\n  forbid: [tried, chance]\n"
KNOWN = "Outcomes are known only for loans that were approved"


def approved_book() -> pl.DataFrame:
    """Of all applicants the 70 % with the least debt, and one in three of the others at random."""
    everyone, random = loans(30_000), np.random.default_rng(1)
    approved = pl.col("debt") <= everyone["debt"].quantile(0.7)
    tried = pl.Series(random.random(everyone.height) < 1 / 3)
    marked = everyone.with_columns(tried=~approved & tried).with_columns(chance=pl.when("tried").then(1 / 3))
    return marked.filter(approved | pl.col("tried"))


def declare(folder: Path, acceptance: str) -> None:
    path = write_pipeline(folder)
    path.write_text(path.read_text(encoding="utf-8") + NO_FEATURES + acceptance, encoding="utf-8")


def told(console: Console, run: str) -> tuple[str, str]:
    """What `explain` says, in one line, and the report's page."""
    path = Path(console.does("report", run)["path"])
    return " ".join(console.says("explain", run).out.split()), path.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def selective(tmp_path_factory: pytest.TempPathFactory) -> Console:
    """Run 1 crowned a champion before the shift, on approved loans and a few others."""
    console = Console(tmp_path_factory.mktemp("selective"))
    write_book(console.folder, approved_book())
    declare(console.folder, ONLY_APPROVED)
    console.does("run", "book.yaml", "--as-of", BEFORE_THE_SHIFT)
    return console


def second_run(selective: Console, folder: Path, acceptance: str) -> tuple[Console, dict[str, Any], str]:
    """The verdict of a run after the shift in a home of its own, and its note about whose outcomes are known."""
    console = selective.copied_to(folder)
    declare(folder, acceptance)
    verdict = console.does("run", "book.yaml", "--as-of", AFTER_THE_SHIFT)["recorded"]["verdict"]
    (note,) = (note for note in verdict["notes"] if KNOWN in note)
    return console, {**verdict, "gates": {gate["code"]: gate for gate in verdict["gates"]}}, note


def test_the_first_champion_is_crowned_with_a_word_about_whose_outcomes_are_known(selective: Console) -> None:
    verdict = selective.does("explain", "1")["recorded"]["verdict"]
    assert verdict["reason"] == "first_champion"
    assert [note for note in verdict["notes"] if KNOWN in note] == [f"{KNOWN} (70 % of applicants)."]


def test_the_margin_is_widened_and_explain_and_the_report_say_by_how_much(selective: Console, tmp_path: Path) -> None:
    console, verdict, note = second_run(selective, tmp_path, ONLY_APPROVED)
    assert "the margin of the proof is widened by as much" in note
    assert verdict["gates"]["G6.selection_bias"]["outcome"] == "held"
    assert "for the selection bias" in verdict["gates"]["G6.auc"]["sentence"]
    assert verdict["reason"] == "selection_biased"
    said, page = told(console, "2")
    assert note in said
    assert f"<li>{note}</li>" in page


def test_explored_loans_stand_for_all_applicants(selective: Console, tmp_path: Path) -> None:
    console, verdict, note = second_run(selective, tmp_path, WITH_EXPLORATION)
    assert "explored loans of the test window" in note
    assert "G6.selection_bias" not in verdict["gates"]
    assert "stand for all applicants" in verdict["gates"]["G6.auc"]["sentence"]
    assert note in told(console, "2")[0]


def test_a_propensity_in_percent_is_refused_before_anything_is_trained(tmp_path: Path) -> None:
    console = Console(tmp_path)
    write_book(tmp_path, approved_book().with_columns(chance=100 * pl.col("chance")))
    declare(tmp_path, WITH_EXPLORATION)
    error = console.refuses("run", "book.yaml", "--as-of", BEFORE_THE_SHIFT)
    assert "`chance` must be above 0 and at most 1" in error
    assert "it is not a percentage" in error
