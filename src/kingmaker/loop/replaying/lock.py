"""Locks of a replay's folder: one command at a time, and none begins before the processes of a killed one are gone."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kingmaker.domain.errors import RunRefused

COMMAND, CREW = ".command", ".crew"


@contextmanager
def command_lock(folder: Path) -> Iterator[None]:
    """Held by the command that does the replay. Raises RunRefused while another one does it."""
    folder.mkdir(parents=True, exist_ok=True)
    with _locked(folder / COMMAND, fcntl.LOCK_EX | fcntl.LOCK_NB, folder):
        with _locked(folder / CREW, fcntl.LOCK_EX, folder):
            pass  # whoever worked for a killed command has died by now
        yield


@contextmanager
def shared_lock(folder: Path) -> Iterator[None]:
    """Held by each process that works for the command."""
    with _locked(folder / CREW, fcntl.LOCK_SH, folder):
        yield


@contextmanager
def _locked(file: Path, how: int, folder: Path) -> Iterator[None]:
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _lock(descriptor, how, folder)
        yield
    finally:
        os.close(descriptor)


def _lock(descriptor: int, how: int, folder: Path) -> None:
    try:
        fcntl.flock(descriptor, how)
    except BlockingIOError:
        raise RunRefused(
            "this replay is under way in another process", where=str(folder), remedy="Wait until it ends, or end it."
        ) from None
