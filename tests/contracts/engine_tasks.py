"""What the engine suite lets engines do, in a module of its own because tasks are found by import path."""

import ctypes
import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

pause_holding_the_interpreter = ctypes.PyDLL(None).pause
"""pause(2) without releasing the interpreter's lock: no Python code of the process runs again."""


def join_files(spec: bytes, files: Sequence[Path]) -> bytes:
    return spec + b"".join(path.read_bytes() for path in files)


def repeat(spec: bytes, files: Sequence[Path]) -> bytes:
    return b"x" * int(spec)


def refuse(spec: bytes, files: Sequence[Path]) -> bytes:
    raise ValueError(spec.decode())


def leave(spec: bytes, files: Sequence[Path]) -> bytes:
    raise SystemExit(0)


def kill_itself(spec: bytes, files: Sequence[Path]) -> bytes:
    os.kill(os.getpid(), signal.SIGKILL)
    return b"never"


def crash_in_native_code(spec: bytes, files: Sequence[Path]) -> bytes:
    ctypes.string_at(0)
    return b"never"


def never_return_from_native_code(spec: bytes, files: Sequence[Path]) -> bytes:
    """Says hello to the FIFO in `files`, if any, and holds it open for as long as the process lives."""
    if files:
        os.write(os.open(files[0], os.O_WRONLY), b"here")
    pause_holding_the_interpreter()
    return b"never"


def never_return_and_start_another(spec: bytes, files: Sequence[Path]) -> bytes:
    """Its grandchild inherits the FIFO and outlives a kill of the task alone."""
    fifo = os.open(files[0], os.O_WRONLY)
    command = [sys.executable, "-c", "import os, signal; os.write(1, b'here'); signal.pause()"]
    subprocess.Popen(command, stdout=fifo)
    pause_holding_the_interpreter()
    return b"never"


def take_memory(spec: bytes, files: Sequence[Path]) -> bytes:
    taken = np.ones(int(spec), dtype=np.uint8)
    return str(int(taken[-1])).encode()


def read_mapped(spec: bytes, files: Sequence[Path]) -> bytes:
    return str(float(np.load(files[0], mmap_mode="r").sum())).encode()


def tell_surroundings(spec: bytes, files: Sequence[Path]) -> bytes:
    threads = len(list(Path("/proc/self/task").iterdir()))
    return json.dumps({"threads": threads, "openmp": os.environ["OMP_NUM_THREADS"], "group": os.getpgid(0)}).encode()


def wait_for_release(spec: bytes, files: Sequence[Path]) -> bytes:
    """Return once somebody writes to the FIFO."""
    return files[0].read_bytes()
