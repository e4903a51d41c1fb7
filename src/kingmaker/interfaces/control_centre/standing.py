"""A control centre put together: the application, and the duties of this process."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from threading import Thread

from fastapi import FastAPI

from kingmaker.control.duties import Duties, Duty
from kingmaker.control.housekeeping_duties import DiskGuard, Sweeper
from kingmaker.control.monitoring import MonitoringDuty
from kingmaker.control.notifying.settings import NotifySettings
from kingmaker.control.notifying.telling import Telling
from kingmaker.control.notifying.watching import Watching
from kingmaker.control.replaying.duty import Replays
from kingmaker.control.running.child import StartChild
from kingmaker.control.running.runner import Runner
from kingmaker.control.scheduling.scheduler import Scheduler
from kingmaker.interfaces.control_centre.app import Centre, build_app
from kingmaker.interfaces.control_centre.company import CompanyLogin
from kingmaker.interfaces.control_centre.doorkeeping import FrontDoor
from kingmaker.interfaces.control_centre.rates import Limits
from kingmaker.interfaces.web_ui.mount import mount_web_ui
from kingmaker.ports.house import House
from kingmaker.ports.messenger import Messenger


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What this process does. `at_once` runs are conducted here, by children that `start_child` starts; 0: none.

    Where runs are conducted replays are done too, one at a time, by a child that `start_replay` starts.
    """

    start_child: StartChild
    start_replay: StartChild
    at_once: int
    messengers: Sequence[Messenger] = ()
    notify: NotifySettings = field(default_factory=NotifySettings)
    company_login: CompanyLogin | None = None
    limits: Limits = field(default_factory=Limits)
    beside: Sequence[Duty] = ()
    """Further duties of this process."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """`stop` lets the runs that are conducted here be given back, waiting at most so many seconds."""

    app: FastAPI
    duties: Duties
    stop: Callable[[float], None]


def stand(house: House, plan: Plan) -> Standing:
    """Everything a control centre is, not started yet."""
    runner = Runner(plan.start_child, at_once=plan.at_once) if plan.at_once else None
    replays = Replays(house, plan.start_replay) if plan.at_once else None
    children = [one for one in (runner, replays) if one is not None]
    duties = Duties([*children, *_duties(house, plan), *plan.beside], clock=house.clock)
    if runner is not None:
        runner.when_news = partial(duties.nudge, runner.name)
    centre = Centre(
        house=house,
        doorkeeper=FrontDoor(house, limits=plan.limits),
        limits=plan.limits,
        company_login=plan.company_login,
        nudge=duties.nudge,
        duties=duties.readings,
    )
    app = build_app(centre)
    mount_web_ui(app, centre)
    return Standing(app=app, duties=duties, stop=partial(_stop, children))


def _duties(house: House, plan: Plan) -> list[Duty]:
    notify = plan.notify
    telling = Telling(
        house.ledger, plan.messengers, clock=house.clock, quiet_hours=notify.quiet_hours, link=notify.link
    )
    return [Scheduler(house), Watching(house), telling, MonitoringDuty(house), Sweeper(house), DiskGuard(house)]


def _stop(children: Sequence[Runner | Replays], seconds: float) -> None:
    """All of them at once, for each of them waits for its own."""
    threads = [Thread(target=one.stop, args=(seconds,), name=f"stopping {one.name}") for one in children]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
