"""What people say and read about shadows, a canary and endpoints."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.loop.announcing.lender import PIPELINE, Lender

from kingmaker.bundle.pointers import read_pointer, report_name
from kingmaker.domain.pointer import Pointer
from kingmaker.loop.announce import announce

from .conftest import Terminal


@dataclass(frozen=True, slots=True)
class Reign:
    """A home of three published versions whose first is in force and announced, and a terminal in it."""

    lender: Lender
    terminal: Terminal

    def told(self) -> Pointer:
        data = (self.lender.house.home / "vault" / "champions" / f"{PIPELINE}.json").read_bytes()
        return read_pointer(data, trusted=self.lender.house.trusted(), where="vault")

    def report(self, name: str, **told: Any) -> None:
        self.lender.house.vault.name(report_name(PIPELINE, name), json.dumps(told).encode())


@pytest.fixture
def reign(tmp_path: Path, at: Callable[[Path], Terminal]) -> Iterator[Reign]:
    lender = Lender.in_home(tmp_path / "home")
    lender.crown(lender.versions[0])
    announce(lender.house, PIPELINE)
    yield Reign(lender, at(tmp_path))
    lender.house.close()


def test_a_shadow_is_announced_told_in_four_lines_and_sent_away_again(reign: Reign) -> None:
    first, second, _ = reign.lender.versions
    lines = reign.terminal.shows("shadow", second[:8], "--why", "compare").splitlines()
    assert lines == [
        f"Version {second[:12]} scores every application unseen.",
        f"In force: version {first[:12]} (turn 1). Canary: none. Shadows: {second[:12]}.",
        "Announced as edition 2: `kingmaker endpoints` shows who follows.",
        f"To end it: `kingmaker shadow {second[:12]} --stop --why ...`.",
    ]
    assert [one.version for one in reign.told().shadows] == [second]
    assert f"Shadows: {second[:12]}." in reign.terminal.shows("champion")
    stopped = reign.terminal.shows("shadow", second[:12], "--stop", "--why", "seen enough").splitlines()
    assert stopped[0] == f"Version {second[:12]} is a shadow no longer."
    assert (reign.told().edition, reign.told().shadows) == (3, ())


@pytest.mark.parametrize(("said", "share"), [("5%", 0.05), ("0.05", 0.05), ("12.5 %", 0.125)])
def test_a_canary_answers_for_a_share_said_in_percent_or_as_a_fraction(reign: Reign, said: str, share: float) -> None:
    _, second, _ = reign.lender.versions
    done = reign.terminal.document("canary", second, "--share", said, "--why", "try it")
    assert (done["version"], done["pointer"]["edition"]) == (second, 2)
    assert (reign.told().canary.placed.version, reign.told().canary.share) == (second, share)


def test_there_is_one_canary_and_anybody_may_stop_it_at_once(reign: Reign) -> None:
    first, second, third = reign.lender.versions
    reign.terminal.shows("canary", second, "--share", "5%", "--why", "try it")
    told = reign.terminal.shows("canary", third, "--share", "10%", "--why", "rather this one")
    assert told.splitlines()[:2] == [
        f"Version {third[:12]} answers for 10 % of the applications.",
        f"In force: version {first[:12]} (turn 1). Canary: {third[:12]} for 10 %. Shadows: none.",
    ]
    champion = reign.terminal.document("champion")
    assert (champion["version"], champion["canary"]) == (first, {"version": third, "share": 0.1})
    assert f"Canary: version {third[:12]} answers for 10 %" in reign.terminal.shows("champion")
    assert "the canary no longer" in reign.terminal.shows("canary", "--stop")
    assert reign.told().canary is None
    assert reign.terminal.document("audit", "list")[0]["why"] == "Stopped by hand."


def test_saying_it_again_changes_nothing(reign: Reign) -> None:
    second = reign.lender.versions[1]
    for words in (("shadow", second), ("canary", second, "--share", "5%")):
        first = reign.terminal.document(*words, "--why", "try it")
        assert reign.terminal.document(*words, "--why", "once more") == first
    assert reign.told().edition == 3


def test_the_version_that_is_crowned_leaves_the_companions(reign: Reign) -> None:
    second = reign.lender.versions[1]
    reign.terminal.shows("canary", second, "--share", "5%", "--why", "try it")
    reign.lender.crown(second)
    assert reign.terminal.document("champion")["canary"] is None
    reign.terminal.shows("rollback", "--why", "complaints")
    assert (reign.told().turn, reign.told().edition, reign.told().canary) == (3, 5, None)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("shadow", "FIRST", "--why", "w"), "is in force, and cannot accompany itself"),
        (("shadow", "abcdef0", "--why", "w"), "There is no version abcdef0"),
        (("shadow", "SECOND", "--why", " "), "the reason is empty"),
        (("shadow", "SECOND", "--stop", "--why", "w"), "is no shadow"),
        (("canary", "SECOND", "--why", "w"), "the share is missing"),
        (("canary", "SECOND", "--share", "5", "--why", "w"), "'5' is no share"),
        (("canary", "SECOND", "--share", "100%", "--why", "w"), "'100%' is no share"),
        (("canary", "SECOND", "--share", "nan", "--why", "w"), "'nan' is no share"),
        (("canary", "SECOND", "--share", "5%"), "the reason is empty"),
        (("canary", "--share", "5%", "--why", "w"), "no version is named"),
        (("canary", "--stop"), "there is no canary to stop"),
        (("canary", "SECOND", "--stop"), "whichever it is"),
    ],
)
def test_what_cannot_be_done_is_told_in_one_sentence(reign: Reign, words: tuple[str, ...], said: str) -> None:
    versions = dict(zip(("FIRST", "SECOND"), reign.lender.versions, strict=False))
    assert said in " ".join(reign.terminal.refuses(*(versions.get(word, word) for word in words)).split())
    assert reign.told().edition == 1


def test_a_version_that_does_not_keep_its_promises_accompanies_nobody(reign: Reign) -> None:
    second = reign.lender.versions[1]
    archive = reign.lender.archive(second)
    archive.chmod(0o644)
    archive.write_bytes(archive.read_bytes()[:-1] + b"?")
    assert "was changed in the vault" in reign.terminal.refuses("shadow", second, "--why", "w")
    assert reign.terminal.document("champion")["shadows"] == []


def test_endpoints_are_listed_with_how_far_they_are_behind(reign: Reign) -> None:
    first, second, _ = reign.lender.versions
    now = reign.lender.house.clock().isoformat()
    reign.report("branch-1", endpoint="branch-1", version=first, edition=1, since=now, state="serving", why="", at=now)
    reign.report("branch-2", version=second, edition=2, state="serving", at="2026-01-01T00:00:00Z", fresh={"a": [1]})
    reign.lender.house.vault.name(report_name(PIPELINE, "broken"), b"\xff{")
    reign.terminal.shows("shadow", second, "--why", "compare")
    found = reign.terminal.document("endpoints")
    assert (found["pipeline"], found["announced_edition"]) == (PIPELINE, 2)
    by_name = {one["endpoint"]: one for one in found["endpoints"]}
    assert {name: one["behind"] for name, one in by_name.items()} == {"branch-1": 1, "branch-2": 0, "broken": None}
    assert by_name["branch-1"]["age_seconds"] < 600 < by_name["branch-2"]["age_seconds"]
    assert by_name["broken"]["state"] == "unreadable"
    told = reign.terminal.shows("endpoints").splitlines()
    assert told[0] == f"Pipeline {PIPELINE}: edition 2 is announced, version {first[:12]} (turn 1)."
    assert [line.split()[0] for line in told[2:]] == ["branch-1", "branch-2", "broken"]


def test_without_reports_there_is_no_endpoint(reign: Reign) -> None:
    assert "No endpoint has reported yet." in reign.terminal.shows("endpoints")
