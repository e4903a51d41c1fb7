"""Everything that can be said is said over real HTTP with a real token, and means what it means on the spot."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tests.loop.announcing.lender import PIPELINE
from tests.report.replays import replayed

from kingmaker.domain.access import Role
from kingmaker.domain.errors import ChampionFrozen, ChampionMoved, Conflict, DeclarationError, Forbidden, NotFound
from kingmaker.domain.queue import QueueState, RunEvent
from kingmaker.domain.replay import Holds, ReplayState
from kingmaker.domain.trial import TrialOrder
from kingmaker.interfaces.client import AsyncClient, Client

from .conftest import HASTY
from .lending import DECLARATION, OUTCOMES, Lending
from .test_in_step import VERBS

MOVING = ("age_seconds",)
"""What grows while it is told."""


class Both:
    """Says verbs from afar, waiting and awaited, and on the spot; remembers which."""

    def __init__(self, lending: Lending, client: Client) -> None:
        self.lending = lending
        self.client = client
        self.said: set[str] = set()

    def alike(self, verb: str, *words: Any, **named: Any) -> Any:
        """The answer, which is the same record however it is asked for."""
        self.said.add(verb)
        here = getattr(self.lending.office, verb)(*words, **named)
        told = getattr(self.client, verb)(*words, **named)
        awaited = asyncio.run(self._awaited(verb, words, named))
        assert still(told) == still(awaited) == still(listed(here)), verb
        return told

    def once(self, verb: str, *words: Any, **named: Any) -> Any:
        """For what changes something: said from afar alone."""
        self.said.add(verb)
        return getattr(self.client, verb)(*words, **named)

    async def _awaited(self, verb: str, words: tuple[Any, ...], named: dict[str, Any]) -> Any:
        async with AsyncClient(self.lending.url, token=self.lending.secret, patience=HASTY) as client:
            return await getattr(client, verb)(*words, **named)


def listed(record: Any) -> Any:
    """The office may answer with a tuple where the verb promises a list."""
    return list(record) if isinstance(record, tuple) else record


def still(record: Any) -> Any:
    if isinstance(record, list):
        return [still(one) for one in record]
    moving = {name: None for name in MOVING if hasattr(record, name)}
    return replace(record, **moving) if moving else record


@pytest.fixture
def both(lending: Lending) -> Any:
    with Client(lending.url, token=lending.secret, patience=HASTY) as client:
        yield Both(lending, client)


def pipelines_and_schedules(both: Both) -> None:
    declared = both.once("declare", DECLARATION, expected=0)
    assert both.alike("declared", PIPELINE) == declared == both.alike("declared", PIPELINE, number=1)
    assert both.alike("declarations", PIPELINE) == [declared]
    assert both.alike("check", DECLARATION) == []
    assert [one.line for one in both.alike("check", DECLARATION.replace("id:", "idd:"))] == [1, 3]
    assert [one.path for one in both.alike("data_files")] == ["loans.csv"]
    both.said.add("draft")
    with pytest.raises(NotFound, match="no file 'gone"):
        both.client.draft("cards", "gone.csv")
    put = both.once("set_schedule", PIPELINE, "0 2 * * *", zone="Asia/Shanghai", grace=timedelta(hours=2), priority=3)
    assert both.alike("schedule", PIPELINE) == put == both.alike("schedules")[0]
    assert both.alike("next_times", PIPELINE, count=3)[0] == put.next_at
    assert both.once("pause_schedule", PIPELINE).is_paused
    assert not both.once("resume_schedule", PIPELINE).is_paused
    assert both.alike("pipeline", PIPELINE) == both.alike("pipelines")[0]
    assert both.once("drop_schedule", PIPELINE) is None


def runs_and_requests(both: Both) -> None:
    asked = both.once("ask", PIPELINE, key="tonight", priority=5)
    assert both.client.ask(PIPELINE, key="tonight", priority=5) == asked == both.alike("queued", asked.number)
    assert both.alike("queue", pipeline=PIPELINE, state=QueueState.WAITING) == [asked]
    assert both.once("withdraw", asked.number, why="not tonight").state is QueueState.CANCELLED
    again = both.once("retry", 1)
    assert again.request.as_of == both.alike("run", 1).run.request.as_of
    claimed = both.lending.house.ledger.claim("a worker")
    assert claimed is not None
    run, lease = claimed
    told = RunEvent(run=0, number=0, at=datetime.now(UTC), kind="said", stage="extract", text="reading")
    both.lending.house.ledger.tell(lease, [told])
    assert both.once("cancel", run.number, why="enough").cancellation.why == "enough"
    assert [one.text for one in both.alike("events", run.number)] == ["reading"]
    both.lending.house.ledger.release(lease)
    assert len(both.alike("runs", pipeline=PIPELINE, limit=2)) == 2
    assert both.alike("runs", before=2)[0].run.number == 1
    both.alike("account", 2)
    both.alike("faults", since=datetime(2020, 1, 1, tzinfo=UTC), kind="raised")


def studies(both: Both) -> None:
    assert both.alike("stages", 1) == both.alike("months", 1) == both.alike("recipes", 1) == []
    assert both.alike("snapshot", 1) is None
    assert both.alike("trials", 1, order=TrialOrder.OVERFIT, falling=True, learner="xgboost", limit=5).trials == ()
    both.said.add("column")
    with pytest.raises(NotFound, match="keeps no column 'rate/year'"):
        both.client.column(1, "rate/year", recipe="plain")


def champions(both: Both) -> None:
    first, second, third = both.lending.versions
    assert both.alike("champion", PIPELINE).turn.version == first
    assert both.alike("champion", PIPELINE, at=datetime(2020, 1, 1, tzinfo=UTC)) is None
    assert {one.version for one in both.alike("versions", PIPELINE)} == {first, second, third}
    assert [one.run for one in both.alike("figures", PIPELINE, before=3)] == [2]
    assert both.alike("version", PIPELINE, second[:8]).version == second
    assert both.alike("verdict", 1) is None
    assert both.once("approve", 2, why="I looked").version == second
    assert both.once("reject", 3, why="No").settlement.approved is False
    assert both.alike("verdict", 3).settlement.why == "No"
    assert both.once("promote", PIPELINE, third, expected_turn=2, why="by hand").turn == 3
    frozen = both.once("freeze", PIPELINE, why="audit week")
    assert both.alike("freezes", PIPELINE) == [frozen]
    assert both.once("roll_back", PIPELINE, to=first, why="complaints").version == first
    assert both.once("lift_freeze", PIPELINE, why="over").lifted_why == "over"
    assert len(both.alike("history", PIPELINE)) == 4
    both.once("add_shadow", PIPELINE, second, why="compare")
    both.once("set_canary", PIPELINE, third, 0.05, why="try it")
    assert both.once("stop_shadow", PIPELINE, second, why="seen").pointer.shadows == ()
    assert both.once("stop_canary", PIPELINE, why="seen").pointer.canary is None
    assert both.once("reset_budget", PIPELINE, why="another product").resets[0].why == "another product"
    both.alike("budget", PIPELINE, today=datetime(2027, 1, 1, tzinfo=UTC).date())


def models(both: Both) -> None:
    first = both.lending.versions[0]
    assert both.alike("model", PIPELINE, "champion").version.version == first
    assert both.alike("tested", PIPELINE, first) is None
    assert both.alike("effect", PIPELINE, first[:9], "purpose").points[0].value == "car"
    assert both.alike("what_if", PIPELINE, first, [{"amount": 20, "purpose": "car"}, {"amount": None}])[0].score > 0
    assert both.client.document(PIPELINE, "champion").startswith(b"<!doctype html>")


def replays(both: Both) -> None:
    dates = {"from_month": "2016-12", "to_month": "2018-12", "policies": ["never", "proven"]}
    assert both.alike("replay_outlook", PIPELINE, every="6 months", **dates).order.dates == 5
    both.alike("replay_outlook", PIPELINE)
    asked = both.once("ask_replay", PIPELINE, key="past", holds=Holds.APPROVE, **dates)
    assert both.client.ask_replay(PIPELINE, key="past", holds=Holds.APPROVE, **dates) == asked
    assert both.alike("replay", asked.number) == asked
    assert both.alike("replays", pipeline=PIPELINE, limit=5) == [asked]
    house = both.lending.house
    _, lease = house.ledger.claim_replay("somebody")  # type: ignore[misc]
    found = replayed(dates=3)
    page = house.vault.put_bytes(b"<p>past</p>")
    house.ledger.finish_replay(lease, result=house.vault.put_bytes(msgspec.json.encode(found)), page=page)
    assert both.alike("replay_result", asked.number) == found
    assert both.alike("replay_page", asked.number) == b"<p>past</p>"
    other = both.once("ask_replay", PIPELINE, **dates)
    assert both.once("cancel_replay", other.number, why="too long").state is ReplayState.CANCELLED


def endpoints_and_outcomes(both: Both, folder: Path) -> None:
    both.lending.house.vault.name(f"endpoints/{PIPELINE}/branch.json", b'{"version":"x","edition":1}')
    assert [one.endpoint for one in both.alike("endpoints", PIPELINE)] == ["branch"]
    assert both.alike("announced_edition", PIPELINE) > 1
    both.alike("keys")
    here = both.lending.office.export(PIPELINE, "champion", folder / "bundle")
    data = (folder / "bundle").read_bytes()
    (folder / "bundle").unlink()
    assert both.once("export", PIPELINE, "champion", folder / "bundle") == here
    assert (folder / "bundle").read_bytes() == data
    kept = both.once("hand_in", PIPELINE, OUTCOMES, form="csv")
    assert both.client.hand_in(PIPELINE, OUTCOMES, form="csv") == kept
    assert both.alike("outcomes", PIPELINE) == [kept]


def access(both: Both) -> None:
    assert both.alike("me").roles == (Role.ADMIN,)
    made = both.once("make_token", "nightly", Role.OPERATOR, pipelines=[PIPELINE], lifetime=None)
    assert both.once("revoke_token", made.secret, why="lost").revoked_at is not None
    assert [one.name for one in both.alike("tokens")] == ["nightly", "first administrator"]
    both.once("put_person", "ann", [Role.VIEWER], pipelines=[PIPELINE], password="correct horse battery")
    assert both.once("disable_person", "ann", why="left").disabled_at is not None
    assert [one.name for one in both.alike("people")] == ["ann"]


def sessions(both: Both) -> None:
    assert both.alike("sessions") == []
    for verb, words in (("end_sessions", ()), ("change_password", ("wrong horse", "correct horse battery"))):
        with pytest.raises(NotFound, match="is nobody who logs in"):
            both.once(verb, *words)


def glances(both: Both) -> None:
    [seen] = both.alike("glance", each=3)
    assert seen.pipeline == PIPELINE
    assert both.alike("endpoint_lines", pipeline=PIPELINE, limit=5) == []
    assert len(both.alike("times", "0 2 * * *", zone="Asia/Shanghai", count=3)) == 3
    assert both.once("room").free > 0
    assert both.once("monitor", PIPELINE).pipeline == PIPELINE
    assert both.alike("monitoring", PIPELINE).pipeline == PIPELINE
    assert both.alike("alarms", PIPELINE, only_open=True) == []


def house(both: Both) -> None:
    assert both.alike("audit", limit=500)[0].by == "first administrator"
    assert both.alike("verify_audit").entries > 10
    both.alike("notices", pipeline=PIPELINE)
    assert {one.name for one in both.once("doctor")} == {one.name for one in both.lending.office.doctor()}
    assert "bytes" in both.alike("sweep", dry=True)
    assert both.once("erase", "nobody", why="asked", pipeline=PIPELINE, dry=True)[0].number == 0
    assert both.once("erase", "nobody", why="asked", pipeline=PIPELINE)[0].erased == ()
    assert [one.number for one in both.alike("erasures", pipeline=PIPELINE)] == [1]
    assert both.alike("check_erasures", pipeline=PIPELINE).is_clean


@pytest.mark.slow
def test_every_verb_answers_from_afar_with_the_record_that_it_answers_with_on_the_spot(
    both: Both, tmp_path: Path
) -> None:
    chapters: tuple[Callable[[Both], None], ...] = (
        pipelines_and_schedules,
        runs_and_requests,
        studies,
        champions,
        models,
        replays,
        access,
        sessions,
        glances,
        house,
    )
    for chapter in chapters:
        chapter(both)
    endpoints_and_outcomes(both, tmp_path)
    assert [verb for verb in VERBS if verb not in both.said | {"close"}] == []


def test_refusals_are_the_same_errors_with_the_same_sentences(both: Both) -> None:
    refused: tuple[tuple[type[Exception], str, tuple[Any, ...], dict[str, Any]], ...] = (
        (NotFound, "run", (99,), {}),
        (NotFound, "history", ("cards",), {}),
        (DeclarationError, "declare", ("pipeline: instalment\nsource: 3\n",), {}),
        (Conflict, "declare", (DECLARATION,), {"expected": 7}),
        (ChampionMoved, "promote", (PIPELINE, both.lending.versions[1]), {"expected_turn": 9, "why": "late"}),
    )
    for error, verb, words, named in refused:
        with pytest.raises(error) as afar:
            getattr(both.client, verb)(*words, **named)
        with pytest.raises(error) as here:
            getattr(both.lending.office, verb)(*words, **named)
        assert str(afar.value) == str(here.value)
    both.client.freeze(PIPELINE, why="audit week")
    with pytest.raises(ChampionFrozen):
        both.client.approve(2, why="now")


def test_a_token_opens_what_its_role_may_and_no_more(both: Both) -> None:
    made = both.client.make_token("watch", Role.VIEWER)
    with Client(both.lending.url, token=made.secret, patience=HASTY) as viewer:
        assert viewer.me().roles == (Role.VIEWER,)
        with pytest.raises(Forbidden):
            viewer.freeze(PIPELINE, why="no")


def test_a_run_that_is_over_is_followed_at_once_and_its_report_is_a_page(both: Both) -> None:
    assert [event.kind for event in both.client.follow(1)] == ["ended"]
    assert list(both.client.follow(1, after=1)) == []
    assert both.client.report(2).startswith(b"<!doctype html>")
