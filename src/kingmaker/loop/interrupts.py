"""Interrupts of the main thread: made from another thread, and known for what they are."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


class Block:
    """A block of the main thread that another thread may interrupt, until it ends."""

    def __init__(self) -> None:
        self._ended = threading.Event()
        self._ending = threading.Lock()

    def end(self) -> None:
        """From here on nobody interrupts it."""
        with self._ending:
            self._ended.set()

    def ends_within(self, seconds: float) -> bool:
        return self._ended.wait(seconds)

    def interrupt(self, patience: float) -> bool:
        """Give the main thread a KeyboardInterrupt; whether the block ended within `patience` seconds, or had already."""
        with self._ending:
            if self._ended.is_set():
                return True
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
        return self._ended.wait(patience)


@contextmanager
def holding_interrupts() -> Iterator[None]:
    """SIGINT waits until the block is done. Outside of the main thread, and where SIGINT is ignored, nothing changes."""
    before = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or not callable(before):
        yield
        return
    came: list[tuple[int, FrameType | None]] = []
    signal.signal(signal.SIGINT, lambda number, frame: came.append((number, frame)))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
        if came:
            before(*came[-1])


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
