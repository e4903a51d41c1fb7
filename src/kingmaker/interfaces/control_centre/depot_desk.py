"""What the depot's routes share: one watch over the pointers, and how much is taken in at once."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, cast

from fastapi import Depends, Request

from kingmaker.bundle.pointers import pointer_name
from kingmaker.control.office.depot import DepotOffice
from kingmaker.interfaces.control_centre.asking import Asking
from kingmaker.interfaces.control_centre.pointer_watch import PointerWatch
from kingmaker.ports.house import House

SEGMENTS_AT_ONCE = 2
"""A segment is in memory while it is put into the vault."""


class DepotDesk:
    """One for the application, at `app.state.depot`."""

    def __init__(self, house: House) -> None:
        self.watch = PointerWatch(lambda pipeline: house.vault.named(pointer_name(pipeline)))
        self.published: dict[str, str] = {}
        self.taking = asyncio.Semaphore(SEGMENTS_AT_ONCE)


async def desk_of(request: Request) -> DepotDesk:
    return cast("DepotDesk", request.app.state.depot)


AtDesk = Annotated[DepotDesk, Depends(desk_of)]


async def depot_of(office: Asking, desk: AtDesk) -> DepotOffice:
    return DepotOffice(office.house, office.who, desk.published)


AtDepot = Annotated[DepotOffice, Depends(depot_of)]


async def telling_who_waits(request: Request, desk: AtDesk) -> AsyncIterator[None]:
    """A dependency of routes that may move a champion: whoever waits for the pointer hears of it without a pause."""
    yield
    if request.method == "POST":
        desk.watch.nudge()
