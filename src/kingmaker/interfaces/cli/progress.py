"""Progress on a terminal: a bar with the best so far; plain lines where nobody watches."""

import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn


class TerminalProgress:
    """Plays the Progress port on the error stream, so that `--json` stays clean on standard output."""

    def __init__(self, *, quiet: bool = False) -> None:
        self._console = Console(stderr=True, highlight=False, quiet=quiet)
        self._bar = Progress(
            SpinnerColumn(),
            TextColumn("{task.description:<8}"),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[note]}", markup=False),
            console=self._console,
            transient=True,
        )
        self._task: TaskID | None = None
        self._stage = ""
        self._started = time.monotonic()

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        if self._console.is_terminal:
            self._bar.stop()
        if kind is None:
            self._close_stage()

    def stage(self, name: str, sentence: str) -> None:
        self._close_stage()
        self._stage, self._started = name, time.monotonic()
        if self._task is not None:
            self._bar.remove_task(self._task)
        self._task = self._bar.add_task(name, total=None, note=sentence)

    def advance(self, done: int, total: int, note: str = "") -> None:
        if self._task is not None:
            self._bar.update(self._task, completed=done, total=total, note=note)

    def say(self, sentence: str) -> None:
        self._console.print(f"  {'':<8} {sentence}", markup=False)

    def _close_stage(self) -> None:
        if self._stage:
            seconds = time.monotonic() - self._started
            self._console.print(f"  {self._stage:<8} done in {seconds:.1f} s", markup=False)
        self._stage = ""
