"""The processes of one home: who they are, how they are killed, and whether any of them lives on."""

import os
import select
import signal
from contextlib import suppress
from pathlib import Path

from tests.journeys.console import Console

PATIENCE_MILLISECONDS = 60_000


def processes_of(console: Console) -> list[int]:
    """Every living process that was started with the console's home, its children of any degree among them."""
    mark = f"KINGMAKER_HOME={console.home}\0".encode()
    found = []
    for folder in Path("/proc").iterdir():
        with suppress(OSError):
            if folder.name.isdecimal() and mark in (folder / "environ").read_bytes() + b"\0":
                found.append(int(folder.name))
    return found


def kill_everybody(console: Console) -> None:
    """As a machine that loses its power would."""
    for pid in processes_of(console):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def wait_until_all_are_gone(console: Console) -> None:
    """Children end by themselves when their parent was killed; fails for one that does not in good time."""
    for pid in processes_of(console):
        with suppress(ProcessLookupError):
            descriptor = os.pidfd_open(pid)
            poll = select.poll()
            poll.register(descriptor, select.POLLIN)
            ended = poll.poll(PATIENCE_MILLISECONDS)
            os.close(descriptor)
            assert ended, f"process {pid} outlived the run that started it"
    assert not processes_of(console)
