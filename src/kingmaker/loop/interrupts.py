"""Whether somebody interrupted: some libraries make an error of their own of it."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def hearing_interrupts() -> Iterator[Callable[[], bool]]:
    """Answers whether SIGINT came since the block began. DuckDB, for one, raises RuntimeError instead of KeyboardInterrupt.

    Outside of the main thread, which hears no signal, and where SIGINT is ignored, never.
    """
    before = signal.getsignal(signal.SIGINT)
    heard = threading.Event()

    def hear(number: int, frame: FrameType | None) -> None:
        heard.set()
        if callable(before):
            before(number, frame)

    if threading.current_thread() is not threading.main_thread() or not callable(before):
        yield heard.is_set
        return
    signal.signal(signal.SIGINT, hear)
    try:
        yield heard.is_set
    finally:
        signal.signal(signal.SIGINT, before)
