"""The same commands at a control centre: what they say, what they refuse, and whom they speak to."""

import json
import os
import signal
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.client.lending import DECLARATION, Lending, furnish, open_lending
from tests.contracts.ledger_examples import verdict
from tests.journeys.console import Console
from tests.loop.announcing.lender import PIPELINE

from kingmaker.domain.queue import RunEvent
from kingmaker.domain.run import Run, RunReason
from kingmaker.domain.verdict import VerdictReason
from kingmaker.interfaces.cli.rooms import HERE_ONLY
from kingmaker.loop.selection import Selection, selection_to_json

from .conftest import Terminal

READ = (
    "champion", "champion --at 2020-01-01", "history", "versions", "runs", "runs --limit 1", "explain 2", "trials 2", "budget",
    "endpoints", "keys", "keys --public", "audit list", "audit verify", "pipelines", "queue", "faults", "schedule list",
    "token list", "person list", "notices", "outcomes list", "sweep --dry",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Afar:
    """The same terminal, spoken to its own house and to the control centre over it."""

    lending: Lending
    here: Terminal

    def says(self, *words: str, code: int = 0) -> tuple[str, str]:
        return self.here.says("--server", self.lending.url, *words, code=code)

    def shows(self, *words: str) -> str:
        return self.says(*words)[0]

    def document(self, *words: str) -> Any:
        return json.loads(self.shows(*words, "--json"))

    def refuses(self, *words: str) -> str:
        return self.says(*words, code=2)[1]


@pytest.fixture(scope="session")
def _furnished(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, tuple[str, ...]]:
    folder = tmp_path_factory.mktemp("lending")
    return folder, furnish(folder)


@pytest.fixture
def afar(
    _furnished: tuple[Path, tuple[str, ...]],
    tmp_path: Path,
    at: Callable[[Path], Terminal],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Afar]:
    with open_lending(*_furnished, tmp_path) as lending:
        monkeypatch.setenv("KINGMAKER_TOKEN", lending.secret)
        Path(tmp_path, "instalment.yaml").write_text(DECLARATION, encoding="utf-8")
        yield Afar(lending, at(tmp_path))


def test_what_is_read_is_told_in_the_same_words(afar: Afar) -> None:
    afar.shows("declare", "instalment.yaml")
    for command in READ:
        words = command.split()
        assert afar.shows(*words) == afar.here.shows(*words), command
        if words != ["keys", "--public"]:
            assert afar.document(*words) == afar.here.document(*words), command


def test_a_change_is_made_in_the_name_of_the_token(afar: Afar) -> None:
    second = afar.lending.versions[1]
    told = afar.shows("promote", second[:8], "--why", "by hand")
    assert told == f"Version {second[:12]} is in force now (turn 2, approved).\n"
    assert afar.here.document("audit", "list")[0]["by"] == "first administrator"
    assert "stands at turn 2" in afar.refuses("promote", second, "--expected-turn", "1", "--why", "late")
    assert "is in force now (turn 3, rolled_back)" in afar.shows("rollback", "--why", "complaints")


def test_a_bundle_and_a_report_come_from_there(afar: Afar) -> None:
    here = afar.here.document("export", "champion", "here.kingmaker")
    there = afar.document("export", "champion", "there.kingmaker")
    assert {**here, "path": "there.kingmaker"} == there
    assert Path("here.kingmaker").read_bytes() == Path("there.kingmaker").read_bytes()
    assert afar.shows("report", "2") == "Report of run 2: run-2.html\n"
    assert afar.document("report", "2", "--out", "pages/two.html")["bytes"] == Path("run-2.html").stat().st_size


@pytest.mark.parametrize("command", sorted(HERE_ONLY))
def test_what_works_on_this_machine_alone_says_so(afar: Afar, command: str) -> None:
    refused = afar.refuses(command)
    assert f"`kingmaker {command}` works on this machine" in refused
    assert refused.count("\n") == 1


def test_a_server_beats_a_home_and_both_beat_the_environment(afar: Afar, monkeypatch: pytest.MonkeyPatch) -> None:
    assert PIPELINE in afar.here.shows("--home", "elsewhere", "--server", afar.lending.url, "pipelines")
    monkeypatch.setenv("KINGMAKER_SERVER", "http://127.0.0.1:1")
    assert "127.0.0.1:1: the control centre does not answer" in afar.here.refuses("pipelines")
    assert PIPELINE in afar.shows("pipelines")
    assert "No pipeline" in afar.here.shows("--home", "elsewhere", "pipelines")


def test_who_is_not_known_is_told_so_and_no_token_is_shown(afar: Afar, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KINGMAKER_TOKEN", "km_wrong")
    refused = afar.refuses("runs", "--json")
    assert json.loads(refused)["error"]["code"] == "not_logged_in"
    assert "km_wrong" not in refused


def test_a_pipeline_that_is_not_there_is_told_with_the_place(afar: Afar) -> None:
    assert f"no pipeline 'cards' has run at {afar.lending.url}" in afar.refuses("champion", "--pipeline", "cards")


def conducted(lending: Lending, end: Callable[[Lending, Run, Any], None]) -> threading.Thread:
    """Somebody who takes up the next request, tells what a run tells, and ends it so."""

    def work() -> None:
        claimed = None
        while claimed is None:
            claimed = lending.house.ledger.claim("a worker")
            threading.Event().wait(0.02)
        run, lease = claimed
        at = datetime.now(UTC)
        told = [("stage", "reading the source", 0, 0), ("advance", "", 1, 2), ("said", "24 loans", 0, 0)]
        lending.house.ledger.tell(lease, [
            RunEvent(run=0, number=0, at=at, kind=kind, stage="extract", text=text, done=done, total=total)
            for kind, text, done, total in told
        ])  # fmt: skip
        end(lending, run, lease)

    thread = threading.Thread(target=work)
    thread.start()
    return thread


def reject(lending: Lending, run: Run, lease: Any) -> None:
    ledger, vault = lending.house.ledger, lending.house.vault
    lost = replace(verdict(VerdictReason.NOT_PROVEN_BETTER), comparisons=())
    selection = Selection(verdict=lost, evidence=None, finalist=None, ranking=(), champion_turn=1)
    evidence = vault.put_bytes(selection_to_json(selection))
    ledger.record_verdict(lease, lost, evidence=evidence, candidate_version=None)
    ledger.finish_run(lease, RunReason.VERDICT_REACHED)


def fail(lending: Lending, _: Run, lease: Any) -> None:
    lending.house.ledger.finish_run(lease, RunReason.DATA_REFUSED, detail="loans.csv: no loan is bad. Bring more.")


def test_a_run_is_asked_for_followed_and_told_as_if_it_were_here(afar: Afar) -> None:
    worker = conducted(afar.lending, reject)
    out, err = afar.says("run", "instalment.yaml", "--as-of", "2026-06-30")
    worker.join()
    assert "REJECT" in out
    assert "run 4 of instalment as of 2026-06-30" in err
    assert "24 loans" in err
    assert "extract  done in" in err
    assert afar.shows("follow", "4") == out == afar.here.shows("follow", "4")
    assert afar.document("follow", "4") == afar.here.document("explain", "4")


def test_a_run_that_fails_ends_the_command_as_it_does_here(afar: Afar) -> None:
    worker = conducted(afar.lending, fail)
    out, err = afar.says("run", "instalment.yaml", "--json", code=2)
    worker.join()
    assert out == ""
    assert json.loads(err.splitlines()[-1])["error"]["what"].startswith("loans.csv: no loan is bad")


@pytest.mark.parametrize(("file", "refusal"), [("none.yaml", "No such file"), ("bad.yaml", "Begin it with a line")])
def test_a_file_that_declares_nothing_asks_for_nothing(afar: Afar, file: str, refusal: str) -> None:
    Path("bad.yaml").write_text("source: loans.csv\n", encoding="utf-8")
    assert refusal in afar.refuses("run", file)
    assert afar.document("queue") == []


@pytest.mark.slow
def test_ctrl_c_leaves_the_request_alone_and_says_how_to_end_it(afar: Afar, tmp_path: Path) -> None:
    console = Console(tmp_path, {"KINGMAKER_TOKEN": afar.lending.secret, "KINGMAKER_SERVER": afar.lending.url})
    process = console.start("run", "instalment.yaml")
    assert process.stderr is not None
    while "waits at" not in process.stderr.readline():
        assert process.poll() is None
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    url = afar.lending.url
    assert err == f"Request 1 waits at {url}. To end it: `kingmaker --server {url} withdraw 1 --why ...`.\n"
    assert [one["state"] for one in afar.document("queue")] == ["waiting"]
