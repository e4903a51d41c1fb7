"""Homes that take a while to make, made once for all the processes of a test session and copied from there."""

import fcntl
from collections.abc import Callable
from pathlib import Path

import pytest

DONE = "is made"


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """The folder that `make` filled, whichever process was first. It is copied and never changed."""
    temporary = factory.getbasetemp()
    shared = temporary.parent if temporary.name.startswith("popen-") else temporary
    folder = shared / f"home-{name}"
    with (shared / f"home-{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / DONE).exists():
            folder.mkdir(exist_ok=True)
            make(folder)
            (folder / DONE).touch()
    return folder
