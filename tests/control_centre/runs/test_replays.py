"""Replays are asked for, listed, followed and cancelled; whoever may not is told so."""

import msgspec
import pytest
from tests.control_centre.runs.conftest import World
from tests.report.replays import replayed

from kingmaker.domain.errors import Conflict, KingmakerError, NotFound
from kingmaker.domain.replay import ReplayState
from kingmaker.domain.run import Stage, StageRecord
from kingmaker.loop.replaying.calendar import DatesMistaken

YEAR = {"from_month": "2024-12", "to_month": "2025-12"}


def test_a_replay_is_asked_for_and_waits(world: World) -> None:
    answer = world.as_("operator").post("pipelines/loans/replays", json={**YEAR, "policies": ["never", "proven"]})
    assert answer.status_code == 202, answer.text
    asked = answer.json()
    assert answer.headers["location"] == f"/api/v1/replays/{asked['number']}"
    assert (asked["state"], asked["requested_by"], asked["progress"]) == ("waiting", "otto", None)
    assert asked["order"] == {
        "pipeline": "loans",
        "declaration": 1,
        "first": "2024-12-31",
        "last": "2025-12-31",
        "every": "quarter",
        "dates": 5,
        "policies": ["never", "proven"],
        "holds": "refuse",
    }
    assert world.as_("viewer").get(f"http://testserver{answer.headers['location']}").json() == asked
    assert world.as_("viewer").get("replays", params={"pipeline": "loans"}).json() == [asked]
    assert world.as_("viewer").get("replays", params={"before": 1}).json() == []


def test_asking_twice_with_one_key_is_one_replay(world: World) -> None:
    otto = world.as_("operator")
    headers = {"Idempotency-Key": "once"}
    first, second = (otto.post("pipelines/loans/replays", json=YEAR, headers=headers) for _ in range(2))
    assert first.json() == second.json()
    other = otto.post("pipelines/loans/replays", json={**YEAR, "every": "year"}, headers=headers)
    assert (other.status_code, other.json()["code"]) == (409, "conflict")


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"from_month": "2024-13"}, "from '2024-13' is not a day"),
        ({"every": "now and then"}, "every 'now and then' is no distance"),
        ({"to_month": "2024-12"}, "there is no second date"),
        ({"from_month": "2090-12", "to_month": "2095-12"}, "is still to come"),
        ({"from_month": "1000-12", "every": "week"}, "more than 1,000 dates"),
    ],
)
def test_dates_that_make_no_replay_are_refused_in_a_sentence(world: World, said: dict[str, str], sentence: str) -> None:
    answer = world.as_("operator").post("pipelines/loans/replays", json=YEAR | said)
    assert (answer.status_code, answer.json()["code"]) == (400, "dates_mistaken")
    assert sentence in answer.json()["detail"]
    assert world.office("viewer").replays() == []


def test_words_that_nobody_knows_are_refused(world: World) -> None:
    for said in ({"policies": []}, {"policies": ["best"]}, {"holds": "maybe"}, {"pipeline": "cards"}):
        answer = world.as_("operator").post("pipelines/loans/replays", json=YEAR | said)
        assert (answer.status_code, answer.json()["code"]) == (422, "request_malformed"), said
    with pytest.raises(KingmakerError, match="policies does not know 'best'"):
        world.office("operator").replay_outlook("loans", **YEAR, policies=["best"])


def test_who_may_not_ask_may_look_and_outside_a_scope_there_is_nothing(world: World) -> None:
    assert world.as_("viewer").post("pipelines/loans/replays", json=YEAR).status_code == 403
    number = world.office("loans").ask_replay("loans", **YEAR).number
    assert world.as_("viewer").post(f"replays/{number}/cancel", json={"why": "no"}).status_code == 403
    assert world.as_("endpoint").get(f"replays/{number}").status_code == 403
    carl = world.as_("cards")
    for answer in (
        carl.post("pipelines/loans/replays", json=YEAR),
        carl.get("pipelines/loans/replays/outlook"),
        *(carl.get(f"replays/{number}{rest}") for rest in ("", "/result", "/page")),
        carl.post(f"replays/{number}/cancel", json={"why": "mine"}),
    ):
        assert answer.status_code == 404, answer.text
    assert carl.get("replays").json() == []
    assert world.office("viewer").replay(number).state is ReplayState.WAITING
    with pytest.raises(NotFound):
        world.office("viewer").replay(77)


def test_an_outlook_begins_nothing_and_says_roughly_how_long_it_would_take(world: World) -> None:
    office = world.office("viewer")
    assert office.replay_outlook("loans", **YEAR).seconds is None
    run, lease = world.begin()
    for stage, seconds in ((Stage.TRAIN, 30.0), (Stage.SELECT, 5.0)):
        record = StageRecord(
            run=run.number, stage=stage, key=stage, output="0" * 64, seconds=seconds,
            finished_at=world.house.clock(), reused=False,
        )  # fmt: skip
        world.house.ledger.record_stage(lease, record)
    answer = world.as_("viewer").get("pipelines/loans/replays/outlook", params={**YEAR, "policies": "never,always"})
    assert answer.json()["seconds"] == 5 * 30.0 + (5 + 1) * 5.0
    assert answer.json()["dates"][:2] == ["2024-12-31", "2025-03-31"]
    assert office.replays() == []
    chosen = office.replay_outlook("loans")
    assert chosen.dates[-1] < world.house.clock().date()
    with pytest.raises(DatesMistaken):
        office.replay_outlook("loans", from_month="2024-13")


def test_what_is_finished_is_told_as_a_record_and_as_a_page(world: World) -> None:
    number = world.office("operator").ask_replay("loans", **YEAR).number
    with pytest.raises(Conflict, match="waiting"):
        world.office("viewer").replay_result(number)
    claimed = world.house.ledger.claim_replay("somebody")
    assert claimed is not None
    result, vault = replayed(dates=8), world.house.vault
    page = vault.put_bytes(b"<!doctype html><p>told</p>")
    world.house.ledger.finish_replay(claimed[1], result=vault.put_bytes(msgspec.json.encode(result)), page=page)
    vera = world.as_("viewer")
    assert msgspec.json.decode(vera.get(f"replays/{number}/result").content, type=type(result)) == result
    told = vera.get(f"replays/{number}/page")
    assert told.content == b"<!doctype html><p>told</p>"
    assert told.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in told.headers["content-security-policy"]
    answer = world.as_("operator").post(f"replays/{number}/cancel", json={"why": "late"})
    assert (answer.status_code, answer.json()["code"]) == (409, "run_refused")


def test_one_that_waits_is_cancelled_at_once_for_a_reason(world: World) -> None:
    number = world.office("operator").ask_replay("loans", **YEAR).number
    otto = world.as_("operator")
    assert otto.post(f"replays/{number}/cancel", json={"why": ""}).status_code == 422
    told = otto.post(f"replays/{number}/cancel", json={"why": "not now"}).json()
    assert (told["state"], told["detail"]) == ("cancelled", "Cancelled by otto: not now")
