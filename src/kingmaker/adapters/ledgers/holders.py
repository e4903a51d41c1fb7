"""Who holds a lease: a process, named so that others on its host can see whether it still lives."""

import hashlib
import os
import secrets
import socket
from pathlib import Path

_PROCESSES = Path("/proc")


def this_process_as_holder() -> str:
    """`host:pid:process-start-time:random`, a new name each time it is asked.

    The start time is in clock ticks since the host was started and carries a mark of that start and of the container,
    because a pid means something only within them.
    """
    return f"{socket.gethostname()}:{os.getpid()}:{_mark()}.{_started(os.getpid())}:{secrets.token_hex(4)}"


def is_gone(holder: str) -> bool:
    """Whether the holder is known to live no longer. False when that cannot be seen from here, or for any other name."""
    match holder.rsplit(":", 3):
        case [host, pid, started, _] if pid.isdecimal():
            mark, _, ticks = started.partition(".")
            return host == socket.gethostname() and mark == _mark() and _started(int(pid)) != ticks
    return False


def spoken(holder: str) -> str:
    """The holder as a person looks for it: `process 4711 on host`; any other name as it is."""
    match holder.rsplit(":", 3):
        case [host, pid, _, _] if pid.isdecimal():
            return f"process {pid} on {host}"
    return holder


def _mark() -> str:
    boot = (_PROCESSES / "sys/kernel/random/boot_id").read_text(encoding="ascii")
    container = (_PROCESSES / "self/ns/pid").readlink()
    return hashlib.sha256(f"{boot}{container}".encode()).hexdigest()[:8]


def _started(pid: int) -> str:
    """Field 22 of `/proc/pid/stat`; empty for a process that is gone or was killed and waits for its parent (proc(5))."""
    try:
        fields = (_PROCESSES / str(pid) / "stat").read_bytes().rpartition(b")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return ""
    return "" if fields[0] in {b"Z", b"X"} else fields[19].decode("ascii")
