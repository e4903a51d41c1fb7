"""Waiting for what other threads and processes do."""

from collections.abc import Callable
from threading import Event
from time import monotonic


def until(condition: Callable[[], bool], seconds: float = 10.0, told: Callable[[], str] = str) -> None:
    """Return as soon as the condition holds; fail, with what there is to tell, when it does not in time."""
    deadline = monotonic() + seconds
    while not condition():
        if monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s: {told()}")
        Event().wait(0.005)
