"""The local engine: one killable process per task, forked by a warden process that has the heavy libraries loaded.

The warden (see warden.py) owns queue, slots, deadlines and children; this side only asks and listens, so a deadline
holds even while the loop is busy. Killing either side, in whatever way, leaves no task running.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path

from kingmaker.adapters.engines.traces import Traces
from kingmaker.ports.engine import Handle, Health, Outcome, OutcomeKind, Task

PRELOAD = (
    "numpy",
    "xgboost",
    "lightgbm",
    "kingmaker.loop.training.fit_trial",
    "kingmaker.recipe.smote",
    "kingmaker.learners.xgboost",
    "kingmaker.learners.lightgbm",
    "kingmaker.learners.scorecard",
    "kingmaker.learners.ebm",
)
"""What the warden imports before the first task. A module that is not installed is passed over."""

ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "POLARS_MAX_THREADS": "1",
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
}
"""Slots are the only parallelism; and a warden without threads can fork safely after its imports."""


@dataclass(slots=True)
class _Link:
    """The warden that runs now: its process, the pipe to it, and the folder in which tasks leave their results."""

    process: subprocess.Popen[bytes]
    pipe: Connection
    folder: Path


class LocalEngine:
    """Runs at most `slots` tasks at once on this machine. Starts nothing before it is warmed or given its first task."""

    def __init__(self, slots: int, *, preload: Sequence[str] = PRELOAD) -> None:
        self._slots = max(1, slots)
        self._preload = tuple(preload)
        self._link: _Link | None = None
        self._next = 1
        self._open: set[int] = set()
        self._ended: deque[Outcome] = deque()

    def warm(self) -> None:
        """Start the warden, which needs seconds for its imports."""
        self._linked()

    def submit(
        self, task: Task, spec: bytes, *, files: Sequence[Path], deadline_seconds: float, memory_bytes: int = 0
    ) -> Handle:
        """Queue a module-level function. It is found by its import path, never pickled."""
        link = self._linked()
        number, self._next = self._next, self._next + 1
        Traces(link.folder, number).spec.write_bytes(spec)
        order = {
            "do": "run",
            "number": number,
            "task": f"{task.__module__}:{task.__qualname__}",
            "files": [str(path) for path in files],
            "deadline_seconds": deadline_seconds,
            "memory_bytes": memory_bytes,
        }
        self._open.add(number)
        self._say(order)
        return Handle(number)

    def completed(self, timeout_seconds: float) -> Iterator[Outcome]:
        """Outcomes in the order in which tasks ended."""
        if not self._ended:
            self._listen(timeout_seconds)
        while self._ended:
            yield self._ended.popleft()

    def kill(self, handle: Handle) -> None:
        if handle.number in self._open:
            self._say({"do": "kill", "number": handle.number})

    def health(self) -> Health:
        self._listen(0.0)
        busy = min(len(self._open), self._slots)
        return Health(alive=True, slots=self._slots, busy=busy, detail=f"{len(self._open)} tasks queued or running")

    def close(self) -> None:
        """Tasks that have not ended are killed; their outcomes are never handed out."""
        if self._link is not None:
            self._bury(self._link, at_once=not self._open)
        self._open.clear()
        self._ended.clear()

    def _linked(self) -> _Link:
        self._listen(0.0)
        if self._link is None:
            self._link = _start(self._slots, self._preload)
        return self._link

    def _say(self, message: dict[str, object]) -> None:
        """Send to the warden. When it is dead, what was open is told as lost by the next listening."""
        self._listen(0.0)
        if self._link is not None:
            try:
                self._link.pipe.send_bytes(json.dumps(message).encode())
            except OSError:
                self._listen(0.0)

    def _listen(self, timeout_seconds: float) -> None:
        """Take in everything the warden has said, waiting at most so long for the first word."""
        wait = timeout_seconds if self._open else 0.0
        while self._link is not None and self._link.pipe.poll(wait):
            wait = 0.0
            try:
                told = json.loads(self._link.pipe.recv_bytes())
            except (EOFError, OSError):
                self._lose(self._link)
                return
            self._open.discard(told["number"])
            self._ended.append(_outcome_of(told, Traces(self._link.folder, told["number"])))

    def _lose(self, link: _Link) -> None:
        """The warden died, and its tasks with it; the next task gets a new one."""
        words = Traces(link.folder, 0).last_words()
        self._bury(link, at_once=True)
        message = "the process that watches over the tasks died, and the task with it"
        for number in sorted(self._open):
            lost = Outcome(handle=Handle(number), kind=OutcomeKind.LOST, seconds=0.0, message=message, traceback=words)
            self._ended.append(lost)
        self._open.clear()

    def _bury(self, link: _Link, *, at_once: bool) -> None:
        """End the warden: the closed pipe tells it to kill its tasks and go; without tasks it is simply killed."""
        self._link = None
        link.pipe.close()
        if at_once:
            link.process.kill()
        try:
            link.process.wait(timeout=10.0)
        except subprocess.TimeoutExpired:
            link.process.kill()
            link.process.wait()
        shutil.rmtree(link.folder, ignore_errors=True)


def _start(slots: int, preload: tuple[str, ...]) -> _Link:
    ours, theirs = socket.socketpair()
    folder = Path(tempfile.mkdtemp(prefix="kingmaker-engine-"))
    command = [sys.executable, "-m", "kingmaker.adapters.engines.warden", str(theirs.fileno())]
    with theirs, Traces(folder, 0).output.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 - our own module
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env={**os.environ, **ONE_THREAD},
            pass_fds=[theirs.fileno()],
            start_new_session=True,
        )
    pipe = Connection(ours.detach())
    hello = {"slots": slots, "folder": str(folder), "preload": preload, "path": sys.path}
    pipe.send_bytes(json.dumps(hello).encode())
    return _Link(process, pipe, folder)


def _outcome_of(told: dict[str, object], traces: Traces) -> Outcome:
    """What the warden said, with what the task left in its files; the files go."""
    handle, kind = Handle(int(str(told["number"]))), OutcomeKind(str(told["kind"]))
    seconds, message = float(str(told["seconds"])), str(told["message"])
    began = told["started_at"]
    started_at = None if began is None else datetime.fromtimestamp(float(str(began)), UTC)
    value, traceback = b"", ""
    if kind is OutcomeKind.OK:
        value = traces.value.read_bytes()
    elif kind is OutcomeKind.RAISED:
        message, traceback = json.loads(traces.error.read_text())
    elif kind in {OutcomeKind.LOST, OutcomeKind.OUT_OF_MEMORY}:
        traceback = traces.last_words()
    traces.clear()
    return Outcome(
        handle=handle,
        kind=kind,
        seconds=seconds,
        started_at=started_at,
        value=value,
        message=message,
        traceback=traceback,
    )
