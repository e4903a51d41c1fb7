"""Killed at any step, an erasure is gone on with: by who asks again, or by the daily sweep without knowing whom."""

import subprocess
import sys
from pathlib import Path

import pytest
from tests.erasure.lender import CUSTOMER, holding, opened, their_loans

from kingmaker.control.erasing.afterwards import check_erasures, keep_erased
from kingmaker.control.erasing.erase import erase

KILLED = -9


@pytest.mark.slow
@pytest.mark.parametrize(("step", "by_sweep"), [(2, False), (7, True), (14, False), (21, True), (26, False)])
def test_killed_at_a_step_it_goes_on_to_the_end(folder: Path, step: int, by_sweep: bool) -> None:
    command = [sys.executable, "-m", "tests.erasure.killed", str(folder), str(step)]
    assert subprocess.run(command, check=False).returncode == KILLED
    house = opened(folder)
    if by_sweep:
        assert keep_erased(house) == 1
    else:
        erase(house, "book", CUSTOMER, applications=their_loans(), by="ada", why="asked for it")
    (one,) = house.ledger.erasures()
    assert one.ended_at is not None
    assert holding(folder / "home") == []
    assert check_erasures(house).is_clean
    house.ledger.verify_audit()
    house.close()
