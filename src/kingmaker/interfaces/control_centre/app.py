"""The application: every route over one house, behind one doorkeeper."""

from dataclasses import dataclass, field

from fastapi import Depends, FastAPI

from kingmaker import __version__
from kingmaker.interfaces.control_centre.asking import Doorkeeper
from kingmaker.interfaces.control_centre.company import CompanyLogin
from kingmaker.interfaces.control_centre.counting import Counting
from kingmaker.interfaces.control_centre.depot_desk import DepotDesk, telling_who_waits
from kingmaker.interfaces.control_centre.guards import add_guards
from kingmaker.interfaces.control_centre.nudging import Nudge, nobody, waking_duties
from kingmaker.interfaces.control_centre.observing import Observing, ReadDuties
from kingmaker.interfaces.control_centre.problems import add_problems
from kingmaker.interfaces.control_centre.rates import Limits
from kingmaker.interfaces.control_centre.routes import (
    access,
    accounts,
    champions,
    companions,
    depot,
    endpoints,
    glance,
    house,
    models,
    monitoring,
    pipelines,
    replays,
    runs,
    studies,
)
from kingmaker.interfaces.control_centre.streams import RunStreams
from kingmaker.interfaces.control_centre.telling import PROBLEMS
from kingmaker.interfaces.endpoint.tally import Tally
from kingmaker.ports.house import House

API = "/api/v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Centre:
    """What the application stands on. `nudge` wakes a duty of this process by its name; `duties` tells how they fare."""

    house: House
    doorkeeper: Doorkeeper
    limits: Limits = field(default_factory=Limits)
    company_login: CompanyLogin | None = None
    nudge: Nudge = nobody
    duties: ReadDuties = tuple


def build_app(centre: Centre) -> FastAPI:
    """The control centre's application; whoever made the house closes it."""
    app = FastAPI(
        title="Kingmaker control centre",
        version=__version__,
        docs_url=None,
        redoc_url=None,
        openapi_url=f"{API}/openapi.json",
        responses=PROBLEMS,
    )
    app.state.house = centre.house
    app.state.doorkeeper = centre.doorkeeper
    app.state.company_login = centre.company_login
    app.state.nudge = centre.nudge
    app.state.depot = DepotDesk(centre.house)
    app.state.streams = RunStreams(lambda run, after: centre.house.ledger.events(run, after=after))
    app.include_router(
        depot.router
    )  # the first, for a path is held against one route after another, and endpoints ask most
    for noun in (champions, companions):
        app.include_router(noun.router, prefix=API, dependencies=[Depends(telling_who_waits)])
    for noun in (runs, pipelines, replays):
        app.include_router(noun.router, prefix=API, dependencies=[Depends(waking_duties)])
    for noun in (accounts, models, studies, endpoints, monitoring, glance, access, house):
        app.include_router(noun.router, prefix=API)
    tallies: dict[str, Tally] = {}
    app.include_router(Observing(centre.house, tallies, centre.duties).router())
    add_problems(app)
    add_guards(app, centre.limits)
    app.add_middleware(Counting, tallies=tallies)
    return app


def let_go(app: FastAPI) -> None:
    """The process leaves: whoever waits for news is answered now, and comes again elsewhere or later. On the event loop."""
    app.state.depot.watch.end()
    app.state.streams.end()
