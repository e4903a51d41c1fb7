"""Processes that move the champion and stop before they would announce it."""

import sys
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from tests.loop.announcing.lender import PIPELINE

from kingmaker.loop.conductor import conduct
from kingmaker.loop.reign import roll_back
from kingmaker.loop.request import request_run
from kingmaker.ports.progress import Silence
from kingmaker.ports.vault import Vault
from kingmaker.settings import Settings
from kingmaker.wiring import open_house


@dataclass(frozen=True, slots=True)
class StoppingVault:
    """A vault that waits for a line before it writes a document."""

    vault: Vault

    def __getattr__(self, name: str) -> Any:
        return getattr(self.vault, name)

    def name(self, name: str, data: bytes) -> None:
        print("crowned", flush=True)
        sys.stdin.readline()
        self.vault.name(name, data)


def roll_back_and_stop_before_announcing(home: str) -> None:
    house = open_house(Settings(home=Path(home)))
    roll_back(replace(house, vault=StoppingVault(house.vault)), PIPELINE, to=None, by="bo", why="complaints")


def run_and_stop_before_announcing(home: str, file: str, as_of: str) -> None:
    house = open_house(Settings(home=Path(home)))
    run, lease = request_run(house, Path(file), as_of=date.fromisoformat(as_of), by="bo")
    conduct(replace(house, vault=StoppingVault(house.vault)), run, lease, Silence())
