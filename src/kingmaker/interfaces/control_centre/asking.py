"""Who asks: the office that a route works in, made from the request's token or session."""

from collections.abc import Callable
from typing import Annotated, Protocol, cast

from fastapi import Depends, Request

from kingmaker.control.office.office import Office
from kingmaker.domain.access import Principal
from kingmaker.ports.house import House


class Doorkeeper(Protocol):
    """Tells who asks. Raises NotLoggedIn for nobody known, Forbidden for a session's request from another site."""

    def principal(self, request: Request) -> Principal: ...


def office_of(request: Request) -> Office:
    """The dependency of every route that needs somebody known: `office: Asking`."""
    house = cast("House", request.app.state.house)
    doorkeeper = cast("Doorkeeper", request.app.state.doorkeeper)
    who = doorkeeper.principal(request)
    request.state.who = who
    return Office(house, who)


Asking = Annotated[Office, Depends(office_of)]
OpenOffice = Callable[[Request], Office]
