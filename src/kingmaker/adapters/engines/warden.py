"""The warden: a small single-threaded process that forks, limits, times and reaps the processes of one local engine.

Forking from a process that has imported numpy, xgboost and lightgbm makes a task start in milliseconds; doing it here and
not in the loop's process keeps threads, database connections and locks out of the children. It goes when its pipe closes.
"""

import gc
import importlib
import json
import os
import shutil
import signal
import sys
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from pathlib import Path
from time import monotonic, time

from kingmaker.adapters.engines.task_process import Ending, become_task, is_memory_error
from kingmaker.adapters.engines.traces import Traces
from kingmaker.ports.engine import OutcomeKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A task as the engine asked for it."""

    number: int
    task: str
    files: list[str]
    deadline_seconds: float
    memory_bytes: int


@dataclass(slots=True, kw_only=True)
class Child:
    """A running task. `verdict` is set when the warden itself killed it."""

    order: Order
    pid: int
    started: float
    """By the clock that only goes forward."""
    started_at: float
    """Seconds since 1970, for people."""
    verdict: OutcomeKind | None = None

    @property
    def ends(self) -> float:
        return self.started + self.order.deadline_seconds


class Warden:
    """The event loop. Three things happen to it: an order, the death of a child, a deadline."""

    def __init__(self, pipe: Connection, folder: Path, slots: int) -> None:
        self._pipe = pipe
        self._folder = folder
        self._slots = slots
        self._queue: deque[Order] = deque()
        self._children: dict[int, Child] = {}
        self._death_bell, bell_rope = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        signal.set_wakeup_fd(bell_rope)
        signal.signal(signal.SIGCHLD, lambda _signal, _frame: None)

    def watch(self) -> None:
        """Until the engine closes the pipe or dies; then everything is killed."""
        try:
            while True:
                ready = wait([self._pipe, self._death_bell], self._until_next_deadline())
                if self._death_bell in ready:
                    self._reap()
                if self._pipe in ready:
                    self._obey(json.loads(self._pipe.recv_bytes()))
                self._enforce_deadlines()
                self._start_what_fits()
        except (EOFError, OSError):
            self._kill_all()

    def _until_next_deadline(self) -> float | None:
        ends = [child.ends for child in self._children.values() if child.verdict is None]
        return max(0.0, min(ends) - monotonic()) if ends else None

    def _obey(self, message: dict[str, object]) -> None:
        if message.pop("do") == "run":
            self._queue.append(Order(**message))  # type: ignore[arg-type]
            return
        for order in [order for order in self._queue if order.number == message["number"]]:
            self._queue.remove(order)
            self._tell(order.number, OutcomeKind.KILLED, 0.0, "stopped before it began")
        for child in self._children.values():
            if child.order.number == message["number"]:
                self._stop(child, OutcomeKind.KILLED)

    def _start_what_fits(self) -> None:
        while self._queue and len(self._children) < self._slots:
            order = self._queue.popleft()
            started, started_at = monotonic(), time()
            try:
                pid = self._fork(order)
            except OSError as error:
                self._tell(order.number, OutcomeKind.LOST, 0.0, f"no process could be started: {error}")
            else:
                self._children[pid] = Child(order=order, pid=pid, started=started, started_at=started_at)

    def _fork(self, order: Order) -> int:
        warden = os.getpid()
        pid = os.fork()
        if pid == 0:
            self._pipe.close()
            traces = Traces(self._folder, order.number)
            become_task(order.task, order.files, order.memory_bytes, traces=traces, warden=warden)
        with suppress(OSError):  # the child does it too: whoever comes first
            os.setpgid(pid, pid)
        return pid

    def _enforce_deadlines(self) -> None:
        now = monotonic()
        for child in self._children.values():
            if child.ends <= now:
                self._stop(child, OutcomeKind.OUT_OF_TIME)

    def _stop(self, child: Child, verdict: OutcomeKind) -> None:
        if child.verdict is None:
            child.verdict = verdict
            _kill_group(child.pid)

    def _reap(self) -> None:
        with suppress(BlockingIOError):
            os.read(self._death_bell, 4096)
        for pid in list(self._children):
            if os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT):
                _kill_group(pid)  # whatever the task started goes with it, while its number is still taken
                _, status = os.waitpid(pid, 0)
                child = self._children.pop(pid)
                kind, message = self._judge(child, os.waitstatus_to_exitcode(status))
                self._tell(child.order.number, kind, monotonic() - child.started, message, child.started_at)

    def _judge(self, child: Child, code: int) -> tuple[OutcomeKind, str]:
        """How a child ended. One that finished in the instant it was being killed has finished."""
        if code == Ending.OK:
            return OutcomeKind.OK, ""
        if code == Ending.RAISED:
            return OutcomeKind.RAISED, ""
        if child.verdict is OutcomeKind.OUT_OF_TIME:
            return child.verdict, f"took longer than {child.order.deadline_seconds:g} seconds"
        if child.verdict is not None:
            return child.verdict, "stopped on request"
        if code == Ending.OUT_OF_MEMORY or is_memory_error(Traces(self._folder, child.order.number).last_words()):
            return OutcomeKind.OUT_OF_MEMORY, f"needed more than {child.order.memory_bytes / 1e6:,.0f} MB of memory"
        how = f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
        return OutcomeKind.LOST, f"the process died without a word ({how})"

    def _tell(
        self, number: int, kind: OutcomeKind, seconds: float, message: str, started_at: float | None = None
    ) -> None:
        told = {
            "number": number,
            "kind": kind.value,
            "seconds": seconds,
            "message": message,
            "started_at": started_at,
        }
        self._pipe.send_bytes(json.dumps(told).encode())

    def _kill_all(self) -> None:
        for pid in self._children:
            _kill_group(pid)
        for pid in self._children:
            os.waitpid(pid, 0)
        shutil.rmtree(self._folder, ignore_errors=True)


def _kill_group(pid: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def _prepare(hello: dict[str, object]) -> None:
    sys.path[:] = hello["path"]  # type: ignore[call-overload]
    for module in hello["preload"]:  # type: ignore[attr-defined]
        with suppress(Exception):  # a task that needs the module will say what is wrong with it
            importlib.import_module(module)
    gc.collect()
    gc.freeze()


def main() -> None:
    """Entry: `python -m kingmaker.adapters.engines.warden <file descriptor of the pipe>`."""
    pipe = Connection(int(sys.argv[1]))
    os.set_inheritable(pipe.fileno(), False)
    try:
        hello = json.loads(pipe.recv_bytes())
        _prepare(hello)
    except (EOFError, OSError):
        return
    Warden(pipe, Path(hello["folder"]), hello["slots"]).watch()


if __name__ == "__main__":
    main()
