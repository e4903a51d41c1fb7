"""What goes on at this moment: runs under way, requests that wait, a search of thousands of trials, endpoints that report."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from hashlib import sha256
from random import Random
from typing import Final

import msgspec
import sqlalchemy as sa
from benchmarks.web_ui.lived import HELD, PIPELINE, PROMOTED
from benchmarks.web_ui.past_runs import Pattern, Row
from benchmarks.web_ui.size import Size

from kingmaker.adapters.ledgers import tables
from kingmaker.bundle.pointers import pointer_name, report_name, sealed_pointer
from kingmaker.domain.champion import TurnReason
from kingmaker.domain.pointer import Placed, Pointer
from kingmaker.domain.run import Stage
from kingmaker.ports.house import House

AHEAD: Final = timedelta(hours=12)
"""Reports and leases are dated so far ahead, so that nobody falls silent or dies while pages are measured."""
CURVE: Final = 12


def trials(connection: sa.Connection, size: Size) -> tuple[list[Row], list[Row]]:
    """Of the run that is held, in the manner of those that it did: the trials, and that it used them."""
    known = connection.execute(sa.select(tables.trial).join(tables.trial_use).where(tables.trial_use.c.run == PROMOTED))
    patterns = [dict(row) for row in known.mappings() if row["ended"] == "fitted"]
    random = Random(11)
    made = [_trial(patterns[number % len(patterns)], number, random) for number in range(2, size.trials + 2)]
    return made, [{"run": HELD, "trial": row["key"]} for row in made]


def _trial(pattern: Row, number: int, random: Random) -> Row:
    key = sha256(f"trial {number}".encode()).hexdigest()
    record = json.loads(pattern["record"])
    auc = random.uniform(0.70, 0.76)
    record |= {
        "key": key,
        "utility": -0.3 + random.random() / 10,
        "auc_train": auc + 0.02,
        "auc_holdout": auc,
        "auc_selection": auc - random.random() / 50,
        "curve": [[100 * rung, auc - 0.05 / rung] for rung in range(1, CURVE + 1)],
    }
    drawn = {f"regularisation_{place}": random.lognormvariate(0, 2) for place in range(5)}
    record["spec"] |= {"number": number, "hyperparameters": record["spec"]["hyperparameters"] | drawn}
    kept = json.dumps(record, sort_keys=True, separators=(",", ":"))
    return pattern | {"key": key, "number": number, "utility": record["utility"], "record": kept}


def faults(size: Size, now: datetime) -> Iterator[Row]:
    for number in range(size.faults):
        yield {
            "run": HELD,
            "stage": Stage.TRAIN.value,
            "trial": number,
            "node": f"trial/{number}",
            "attempt": 1,
            "kind": "OutOfMemory",
            "message": "The trial's process was ended for want of memory.",
            "traceback": "\n".join(f'  File "lightgbm.py", line {line}, in fit' for line in range(30)),
            "happened_at": now - timedelta(days=1),
        }


def told(size: Size, now: datetime) -> Iterator[Row]:
    """What the held run told, before the end that it told by itself is counted."""
    for number in range(1, size.events):
        yield {
            "run": HELD,
            "number": number + 1,
            "at": now - timedelta(hours=2) + timedelta(seconds=number),
            "kind": "said",
            "stage": Stage.TRAIN.value,
            "text": f"Trial {number} of lightgbm lost to the best so far and was pruned.",
            "done": 0,
            "total": 0,
        }


def under_way(house: House, pattern: Pattern, size: Size, now: datetime) -> tuple[list[Row], list[Row]]:
    """Runs of the first pipelines beside the real one, as far as the search; and what they told."""
    began = now - timedelta(minutes=3)
    runs = [
        pattern.run
        | {
            "number": size.runs + place,
            "pipeline": pipeline,
            "key": f"under way {pipeline}",
            "reason": "requested",
            "started_at": began,
            "ended_at": None,
            "holder": house.holder,
            "token": 1,
            "lease_expires_at": now + AHEAD,
        }
        for place, pipeline in enumerate(size.names()[: size.under_way], start=1)
    ]
    return runs, [event for run in runs for event in _advancing(run["number"], began)]


def _advancing(run: int, began: datetime) -> Iterator[Row]:
    for number in range(1, 40):
        yield {
            "run": run,
            "number": number,
            "at": began + timedelta(seconds=3 * number),
            "kind": "advance",
            "stage": Stage.TRAIN.value,
            "text": "",
            "done": number,
            "total": 60,
        }


def waiting(pattern: Pattern, size: Size, now: datetime) -> Iterator[Row]:
    names = size.names()
    for number in range(1, size.waiting + 1):
        yield {name: pattern.run[name] for name in ("declaration", "declaration_digest", "declared_in")} | {
            "number": size.runs + size.under_way + number,
            "key": f"waits {number}",
            "pipeline": names[number % len(names)],
            "content": f"content {number}",
            "as_of": now.date(),
            "requested_by": "olga",
            "origin": "person",
            "priority": number % 5,
            "asked_at": now,
            "state": "waiting",
            "run": None,
            "detail": "",
        }


def announce_and_report(house: House, connection: sa.Connection, size: Size, now: datetime) -> None:
    """Every pipeline's champion in the vault, and what each endpoint says of itself: some are behind."""
    turn = tables.champion_turn.c
    newest = sa.select(turn.pipeline, sa.func.max(turn.turn)).group_by(turn.pipeline)
    editions = {str(name): int(number) for name, number in connection.execute(newest)}
    for pipeline in size.names():
        data = sealed_pointer(_pointer(pipeline, editions[pipeline], now), house.signing_key())
        house.vault.name(pointer_name(pipeline), data)
    for number in range(size.endpoints):
        pipeline = PIPELINE if number % 2 == 0 else size.names()[number // 2 % len(size.names())]
        house.vault.name(report_name(pipeline, f"branch-{number:04}"), _report(editions[pipeline], number, now + AHEAD))


def _pointer(pipeline: str, edition: int, now: datetime) -> Pointer:
    return Pointer(
        pipeline=pipeline,
        edition=edition,
        turn=edition,
        champion=Placed(version="a" * 64, archive="b" * 64, size=1_300_000),
        since=now - timedelta(days=3),
        reason=TurnReason.PROMOTED,
        why="AUC .741 against .733 and a lower false kill at the same approval rate",
    )


def _report(edition: int, number: int, at: datetime) -> bytes:
    is_behind = number % 25 == 0
    return msgspec.json.encode(
        {
            "version": "a" * 64,
            "edition": edition - is_behind,
            "since": at - timedelta(days=3),
            "state": "serving",
            "why": "The newer bundle could not be fetched." if is_behind else "",
            "at": at,
        }
    )
