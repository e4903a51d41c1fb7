"""A process that was started as a part of another leaves with it, also when that one was killed."""

import os
import signal
import sys
import threading


def leave_with_parent() -> None:
    """From now on the end of standard input is a request to leave, as SIGTERM is."""
    threading.Thread(target=_wait_for_the_end, name="with parent", daemon=True).start()


def _wait_for_the_end() -> None:
    while os.read(sys.stdin.fileno(), 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
