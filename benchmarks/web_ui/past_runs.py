"""Runs of the past: what a lived-in home recorded of its own, again and again, for many pipelines over years."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Any, Final

import sqlalchemy as sa
from benchmarks.web_ui.lived import HELD, PIPELINE, PROMOTED
from benchmarks.web_ui.size import Size

from kingmaker.adapters.ledgers import tables
from kingmaker.adapters.ledgers.centre_tables import queued_request, request_key, run_event
from kingmaker.domain.run import Stage
from kingmaker.ports.house import House

EVENTS: Final = 12
"""That are kept of each."""
KEPT: Final = 25
"""Newest runs of each pipeline whose evidence lies in the vault: of older ones it is forgotten, as retention has it."""
PATTERN: Final = 20
"""Of so many runs of a pipeline in turn two promote, one fails and one is held: the newest of these still waits."""
APART: Final = timedelta(minutes=40)
Row = dict[str, Any]
Rows = dict[sa.Table, list[Row]]


class Outcome(StrEnum):
    PROMOTED = "proven_better"
    REJECTED = "not_proven_better"
    HELD = "awaiting_approval"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """What was recorded of a real run that promoted, and its evidence."""

    run: Row
    stages: tuple[Row, ...]
    verdict: Row
    version: Row
    turn: Row
    evidence: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One run to be: `nth` from the newest of its pipeline."""

    number: int
    pipeline: str
    nth: int
    at: datetime

    @property
    def outcome(self) -> Outcome:
        match self.nth % PATTERN:
            case 3 | 12:
                return Outcome.PROMOTED
            case 7:
                return Outcome.FAILED
            case 5:
                return Outcome.HELD
            case _:
                return Outcome.REJECTED

    def digest(self, of: str) -> str:
        return sha256(f"{self.number}/{of}".encode()).hexdigest()


def pattern_of(house: House, connection: sa.Connection) -> Pattern:
    def rows(table: sa.Table, **wanted: object) -> list[Row]:
        chosen = [table.c[name] == value for name, value in wanted.items()]
        return [dict(row) for row in connection.execute(sa.select(table).where(*chosen)).mappings()]

    verdict = rows(tables.verdict, run=PROMOTED)[0]
    return Pattern(
        run=rows(tables.run, number=PROMOTED)[0],
        stages=tuple(rows(tables.stage, run=PROMOTED)),
        verdict=verdict,
        version=rows(tables.model_version, run=PROMOTED)[0],
        turn=rows(tables.champion_turn, pipeline=PIPELINE, turn=2)[0],
        evidence=house.vault.read(verdict["evidence"]),
    )


def places(size: Size, now: datetime) -> list[Place]:
    """Oldest first, the pipelines taking turns; the real one, whose own runs stay its newest, began before the others."""
    names = [PIPELINE] * (size.own_runs() - HELD)
    each, others = size.names(), size.runs - size.own_runs()
    names += [each[number % len(each)] for number in range(others)]
    seen: dict[str, int] = {}
    made: list[Place] = []
    for number in range(len(names), 0, -1):
        pipeline = names[number - 1]
        nth = seen[pipeline] = seen.get(pipeline, -1) + 1
        at = now - (len(names) - number + 1) * APART
        made.append(Place(number=HELD + number, pipeline=pipeline, nth=nth, at=at))
    return made[::-1]


def past(house: House, pattern: Pattern, chosen: list[Place]) -> Rows:
    """The rows of these runs; what they kept is put into the vault."""
    rows: Rows = {table: [] for table in (
        tables.run, tables.stage, tables.model_version, tables.champion_turn, tables.verdict, tables.look,
        tables.fault, queued_request, request_key, run_event,
    )}  # fmt: skip
    turns: dict[str, int] = {PIPELINE: 2}
    looks: dict[str, int] = {PIPELINE: 1}
    for place in chosen:
        rows[tables.run].append(_run(pattern, place))
        rows[tables.stage] += _stages(pattern, place)
        rows[queued_request].append(_request(pattern, place))
        rows[request_key].append({"pipeline": place.pipeline, "key": place.digest("asked"), "request": place.number})
        rows[run_event] += _events(place)
        if place.outcome is Outcome.FAILED:
            rows[tables.fault].append(_fault(place))
            continue
        verdict = _verdict(house, pattern, place)
        rows[tables.verdict].append(verdict)
        if verdict["candidate_version"] is not None:
            rows[tables.model_version].append(_version(pattern, place))
        if place.outcome is Outcome.PROMOTED:
            turns[place.pipeline] = turns.get(place.pipeline, 0) + 1
            rows[tables.champion_turn].append(_turn(pattern, place, turns[place.pipeline]))
        if place.number % 3 == 0:
            looks[place.pipeline] = looks.get(place.pipeline, 0) + 1
            rows[tables.look].append(_look(place, looks[place.pipeline]))
    return rows


def _run(pattern: Pattern, place: Place) -> Row:
    failed = place.outcome is Outcome.FAILED
    return pattern.run | {
        "number": place.number,
        "pipeline": place.pipeline,
        "key": place.digest("key"),
        "declaration": pattern.run["declaration"].replace(f"pipeline: {PIPELINE}", f"pipeline: {place.pipeline}"),
        "as_of": place.at.date(),
        "requested_by": "nightly",
        "reason": "data_refused" if failed else "verdict_reached",
        "detail": "Of 24,000 loans none has matured: the column went_bad is empty." if failed else "",
        "started_at": place.at,
        "ended_at": place.at + timedelta(minutes=9),
    }


def _stages(pattern: Pattern, place: Place) -> Iterator[Row]:
    done = pattern.stages[:1] if place.outcome is Outcome.FAILED else pattern.stages
    for row in done:
        yield {name: value for name, value in row.items() if name != "number"} | {
            "run": place.number,
            "key": place.digest(row["stage"]),
            "finished_at": place.at + timedelta(minutes=2),
        }


def _verdict(house: House, pattern: Pattern, place: Place) -> Row:
    evidence = pattern.evidence + b" " * place.number  # the same figures under a digest of its own
    digest = house.vault.put_bytes(evidence) if place.nth < KEPT else place.digest("evidence")
    record = json.loads(pattern.verdict["record"]) | {"reason": place.outcome.value}
    is_settled = place.outcome is Outcome.HELD and place.nth > PATTERN
    return pattern.verdict | {
        "run": place.number,
        "record": json.dumps(record, sort_keys=True, separators=(",", ":")),
        "evidence": digest,
        "candidate_version": None if place.outcome is Outcome.REJECTED else place.digest("version"),
        "recorded_at": place.at + timedelta(minutes=8),
        "approved": False if is_settled else None,
        "settled_by": "piet" if is_settled else None,
        "settled_why": "The month is too thin." if is_settled else None,
        "settled_at": place.at + timedelta(hours=1) if is_settled else None,
    }


def _version(pattern: Pattern, place: Place) -> Row:
    return pattern.version | {
        "pipeline": place.pipeline,
        "version": place.digest("version"),
        "run": place.number,
        "published_at": place.at + timedelta(minutes=8),
    }


def _turn(pattern: Pattern, place: Place, turn: int) -> Row:
    return pattern.turn | {
        "pipeline": place.pipeline,
        "turn": turn,
        "version": place.digest("version"),
        "since": place.at + timedelta(minutes=9),
        "by": f"run {place.number}",
    }


def _look(place: Place, number: int) -> Row:
    return {
        "pipeline": place.pipeline,
        "number": number,
        "run": place.number,
        "as_of": place.at.date(),
        "artefact": place.digest("version"),
        "champion": place.digest("champion"),
        "alpha": 0.00001,
        "confirms": None,
        "at": place.at + timedelta(minutes=7),
    }


def _fault(place: Place) -> Row:
    return {
        "run": place.number,
        "stage": Stage.EXTRACT.value,
        "trial": None,
        "node": "",
        "attempt": 1,
        "kind": "DataRefused",
        "message": "Of 24,000 loans none has matured.",
        "traceback": "",
        "happened_at": place.at,
    }


def _request(pattern: Pattern, place: Place) -> Row:
    kept = ("declaration", "declaration_digest", "declared_in")
    return {name: pattern.run[name] for name in kept} | {
        "number": place.number,
        "key": place.digest("asked"),
        "pipeline": place.pipeline,
        "content": place.digest("key"),
        "as_of": place.at.date(),
        "requested_by": "nightly",
        "origin": "schedule",
        "priority": 0,
        "asked_at": place.at - timedelta(minutes=1),
        "state": "started",
        "run": place.number,
        "detail": "",
    }


def _events(place: Place) -> Iterator[Row]:
    for number in range(1, EVENTS + 1):
        is_last = number == EVENTS
        yield {
            "run": place.number,
            "number": number,
            "at": place.at + timedelta(seconds=40 * number),
            "kind": "ended" if is_last else "said",
            "stage": "" if is_last else Stage.TRAIN.value,
            "text": "verdict_reached" if is_last else "Trial 3 of lightgbm lost to the best so far and was pruned.",
            "done": 0,
            "total": 0,
        }
