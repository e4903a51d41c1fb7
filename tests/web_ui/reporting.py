"""Endpoints as their reports tell of them: what each would have written into the depot."""

import json
from datetime import UTC, datetime, timedelta

from kingmaker.bundle.pointers import report_name
from kingmaker.loop.announce import announced_pointer
from kingmaker.ports.house import House

PIPELINE = "book"


def reported(house: House, endpoint: str, *, ago: timedelta = timedelta(0), behind: int = 0, why: str = "") -> None:
    """It said so long `ago` that it serves the edition that is so many `behind` the announced one."""
    pointer, at = announced_pointer(house, PIPELINE), datetime.now(UTC) - ago
    assert pointer is not None
    told = {
        "version": pointer.champion.version,
        "edition": pointer.edition - behind,
        "since": (at - timedelta(hours=1)).isoformat(),
        "state": "serving",
        "why": why,
        "at": at.isoformat(),
    }
    house.vault.name(report_name(PIPELINE, endpoint), json.dumps(told).encode())


def garbled(house: House, endpoint: str) -> None:
    """What it wrote cannot be read."""
    house.vault.name(report_name(PIPELINE, endpoint), b"{nonsense")
