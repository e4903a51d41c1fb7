"""A process of its own that does one thing to a ledger: `ledger_process.py ADDRESS VERB NAME`.

It says `ready`, waits for a line, acts, says what came of it, and lives on until its input ends.
"""

import sys
from datetime import UTC, datetime

from tests.contracts.ledger_examples import request

from kingmaker.adapters.ledgers.holders import this_process_as_holder
from kingmaker.adapters.ledgers.sql_ledger import SqlLedger
from kingmaker.domain.champion import TurnReason
from kingmaker.domain.errors import ChampionMoved, RunRefused


def open_ledger(address: str) -> SqlLedger:
    return SqlLedger.open(address, clock=lambda: datetime.now(UTC))


def act(ledger: SqlLedger, verb: str, name: str) -> str:
    match verb:
        case "run":
            try:
                return f"run {ledger.open_run(request(), this_process_as_holder())[0].number}"
            except RunRefused:
                return "refused"
        case "crown":
            try:
                ledger.crown("loans", name, expected_turn=0, reason=TurnReason.PROMOTED, by=name, why=name)
            except ChampionMoved:
                return "moved"
            return "crowned"
        case "note":
            for _ in range(10):
                ledger.note(by=name, action="noted", subject="", before="", after="", why="")
    return "done"


def main(address: str, verb: str, name: str) -> None:
    ledger = None if verb == "open" else open_ledger(address)
    print("ready", flush=True)
    sys.stdin.readline()
    print(act(ledger or open_ledger(address), verb, name), flush=True)
    sys.stdin.readline()


if __name__ == "__main__":
    main(*sys.argv[1:])
