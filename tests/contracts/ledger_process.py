"""Processes of their own that act on a ledger.

`hold ADDRESS` opens a run, says so and lives on until its input ends. `race ADDRESS VERB NAME…` lets one process a name act
at the same instant, all of them living until the last has acted, and says what came of each, as JSON.
"""

import json
import multiprocessing
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from multiprocessing.queues import SimpleQueue
from multiprocessing.synchronize import Barrier

from kingmaker.adapters.ledgers.holders import this_process_as_holder
from kingmaker.adapters.ledgers.sql_ledger import SqlLedger
from kingmaker.domain.champion import TurnReason
from kingmaker.domain.errors import Conflict, KingmakerError, LeaseLost, RunRefused
from kingmaker.domain.look import Look
from kingmaker.domain.notice import NoticeKind, Occurrence
from kingmaker.domain.queue import Origin, QueueState
from kingmaker.domain.run import Lease, Request, RunReason

REQUEST = Request(
    key="march",
    pipeline="loans",
    declaration="pipeline: loans # 误杀率",
    declaration_digest="d" * 64,
    declared_in="/somewhere/loans.yaml",
    as_of=date(2026, 3, 1),
    requested_by="ann",
)


def open_ledger(address: str) -> SqlLedger:
    return SqlLedger.open(address, clock=lambda: datetime.now(UTC))


def act(ledger: SqlLedger, verb: str, name: str) -> str:
    match verb:
        case "run":
            return f"run {ledger.open_run(REQUEST, this_process_as_holder())[0].number}"
        case "crown":
            ledger.crown("loans", name, expected_turn=0, reason=TurnReason.PROMOTED, by=name, why=name)
        case "note":
            for _ in range(10):
                ledger.note(by=name, action="noted", subject="", before="", after="", why="")
        case "look":
            return f"look {look(ledger, Lease(run=1, holder='one', token=1, expires_at=datetime.max)).number}"
        case "look in turn":
            for turn in range(5):
                look_once(ledger, f"{name} {turn}")
        case "reset":
            for _ in range(5):
                ledger.reset_budget("loans", as_of=REQUEST.as_of, by=name, why=name)
        case _:
            return act_on_the_queue(ledger, verb, name)
    return "done"


def act_on_the_queue(ledger: SqlLedger, verb: str, name: str) -> str:
    match verb:
        case "claim":
            found = ledger.claim(this_process_as_holder())
            return f"run {found[0].request.pipeline}" if found else "nothing"
        case "claim in turn":
            return json.dumps(claim_in_turn(ledger))
        case "ask":
            return f"request {ledger.ask(REQUEST, key=name, origin=Origin.PERSON).number}"
        case "meddle":
            meddle(ledger, name)
        case _:
            return OF_THE_CENTRE[verb](ledger, name)
    return "done"


def crown_or_freeze(ledger: SqlLedger, name: str) -> str:
    if name != "freeze":
        return act(ledger, "crown", name)
    ledger.freeze("loans", by=name, why=name)
    return "done"


def declare(ledger: SqlLedger, name: str) -> str:
    return f"declaration {ledger.declare('loans', name, digest=name, declared_in='', by=name, expected=0).number}"


def fire(ledger: SqlLedger, _name: str) -> str:
    """Fire the first time of the only schedule, as everybody does who saw it come."""
    schedule = ledger.schedules()[0]
    seen = replace(schedule, next_at=schedule.last_at or schedule.next_at)
    queued = ledger.fire(seen, next_at=datetime(2026, 12, 24, tzinfo=UTC), request=REQUEST)
    return "nothing" if queued is None else f"request {queued.number}"


def raise_one(ledger: SqlLedger, _name: str) -> str:
    disk = Occurrence(cause="disk", kind=NoticeKind.ALARM, pipeline="", run=None, title="The disk is full", text="")
    return "counted" if ledger.raise_notice(disk, quiet=timedelta(hours=1)) is None else "raised"


def take_notices(ledger: SqlLedger, _name: str) -> str:
    return " ".join(str(one.number) for one in ledger.take_notices(lease=timedelta(hours=1), limit=10))


def nothing_more(_ledger: SqlLedger, _name: str) -> str:
    """The ledger is open: that was all."""
    return "done"


OF_THE_CENTRE = {
    "open": nothing_more,
    "crown or freeze": crown_or_freeze,
    "declare": declare,
    "fire": fire,
    "raise": raise_one,
    "take notices": take_notices,
}


def look_once(ledger: SqlLedger, key: str) -> None:
    """A run of its own that looks and ends, as soon as no other process works on the pipeline."""
    while True:
        try:
            lease = ledger.open_run(replace(REQUEST, key=key), this_process_as_holder())[1]
        except RunRefused:
            continue
        look(ledger, lease)
        ledger.finish_run(lease, RunReason.VERDICT_REACHED)
        return


def claim_in_turn(ledger: SqlLedger) -> list[int]:
    """Claim and finish until nothing waits any more; the runs that this process had."""
    had = []
    while ledger.queue(state=QueueState.WAITING, limit=1):
        found = ledger.claim(this_process_as_holder())
        if found is not None:
            had.append(found[0].number)
            ledger.finish_run(found[1], RunReason.STUDIED)
    return had


def meddle(ledger: SqlLedger, name: str) -> None:
    """Everything that queue and runs allow, over and over, on one pipeline."""
    for turn in range(8):
        asked = ledger.ask(REQUEST, key=f"{name} {turn}", origin=Origin.PERSON)
        with suppress(Conflict):
            if turn % 3 == 0:
                ledger.withdraw(asked.number, by=name, why="meddling")
        found = ledger.claim(this_process_as_holder())
        with suppress(RunRefused, LeaseLost):
            if asked.run is not None and turn % 2:
                ledger.cancel_run(asked.run, by=name, why="meddling")
            if found is not None:
                ledger.finish_run(found[1], RunReason.STUDIED)


def look(ledger: SqlLedger, lease: Lease) -> Look:
    return ledger.open_look(lease, as_of=REQUEST.as_of, artefact="t", champion="c", alpha=0.001)


def compete(address: str, verb: str, name: str, gate: Barrier, answers: "SimpleQueue[tuple[str, str]]") -> None:
    ledger = None if verb == "open" else open_ledger(address)
    gate.wait()
    try:
        answers.put((name, act(ledger or open_ledger(address), verb, name)))
    except KingmakerError as error:
        answers.put((name, error.code))
    gate.wait()


def race(address: str, verb: str, names: Sequence[str]) -> None:
    fork = multiprocessing.get_context("fork")
    gate, answers = fork.Barrier(len(names)), fork.SimpleQueue()
    processes = [fork.Process(target=compete, args=(address, verb, name, gate, answers), daemon=True) for name in names]
    for process in processes:
        process.start()
    found = dict(answers.get() for _ in names)
    for process in processes:
        process.join()
    print(json.dumps(found))


def hold(address: str) -> None:
    print(act(open_ledger(address), "run", "one"), flush=True)
    sys.stdin.readline()


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["hold", address]:
            hold(address)
        case ["race", address, verb, *names]:
            race(address, verb, names)
