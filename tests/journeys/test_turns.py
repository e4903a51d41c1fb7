"""A book is retrained: first champion, a proven challenger, scoring, going back, and a record that can be proven."""

from pathlib import Path

import polars as pl
import pytest
from tests.journeys.book import AFTER_THE_SHIFT, BEFORE_THE_SHIFT, loans, write_pipeline
from tests.journeys.console import Console

ALONE = {"canary": None, "shadows": []}
"""What `champion` tells beside the turn while nobody accompanies."""


def test_the_first_champion_meets_absolute_gates_and_the_next_is_proven_better(reigning: Console) -> None:
    first, second = reigning.does("history")
    assert (first["turn"], first["reason"], first["by"]) == (1, "promoted", "run 1")
    assert (second["turn"], second["reason"], second["by"]) == (2, "promoted", "run 2")
    assert first["version"] != second["version"]
    assert reigning.does("champion") == second | ALONE
    verdicts = [reigning.does("explain", run)["recorded"]["verdict"] for run in ("1", "2")]
    assert [verdict["reason"] for verdict in verdicts] == ["first_champion", "proven_better"]
    auc = next(one for one in verdicts[1]["comparisons"] if one["measure"] == "auc" and one["window"] == "test")
    assert auc["difference"] > 0.05
    assert auc["p_value"] < 0.001


def test_who_was_in_force_at_a_time_can_be_asked(reigning: Console) -> None:
    first, second = reigning.does("history")
    assert reigning.does("champion", "--at", first["since"]) == first | ALONE
    assert reigning.does("champion", "--at", second["since"]) == second | ALONE
    assert reigning.does("champion", "--at", "2001-01-01") is None


def test_every_way_to_read_a_finished_home_prints_one_document(reigning: Console) -> None:
    assert [run["number"] for run in reigning.does("runs")] == [2, 1]
    assert len(reigning.does("trials", "2")["trials"]) == 3
    assert [one["run"] for one in reigning.does("versions")] == [2, 1]
    assert reigning.does("check", "book.yaml")["pipeline"] == "book"
    assert reigning.does("audit", "list")[0]["number"] == reigning.does("audit", "verify")["entries"]
    assert all(check["healthy"] for check in reigning.does("doctor"))
    report = reigning.does("report", "2")
    assert Path(report["path"]).stat().st_size == report["bytes"]
    page = Path(report["path"]).read_text(encoding="utf-8")
    assert "<html" in page
    assert "run 2" in page.lower()


def test_every_command_reads_well_without_json(reigning: Console) -> None:
    version = reigning.does("champion")["version"]
    commands = [
        "runs",
        "explain 2",
        "trials 2",
        "report 2",
        "champion",
        "history",
        "versions",
        "audit list",
        "check book.yaml",
    ]
    for command in commands:
        answer = reigning.says(*command.split())
        assert answer.code == 0, answer.err
        assert answer.out.strip(), command
        assert not answer.err, command
    assert version[:12] in reigning.says("champion").out


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_applicants_are_scored_by_the_champion_or_by_a_named_version(reigning: Console, kind: str) -> None:
    applicants = loans(500, seed=9).drop("went_bad")
    if kind == "csv":
        applicants.fill_nan(None).write_csv(reigning.folder / "applicants.csv")
    else:
        applicants.write_parquet(reigning.folder / "applicants.parquet")
    summary = reigning.does("score", f"applicants.{kind}", f"scores.{kind}", "--reasons", "2")
    assert summary["rows"] == 500
    assert summary["version"] == reigning.does("champion")["version"]
    scores = _read(reigning.folder / f"scores.{kind}")
    assert scores.height == 500
    assert scores["loan"].to_list() == applicants["loan"].to_list()
    first = reigning.does("versions")[-1]["version"]
    other = reigning.does("score", f"applicants.{kind}", f"others.{kind}", "--version", first[:8])
    assert other["version"] == first
    assert _read(reigning.folder / f"others.{kind}")["pd"].to_list() != scores["pd"].to_list()


def _read(path: Path) -> pl.DataFrame:
    return pl.read_csv(path) if path.suffix == ".csv" else pl.read_parquet(path)


def test_csv_and_parquet_applicants_get_the_same_scores(crowned: Console) -> None:
    applicants = loans(200, seed=10).drop("went_bad")
    applicants.fill_nan(None).write_csv(crowned.folder / "a.csv")
    applicants.write_parquet(crowned.folder / "a.parquet")
    crowned.does("score", "a.csv", "from-csv.csv")
    crowned.does("score", "a.parquet", "from-parquet.csv")
    written = [(crowned.folder / name).read_bytes() for name in ("from-csv.csv", "from-parquet.csv")]
    assert written[0] == written[1]


def test_a_rollback_goes_back_once_and_again_to_and_fro(reigning: Console) -> None:
    first, second = (turn["version"] for turn in reigning.does("history"))
    assert reigning.does("rollback", "--why", "complaints")["version"] == first
    back = reigning.does("rollback", "--why", "complaints were about something else")
    assert (back["version"], back["turn"], back["reason"]) == (second, 4, "rolled_back")
    assert reigning.does("rollback", "--to", first[:10], "--why", "by name")["version"] == first
    assert "already in force" in reigning.refuses("rollback", "--to", first, "--why", "again")
    assert [turn["why"] for turn in reigning.does("history")][2:] == [
        "complaints",
        "complaints were about something else",
        "by name",
    ]
    assert reigning.does("audit", "verify")["intact"] is True


def test_a_first_champion_has_nothing_to_go_back_to(crowned: Console) -> None:
    assert "no earlier champion" in crowned.refuses("rollback", "--why", "I do not like it")


def test_the_same_question_again_is_the_same_snapshot_and_an_identical_model(reigning: Console) -> None:
    again = reigning.does("run", "book.yaml", "--as-of", AFTER_THE_SHIFT)
    before = reigning.does("explain", "2")
    assert again["run"]["number"] == 3
    assert again["snapshot"]["digest"] == before["snapshot"]["digest"]
    assert [trial["key"] for trial in again["trials"]] == [trial["key"] for trial in before["trials"]]
    assert again["recorded"]["verdict"]["reason"] == "identical"
    assert again["version"] is None
    assert len(reigning.does("history")) == 2
    third = reigning.does("run", "book.yaml", "--as-of", AFTER_THE_SHIFT)
    assert {stage["stage"]: stage["reused"] for stage in third["stages"]} == {
        "extract": True,
        "prepare": True,
        "train": False,
        "select": False,
        "refit": True,
        "publish": False,
    }
    assert len(reigning.does("budget")["looks_taken"]) == 1


def test_the_plain_rule_promotes_whatever_has_the_lower_false_kill(crowned: Console) -> None:
    write_pipeline(crowned.folder, promote="point")
    answer = crowned.does("run", "book.yaml", "--as-of", AFTER_THE_SHIFT)
    assert answer["recorded"]["verdict"]["reason"] == "strictly_greater"
    assert crowned.does("champion")["turn"] == 2
    again = crowned.does("run", "book.yaml", "--as-of", AFTER_THE_SHIFT)
    assert again["recorded"]["verdict"]["reason"] == "identical"
    assert crowned.does("champion")["turn"] == 2


def test_an_earlier_day_after_a_later_one_is_judged_and_changes_nothing(reigning: Console) -> None:
    answer = reigning.does("run", "book.yaml", "--as-of", BEFORE_THE_SHIFT)
    assert answer["run"]["reason"] == "verdict_reached"
    assert len(reigning.does("budget")["looks_taken"]) == 1
    assert reigning.does("champion")["turn"] == 2
    assert reigning.does("audit", "verify")["intact"] is True
