"""The inside of a task's process, between the warden's fork and its exit."""

import ctypes
import faulthandler
import importlib
import json
import os
import resource
import signal
import sys
import traceback
from collections.abc import Sequence
from enum import IntEnum
from pathlib import Path
from typing import Any, NoReturn, cast

from kingmaker.adapters.engines.traces import Traces
from kingmaker.ports.engine import Task


class Ending(IntEnum):
    """Exit codes; any other, and any signal, is a process that died without a word."""

    OK = 0
    RAISED = 41
    OUT_OF_MEMORY = 42


_PR_SET_PDEATHSIG = 1
_NATIVE_MEMORY_ERRORS = ("bad_alloc", "bad allocation", "cannot allocate memory", "out of memory", "failed to allocate")


def become_task(name: str, files: Sequence[str], memory_bytes: int, *, traces: Traces, warden: int) -> NoReturn:
    """Run the task `module:function` in this freshly forked process and exit. Never returns, never raises."""
    _die_with(warden)
    _print_to(traces.output)
    _limit_memory(memory_bytes)
    os._exit(_run(name, [Path(file) for file in files], traces))


def is_memory_error(text: str) -> bool:
    """Whether a native library's message says that an allocation failed."""
    return any(sign in text.lower() for sign in _NATIVE_MEMORY_ERRORS)


def _run(name: str, files: Sequence[Path], traces: Traces) -> Ending:
    try:
        value = _find(name)(traces.spec.read_bytes(), files)
        traces.value.write_bytes(value)
    except MemoryError:
        return Ending.OUT_OF_MEMORY
    except BaseException as error:  # noqa: BLE001 - whatever a task raises is its outcome
        _limit_memory(0)
        if is_memory_error(str(error)):
            return Ending.OUT_OF_MEMORY
        message = str(error) or type(error).__name__
        traces.error.write_text(json.dumps([message, traceback.format_exc()]))
        return Ending.RAISED
    return Ending.OK


def _find(name: str) -> Task:
    module, _, function = name.partition(":")
    found: Any = importlib.import_module(module)
    for step in function.split("."):
        found = getattr(found, step)
    return cast("Task", found)


def _die_with(warden: int) -> None:
    """Be killed by the kernel when the warden dies, even in native code; and lead a process group of its own."""
    os.setpgid(0, 0)
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != warden:
        os._exit(1)


def _print_to(path: Path) -> None:
    """Keep the terminal clean, and keep the last words of a crash: Python's stack included."""
    output = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.close(output)
    faulthandler.enable(file=2)


def _limit_memory(headroom: int) -> None:
    """Let private memory grow by `headroom` bytes from here (0: without limit). Mapped files do not count."""
    if sys.platform != "linux":
        return
    hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
    wanted = hard
    if headroom:
        status = Path("/proc/self/status").read_text()
        kilobytes = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmData"))
        wanted = kilobytes * 1024 + headroom
        wanted = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (wanted, hard))
