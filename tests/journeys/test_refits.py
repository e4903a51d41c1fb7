"""What is published is the refit, done once for all who need the same; whoever wants the tested model gets that."""

from tests.journeys.book import BEFORE_THE_SHIFT, write_pipeline
from tests.journeys.console import Console


def test_the_account_of_a_run_tells_what_was_published_and_what_was_tested(crowned: Console) -> None:
    account = crowned.does("explain", "1")
    verdict, selection = account["recorded"]["verdict"], account["selection"]
    assert verdict["published"] == "refit"
    assert verdict == selection["verdict"]
    assert [gate["code"].partition(".")[0] for gate in verdict["agreement"]] == ["G7"] * 4
    assert selection["refitted"]["rows"] == sum(
        window["rows"] for window in account["snapshot"]["windows"] if window["window"] != "recent"
    )
    assert selection["finalist"]["model"] != selection["refitted"]["model"]
    lineage = {entry["name"]: entry["value"] for entry in account["lineage"]}
    assert lineage["published as"] == "refit"
    assert lineage["fitted on loans applied for until"] == account["snapshot"]["windows"][3]["last"]
    told = crowned.says("explain", "1").out
    assert "Published: refitted on" in told
    assert "G7.rank" in told


def test_another_pipeline_with_the_same_loans_and_finalist_takes_the_refit_over(crowned: Console) -> None:
    write_pipeline(crowned.folder, name="twin")
    answer = crowned.does("run", "twin.yaml", "--as-of", BEFORE_THE_SHIFT)
    reused = {stage["stage"]: stage["reused"] for stage in answer["stages"]}
    assert reused == {
        "extract": True,
        "prepare": True,
        "train": False,
        "rehearse": True,
        "select": False,
        "refit": True,
        "publish": False,
    }
    first, second = (crowned.does("explain", run)["selection"]["refitted"] for run in ("1", "2"))
    assert first["model"] == second["model"]


def test_the_tested_model_is_published_where_the_policy_says_so(console: Console) -> None:
    path = console.folder / "book.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("policy:\n", "policy:\n  publish: tested\n"), encoding="utf-8")
    answer = console.does("run", "book.yaml", "--as-of", BEFORE_THE_SHIFT)
    verdict = answer["recorded"]["verdict"]
    assert (verdict["published"], verdict["agreement"]) == ("tested", [])
    assert "publish: tested" in verdict["publication"]
    assert answer["selection"]["refitted"] is None
