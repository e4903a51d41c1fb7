"""What is said to a control centre, said in one's own house: requests, schedules, freezes, tokens, people, outcomes."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.client.lending import DECLARATION, LOANS, OUTCOMES
from tests.loop.announcing.lender import PIPELINE, Lender

from kingmaker.domain.errors import KingmakerError
from kingmaker.interfaces.cli.spans import span_named, span_told
from kingmaker.loop.announce import announce

from .conftest import Terminal


@pytest.fixture
def lender(tmp_path: Path, at: Callable[[Path], Terminal]) -> Iterator[Terminal]:
    """A home with a champion and two more versions, and the pipeline's file."""
    made = Lender.in_home(tmp_path / "home")
    made.crown(made.versions[0])
    announce(made.house, PIPELINE)
    (tmp_path / "home" / "data").mkdir()
    (tmp_path / "home" / "data" / "loans.csv").write_text(LOANS, encoding="utf-8")
    (tmp_path / "instalment.yaml").write_text(DECLARATION, encoding="utf-8")
    yield at(tmp_path)
    made.house.close()


@pytest.fixture
def declared(lender: Terminal) -> Terminal:
    assert "declaration 1, by ada" in lender.shows("declare", "instalment.yaml")
    return lender


def test_a_declaration_is_kept_once_and_only_over_the_one_that_was_seen(declared: Terminal) -> None:
    assert declared.document("declare", "instalment.yaml")["number"] == 1
    changed = Path("instalment.yaml").read_text(encoding="utf-8").replace("12 months", "6 months")
    Path("instalment.yaml").write_text(changed, encoding="utf-8")
    declared.refuses("declare", "instalment.yaml", "--expected", "0")
    assert declared.document("declare", "instalment.yaml", "--expected", "1")["number"] == 2
    (line,) = declared.document("pipelines")
    assert (line["pipeline"], line["declaration"], line["waiting"]) == (PIPELINE, 2, 0)
    assert "No such file" in declared.refuses("declare", "none.yaml")


def test_a_request_waits_until_it_is_withdrawn(declared: Terminal) -> None:
    told = declared.shows("ask", "--as-of", "2026-06-30", "--key", "june", "--priority", "5")
    assert told.startswith("Request 1 for a run of instalment as of 2026-06-30 is waiting.")
    assert declared.document("ask", "--as-of", "2026-06-30", "--key", "june", "--priority", "5")["number"] == 1
    row = declared.shows("queue", "--state", "waiting").splitlines()[1].split()
    assert (row[0], row[1], row[2], row[-3:]) == ("1", PIPELINE, "2026-06-30", ["5", "waiting", "-"])
    assert declared.document("pipelines")[0]["waiting"] == 1
    assert "Request 1 of pipeline instalment is withdrawn." in declared.shows("withdraw", "1", "--why", "not now")
    assert declared.document("queue", "--state", "waiting") == []
    assert "'yesterday' is not a day" in declared.refuses("ask", "--as-of", "yesterday")


def test_a_run_that_is_over_is_asked_for_again_and_cancelled_while_it_waits_for_somebody(declared: Terminal) -> None:
    assert "is waiting" in declared.shows("retry", "1")
    assert declared.refuses("cancel", "1", "--why", "enough")
    assert "the reason is empty" in declared.refuses("cancel", "1", "--why", " ")


def test_a_schedule_is_set_paused_resumed_told_and_dropped(declared: Terminal) -> None:
    told = declared.shows("schedule", "set", PIPELINE, "0 2 * * *", "--zone", "Asia/Shanghai", "--grace", "90 min")
    assert "runs by itself at `0 2 * * *` (Asia/Shanghai), next " in told
    assert "18:00" in told
    (listed,) = declared.document("schedule", "list")
    assert (listed["grace"], listed["set_by"]) == ("PT5400S", "ada")
    assert "90 minutes" in declared.shows("schedule", "list")
    assert len(declared.shows("schedule", "next", "--count", "3").splitlines()) == 3
    assert "is paused" in declared.shows("schedule", "pause")
    assert "paused by ada" in declared.shows("schedule", "list")
    assert "next" in declared.shows("schedule", "resume")
    assert "by itself no longer" in declared.shows("schedule", "drop", PIPELINE)
    assert "No pipeline runs by itself." in declared.shows("schedule", "list")
    declared.refuses("schedule", "set", PIPELINE, "61 2 * * *")


def test_a_frozen_champion_is_told_and_freed(lender: Terminal) -> None:
    assert "is frozen since" in lender.shows("freeze", "--why", "audit week")
    assert "by ada: audit week" in lender.shows("champion")
    assert "(frozen)" in lender.shows("pipelines")
    second = lender.document("versions")[0]["version"]
    assert "ada froze the champion" in lender.refuses("promote", second, "--why", "by hand")
    assert "may be replaced again" in lender.shows("unfreeze", "--why", "over")
    assert "(turn 2, approved)" in lender.shows("promote", second[:8], "--why", "by hand")


def test_a_token_is_shown_once_and_revoked(lender: Terminal) -> None:
    secret, told = lender.shows("token", "make", "nightly", "--role", "operator", "--pipeline", PIPELINE).splitlines()
    assert secret.startswith("km_")
    assert "(operator) expires" in told
    listed = lender.shows("token", "list")
    assert "nightly" in listed
    assert secret not in listed
    token = lender.document("token", "list")[0]["id"]
    assert "is revoked" in lender.shows("token", "revoke", token[:6], "--why", "lost")
    assert "revoked" in lender.shows("token", "list")
    assert "never expires" in lender.shows("token", "make", "ever", "--role", "viewer", "--expires", "never")
    assert "is no span of time" in lender.refuses("token", "make", "x", "--role", "viewer", "--expires", "soon")


def test_a_password_comes_from_a_file_and_is_no_option(lender: Terminal) -> None:
    Path("secret").write_text("correct horse battery\nmore\n", encoding="utf-8")
    told = lender.shows("person", "put", "ann", "--role", "viewer", "--role", "approver", "--password-file", "secret")
    assert told == "ann may log in: approver, viewer; pipelines: all.\n"
    lender.shows("person", "put", "ann", "--role", "viewer", "--keep-password")
    assert lender.document("person", "list")[0]["roles"] == ["viewer"]
    assert "ann may log in no longer." in lender.shows("person", "disable", "ann", "--why", "left")
    assert "disabled" in lender.shows("person", "list")
    assert "No such option" in lender.refuses("person", "put", "bob", "--role", "viewer", "--password", "x")
    assert "cannot be read" in lender.refuses("person", "put", "bob", "--role", "viewer", "--password-file", "none")
    Path("empty").write_text("\n", encoding="utf-8")
    assert "the password is empty" in lender.refuses(
        "person", "put", "bob", "--role", "viewer", "--password-file", "empty"
    )


def test_outcomes_are_handed_in_once(declared: Terminal) -> None:
    Path("june.csv").write_bytes(OUTCOMES)
    assert "file 1 with the outcomes of 1 loans is kept" in declared.shows("outcomes", "hand-in", "june.csv")
    assert declared.document("outcomes", "hand-in", "june.csv")["number"] == 1
    assert declared.shows("outcomes", "list").count("csv") == 1
    assert "does not say its form" in declared.refuses("outcomes", "hand-in", "june.txt")
    assert "cannot be read" in declared.refuses("outcomes", "hand-in", "july.csv")


def test_nothing_to_tell_is_told(lender: Terminal) -> None:
    assert lender.shows("notices") == "There was nothing to tell.\n"
    assert lender.shows("faults") == "Nothing failed.\n"
    assert lender.shows("sweep", "--dry").startswith("Would free ")
    assert lender.document("sweep")["bytes"] == 0


@pytest.mark.parametrize(
    ("said", "meant", "told"),
    [
        ("90 days", timedelta(days=90), "90 days"),
        ("2 weeks", timedelta(weeks=2), "14 days"),
        ("1h", timedelta(hours=1), "1 hour"),
        ("90 min", timedelta(minutes=90), "90 minutes"),
    ],
)
def test_spans_are_read_and_told(said: str, meant: timedelta, told: str) -> None:
    assert span_named(said, "--grace") == meant
    assert span_told(meant) == told


@pytest.mark.parametrize("said", ["", "soon", "-1 days", "1.5 hours", "5 years", "9999999 days"])
def test_what_is_no_span_is_refused(said: str) -> None:
    with pytest.raises(KingmakerError, match="no span of time"):
        span_named(said, "--grace")
