"""The pages over a home in this very process, where every statement and every read of the vault is counted.

    python -m tests.web_ui.counting HOME PATH...

prints, as JSON, what each path needed. It is a process of its own, for NiceGUI keeps its pages for the whole process.
"""

import json
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import sqlalchemy as sa
from fastapi import FastAPI
from fastapi.testclient import TestClient

from kingmaker.adapters.ledgers.sql_ledger import SqlLedger
from kingmaker.interfaces.control_centre.app import Centre, build_app
from kingmaker.interfaces.control_centre.doorkeeping import FrontDoor
from kingmaker.interfaces.control_centre.rates import Limits
from kingmaker.interfaces.web_ui.mount import mount_web_ui
from kingmaker.ports.house import House
from kingmaker.ports.vault import Vault
from kingmaker.settings import Settings
from kingmaker.wiring import open_house

READS = {"read", "fetch", "has", "named", "names", "documents"}
WARM = 2
"""Times that each path is asked for before it counts: what never changes is read once a process."""

COUNTED = 4


class CountingVault:
    """A vault that counts what is asked of it."""

    def __init__(self, vault: Vault, counts: Counter[str]) -> None:
        self._vault, self._counts = vault, counts

    def __getattr__(self, name: str) -> Any:
        if name in READS:
            self._counts["vault"] += 1
        return getattr(self._vault, name)


def counted(home: Path, counts: Counter[str]) -> House:
    house = open_house(Settings(home=home))
    assert isinstance(house.ledger, SqlLedger)

    def count(*_: object) -> None:
        counts["statements"] += 1

    sa.event.listen(house.ledger.engine, "before_cursor_execute", count)
    return replace(house, vault=cast("Vault", CountingVault(house.vault, counts)))


def served(house: House) -> FastAPI:
    centre = Centre(house=house, doorkeeper=FrontDoor(house, limits=Limits()))
    app = build_app(centre)
    mount_web_ui(app, centre)
    return app


def needed(home: Path, name: str, password: str, paths: list[str]) -> dict[str, dict[str, int]]:
    """By path: `statements`, reads of the `vault`, and `bytes` of the page."""
    counts: Counter[str] = Counter()
    found = {}
    with TestClient(served(counted(home, counts)), base_url="http://127.0.0.1") as browser:
        answer = browser.post("/api/v1/login", json={"name": name, "password": password})
        assert answer.status_code == 200, answer.text
        for path in paths:
            for _ in range(WARM):
                browser.get(path)
            found[path] = _least([_asked(browser, path, counts) for _ in range(COUNTED)])
    return found


def _asked(browser: TestClient, path: str, counts: Counter[str]) -> dict[str, int]:
    counts.clear()
    answer = browser.get(path)
    assert answer.status_code == 200, f"{path}: {answer.status_code}"
    return {"statements": counts["statements"], "vault": counts["vault"], "bytes": len(answer.content)}


def _least(counted: list[dict[str, int]]) -> dict[str, int]:
    """Of each number the least: every few seconds it is looked at again who asks, whatever they ask for."""
    return {name: min(one[name] for one in counted) for name in counted[0]}


if __name__ == "__main__":
    print(json.dumps(needed(Path(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4:])))
