"""However much there is: a page asks no more questions of ledger and vault for it. Nothing is timed here."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from benchmarks.web_ui.home import PASSWORD, grow
from benchmarks.web_ui.lived import HELD, PIPELINE, PROMOTED
from benchmarks.web_ui.size import Size
from tests.journeys.console import Console

FEW = Size(
    runs=300, pipelines=6, trials=60, faults=20, events=250, endpoints=24, notices=60, alarms=60, tokens=20,
    replays=10, declarations=5, waiting=30, under_way=3, audit=100,
)  # fmt: skip
MANY = Size(
    runs=1200, pipelines=6, trials=600, faults=200, events=900, endpoints=240, notices=400, alarms=400, tokens=60,
    replays=40, declarations=20, waiting=90, under_way=3, audit=400,
)  # fmt: skip
PAGES = (
    "/",
    "/runs",
    f"/runs?pipeline={PIPELINE}",
    "/runs?state=failed",
    f"/runs/{HELD}",
    f"/runs/{HELD}/trials",
    f"/runs/{HELD}/trials?order=overfit",
    f"/runs/{HELD}/data",
    f"/runs/{PROMOTED}/verdict",
    f"/pipelines/{PIPELINE}",
    f"/pipelines/{PIPELINE}/models/champion",
    "/endpoints",
    "/endpoints?troubled=true",
    "/schedules",
    "/audit",
    "/notices",
    "/replays",
)
OF_ALL_ENDPOINTS = f"/pipelines/{PIPELINE}"


def opened(home: Path) -> dict[str, dict[str, int]]:
    """What each page needs, counted in a process that serves this home alone."""
    command = [sys.executable, "-W", "ignore", "-m", "tests.web_ui.counting", str(home), "ada", PASSWORD, *PAGES]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, dict[str, int]] = json.loads(done.stdout.splitlines()[-1])
    return found


def grown(console: Console, folder: Path, size: Size) -> Path:
    home = folder / f"of-{size.runs}"
    shutil.copytree(console.home, home)
    grow(home, size).close()
    return home


@pytest.mark.slow
def test_no_page_asks_more_of_ledger_and_vault_where_there_is_more(lived_in: Console, tmp_path: Path):
    few, many = (opened(grown(lived_in, tmp_path, size)) for size in (FEW, MANY))
    for path in PAGES:
        for asked in ("statements", "vault"):
            assert many[path][asked] <= few[path][asked], (path, asked, few[path], many[path])


@pytest.mark.slow
def test_a_home_that_was_grown_is_proven_by_its_audit_log(lived_in: Console, tmp_path: Path):
    home = tmp_path / "home"
    shutil.copytree(lived_in.home, home)
    house = grow(home, FEW)
    assert house.ledger.verify_audit() >= FEW.runs
    assert len(house.ledger.standings(limit=1000)) == FEW.runs + FEW.under_way
    house.close()
