"""Libraries are loaded while the loans are read, which leaves most of the time to the disk and to native code."""

from collections.abc import Sequence
from contextlib import suppress
from threading import Thread

from kingmaker.learners.registry import learner
from kingmaker.ports.engine import Engine


def warm_up(engine: Engine, learners: Sequence[str]) -> None:
    """Start what training will need, here and where trials run, and return at once.

    What cannot be loaded is not told here: whoever needs it first meets the same error, in a place that can say so.
    """
    engine.warm()
    Thread(target=_load, args=(tuple(learners),), name="loading learners", daemon=True).start()


def _load(learners: Sequence[str]) -> None:
    for name in learners:
        with suppress(Exception):
            learner(name)
