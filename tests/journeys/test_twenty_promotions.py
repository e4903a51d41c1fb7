"""Twenty approvers promote twenty versions at the same instant: one wins, the others are told so, on SQLite and PostgreSQL."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from tests.contracts.conftest import postgres  # noqa: F401 - a fixture
from tests.loop.announcing.lender import PIPELINE, Lender

from kingmaker.loop.announce import announced_pointer

ROOT = Path(__file__).parents[2]
AT_ONCE = 20


@pytest.fixture(params=["sqlite", "postgresql"])
def lender(request: pytest.FixtureRequest, tmp_path: Path) -> Lender:
    ledger = request.getfixturevalue("postgres").of(tmp_path) if request.param == "postgresql" else ""
    lender = Lender.in_home(tmp_path / "home", versions=AT_ONCE + 1, ledger=ledger)
    lender.crown(lender.versions[0])
    return lender


def test_one_of_twenty_wins_and_endpoints_are_told_of_it_alone(lender: Lender) -> None:
    first, *others = lender.versions
    ledger = lender.house.ledger
    address = ledger.engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-m", "tests.journeys.promoting", str(lender.house.home), address, "1", *others]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=120)
    answers = json.loads(ended.stdout)
    assert sorted(answers.values()) == [*["champion_moved"] * (AT_ONCE - 1), "turn 2"]
    [won] = [version for version, answer in answers.items() if answer == "turn 2"]
    turns = ledger.history(PIPELINE)
    assert [(turn.turn, turn.version) for turn in turns] == [(1, first), (2, won)]
    assert turns[1].by == f"approver of {won[:6]}"
    pointer = announced_pointer(lender.house, PIPELINE)
    assert pointer is not None
    assert (pointer.turn, pointer.champion.version) == (2, won)
    ledger.verify_audit()
    lender.house.close()
