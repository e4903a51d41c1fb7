"""A journal that is a pipe: whoever listens knows when a fit begins."""

import os
import select
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

PATIENCE_SECONDS = 240

Hear = Callable[["subprocess.Popen[str]", int], None]


@contextmanager
def listening(journal: Path) -> Iterator[Hear]:
    """Gives `hear(process, fits)`, which waits until so many more fits were told; fails where the process ends before that.

    The journal is gone afterwards.
    """
    os.mkfifo(journal)
    reader = os.open(journal, os.O_RDWR)  # also as a writer: else it would end whenever no fit has the journal open

    def hear(process: "subprocess.Popen[str]", fits: int) -> None:
        ended, told = os.pidfd_open(process.pid), 0
        while told < fits:
            ready, _, _ = select.select([reader, ended], [], [], PATIENCE_SECONDS)
            assert reader in ready, f"the run told of {told} fits and no more: it has ended, or takes too long"
            told += os.read(reader, 4096).count(b"\n")
        os.close(ended)

    yield hear
    os.close(reader)
    journal.unlink()
