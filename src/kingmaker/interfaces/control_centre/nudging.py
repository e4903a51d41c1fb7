"""What was just asked for is seen to at once: the duties that wait for it in this process are woken."""

from collections.abc import AsyncIterator, Callable
from typing import Final, cast

from fastapi import Request

Nudge = Callable[[str], None]

AWAITING: Final = ("runner", "schedules", "replays")


def nobody(duty: str) -> None:
    """No duty is done in this process."""


async def waking_duties(request: Request) -> AsyncIterator[None]:
    """A dependency of routes that ask for runs or change schedules."""
    yield
    if request.method != "GET":
        nudge = cast("Nudge", request.app.state.nudge)
        for duty in AWAITING:
            nudge(duty)
