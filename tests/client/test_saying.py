"""What the client makes of answers: records, refusals, servers that are busy, away, or something else altogether."""

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from kingmaker.domain.access import Role
from kingmaker.domain.errors import (
    ChampionMoved,
    DeclarationError,
    Forbidden,
    KingmakerError,
    NotFound,
    ServerUnreachable,
)
from kingmaker.domain.errors import TooMany as Refused
from kingmaker.interfaces.client import Client, Patience

from .conftest import HASTY, SECRET
from .odd_centre import GONE, Answer, OddCentre, record, refusal

ME = {"name": "ada", "roles": ["viewer"], "pipelines": None}
FREEZE = {"pipeline": "loans", "number": 1, "by": "ada", "why": "audit", "since": "2026-11-22T08:00:00Z"}
REQUEST = {
    "number": 4,
    "key": "k",
    "request": {
        "key": "k",
        "pipeline": "loans",
        "declaration": "pipeline: loans",
        "declaration_digest": "d",
        "declared_in": "loans.yaml",
        "as_of": "2026-11-22",
        "requested_by": "ada",
    },
    "origin": "person",
    "priority": 0,
    "asked_at": "2026-11-22T08:00:00Z",
    "state": "waiting",
}


def test_an_answer_is_the_record_and_fields_of_a_later_release_are_passed_over(
    centre: OddCentre, client: Client
) -> None:
    centre.will_say(record({**ME, "mood": "fine"}))
    told = client.me()
    assert (told.name, told.roles, told.pipelines) == ("ada", (Role.VIEWER,), None)
    assert centre.heard[0].path == "/api/v1/me"
    assert centre.heard[0].headers["Authorization"] == f"Bearer {SECRET}"


def test_what_is_not_there_is_none(centre: OddCentre, client: Client) -> None:
    assert client.champion("loans", at=datetime(2026, 11, 22, tzinfo=UTC)) is None
    assert centre.heard[0].path == "/api/v1/pipelines/loans/champion?at=2026-11-22T00%3A00%3A00%2B00%3A00"


def test_a_name_stays_one_part_of_the_path(centre: OddCentre, client: Client) -> None:
    centre.will_say(record([]))
    client.history("a/../b?c#d")
    assert centre.heard[0].path == "/api/v1/pipelines/a%2F..%2Fb%3Fc%23d/history"
    with pytest.raises(NotFound):
        client.history("..")


def test_a_change_is_told_with_its_reason(centre: OddCentre, client: Client) -> None:
    centre.will_say(record(FREEZE))
    client.freeze("loans", why="audit")
    heard = centre.heard[0]
    assert (heard.method, heard.path, json.loads(heard.body)) == (
        "POST",
        "/api/v1/pipelines/loans/freeze",
        {"why": "audit"},
    )


@pytest.mark.parametrize(
    ("status", "code", "raised"),
    [(409, "champion_moved", ChampionMoved), (403, "forbidden", Forbidden), (404, "not_found", NotFound)],
)
def test_a_refusal_is_the_error_that_the_office_raises(
    centre: OddCentre, client: Client, status: int, code: str, raised: type[KingmakerError]
) -> None:
    centre.will_say(refusal(status, code, "it cannot be"))
    with pytest.raises(raised) as caught:
        client.freeze("loans", why="audit")
    assert type(caught.value) is raised
    assert caught.value.sentence() == "there: it cannot be. Do it."


def test_a_refusal_whose_code_is_of_a_later_release_keeps_it(centre: OddCentre, client: Client) -> None:
    centre.will_say(refusal(409, "moon_too_full"))
    with pytest.raises(KingmakerError) as caught:
        client.me()
    assert (type(caught.value), caught.value.code) == (KingmakerError, "moon_too_full")
    assert KingmakerError.code == "error"


@pytest.mark.parametrize(
    "busy", [refusal(503, "storage_failed"), refusal(429, "too_many"), GONE, Answer(503, b"later")]
)
def test_a_question_is_asked_again_while_the_server_is_busy_or_away(
    centre: OddCentre, client: Client, busy: Answer
) -> None:
    centre.will_say(busy, busy, record(ME))
    assert client.me().name == "ada"
    assert len(centre.heard) == 3


@pytest.mark.parametrize("busy", [refusal(503, "storage_failed"), refusal(429, "too_many"), GONE])
def test_a_change_is_said_once(centre: OddCentre, client: Client, busy: Answer) -> None:
    centre.will_say(busy, record(FREEZE))
    with pytest.raises(KingmakerError):
        client.freeze("loans", why="audit")
    assert len(centre.heard) == 1


def test_a_request_for_a_run_is_sent_again_under_one_key(centre: OddCentre, client: Client) -> None:
    centre.will_say(GONE, refusal(503, "storage_failed"), record(REQUEST, 202))
    assert client.ask("loans").number == 4
    assert len({heard.headers["Idempotency-Key"] for heard in centre.heard}) == 1
    centre.will_say(record(REQUEST))
    client.ask("loans", key="mine")
    assert centre.heard[-1].headers["Idempotency-Key"] == "mine"


def test_after_so_many_tries_the_last_refusal_is_told(centre: OddCentre, client: Client) -> None:
    centre.will_say(refusal(429, "too_many"))
    with pytest.raises(Refused):
        client.me()
    assert len(centre.heard) == HASTY.tries


def test_a_server_that_says_when_to_come_back_is_obeyed_and_one_that_says_much_later_is_told(
    centre: OddCentre, client: Client
) -> None:
    centre.will_say(refusal(503, "storage_failed", **{"Retry-After": "0"}), record(ME))
    assert client.me().name == "ada"
    centre.will_say(refusal(429, "too_many", **{"Retry-After": "3600"}), record(ME))
    with pytest.raises(Refused):
        client.me()


def test_pauses_grow_and_a_date_is_read() -> None:
    patient = Patience(tries=5, first_seconds=1.0, longest_seconds=5.0)
    pauses = [patient.pause(failed) for failed in range(1, 6)]
    assert [pause is not None and low <= pause <= 2 * low for pause, low in zip(pauses, [0.5, 1, 2, 2.5], strict=False)]
    assert pauses[-1] is None
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=4), usegmt=True)
    assert 0 <= (patient.pause(1, {"Retry-After": soon}) or -1) <= 4
    assert patient.pause(1, {"Retry-After": "soon"}) is not None


@pytest.mark.parametrize(
    "answer",
    [
        Answer(200, b"<html>", {"Content-Type": "text/html"}),
        Answer(404, b"<html>", {"Content-Type": "text/html"}),
        Answer(301, b"", {"Location": "https://elsewhere"}),
        Answer(403, b"{}", {"Content-Type": "application/problem+json"}),
        record({"name": "ada"}),
        record({**ME, "roles": ["king"]}),
        Answer(200, b"{"),
    ],
)
def test_what_is_no_control_centre_is_told_in_one_sentence(centre: OddCentre, client: Client, answer: Answer) -> None:
    centre.will_say(answer)
    with pytest.raises(ServerUnreachable) as caught:
        client.me()
    assert "\n" not in caught.value.sentence()
    assert centre.url in caught.value.sentence()
    assert SECRET not in f"{caught.value!r}{caught.value.sentence()}"


def test_a_token_is_not_sent_on_to_another_server(centre: OddCentre, client: Client) -> None:
    centre.will_say(Answer(307, b"", {"Location": f"{centre.url}/elsewhere"}))
    with pytest.raises(ServerUnreachable):
        client.me()
    assert len(centre.heard) == 1


def test_nobody_there_is_told_with_the_address() -> None:
    with (
        Client("http://127.0.0.1:1", token=SECRET, patience=HASTY) as client,
        pytest.raises(ServerUnreachable) as caught,
    ):
        client.me()
    assert caught.value.sentence().startswith("http://127.0.0.1:1: the control centre does not answer (")


@pytest.mark.parametrize(
    "url", ["", "kingmaker.example", "ftp://here", "http://", "http://a?b=c", "http://ada:pw@here"]
)
def test_what_is_no_url_is_refused_before_anything_is_sent(url: str) -> None:
    with pytest.raises(ServerUnreachable) as caught:
        Client(url)
    assert "pw" not in caught.value.sentence()


@pytest.mark.parametrize("token", ["with\nbreak", "schlüssel"])
def test_a_token_that_no_header_holds_is_refused_without_being_told(token: str) -> None:
    with pytest.raises(ServerUnreachable) as caught:
        Client("http://here", token=token)
    assert token not in caught.value.sentence()


def test_certificates_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    with pytest.raises(ServerUnreachable, match="certificates cannot be read"):
        Client("https://here", authority=tmp_path / "none.pem")


def test_a_client_shows_its_address_and_never_its_token(centre: OddCentre, client: Client) -> None:
    assert repr(client) == f"Client('{centre.url}')"
    assert SECRET not in repr(vars(client))


@pytest.mark.parametrize(
    "text", ["pipeline: loans\n", '# ours\n"pipeline": "loans"\n', "source:\n  file: a\npipeline:   'loans' # mine\n"]
)
def test_a_declaration_goes_to_the_pipeline_that_it_names(centre: OddCentre, client: Client, text: str) -> None:
    declared = {"pipeline": "loans", "number": 2, "text": text, "digest": "d", "declared_in": "p", "by": "ada"}
    centre.will_say(record({**declared, "at": "2026-11-22T08:00:00Z"}))
    assert client.declare(text, expected=1).number == 2
    heard = centre.heard[0]
    assert (heard.method, heard.path, heard.body.decode()) == ("PUT", "/api/v1/pipelines/loans", text)


def test_a_declaration_that_names_no_pipeline_is_not_sent(centre: OddCentre, client: Client) -> None:
    with pytest.raises(DeclarationError):
        client.declare("source:\n  pipeline: nested\n")
    assert centre.heard == []
