"""Processes of their own that promote at the same instant: `promoting HOME LEDGER TURN VERSION…`, one process a version.

Each says what came of it: the turn that it made, or the code of the refusal.
"""

import json
import multiprocessing
import sys
from collections.abc import Sequence
from multiprocessing.synchronize import Barrier
from pathlib import Path

from tests.loop.announcing.lender import PIPELINE

from kingmaker.control.office.office import Office
from kingmaker.domain.access import Principal, Role
from kingmaker.domain.errors import KingmakerError
from kingmaker.settings import Settings
from kingmaker.wiring import open_house

Answers = "SimpleQueue[tuple[str, str]]"


def promote(settings: Settings, turn: int, version: str, gate: Barrier, answers: Answers) -> None:
    house = open_house(settings)
    approver = Principal(name=f"approver of {version[:6]}", roles=frozenset({Role.APPROVER}))
    gate.wait()
    try:
        made = Office(house, approver).promote(PIPELINE, version, expected_turn=turn, why="mine is the best")
        answers.put((version, f"turn {made.turn}"))
    except KingmakerError as error:
        answers.put((version, error.code))
    house.close()


def crowd(settings: Settings, turn: int, versions: Sequence[str]) -> dict[str, str]:
    fork = multiprocessing.get_context("fork")
    gate, answers = fork.Barrier(len(versions)), fork.SimpleQueue()
    processes = [
        fork.Process(target=promote, args=(settings, turn, version, gate, answers), daemon=True) for version in versions
    ]
    for process in processes:
        process.start()
    found = dict(answers.get() for _ in versions)
    for process in processes:
        process.join()
    return found


if __name__ == "__main__":
    home, ledger, turn, *versions = sys.argv[1:]
    print(json.dumps(crowd(Settings(home=Path(home), ledger=ledger), int(turn), versions)))
