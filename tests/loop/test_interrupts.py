"""An interrupt that comes at a bad moment waits for a better one."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from kingmaker.loop.interrupts import holding_interrupts


@pytest.fixture(autouse=True)
def heard() -> Iterator[None]:
    """Whoever starts the tests in the background may have told them to ignore SIGINT."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_an_interrupt_waits_until_the_block_is_done(tmp_path: Path) -> None:
    done = tmp_path / "done"
    with pytest.raises(KeyboardInterrupt):  # noqa: PT012 - what is done in the block is what the test is about
        with holding_interrupts():
            signal.raise_signal(signal.SIGINT)
            done.touch()
        raise AssertionError("the interrupt was lost")
    assert done.exists()


def test_a_block_that_nobody_interrupts_leaves_the_handler_as_it_was() -> None:
    before = signal.getsignal(signal.SIGINT)
    with holding_interrupts():
        assert signal.getsignal(signal.SIGINT) is not before
    assert signal.getsignal(signal.SIGINT) is before
