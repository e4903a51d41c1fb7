"""A control centre from the terminal: opened, announced, served until it is told to leave."""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Final

import msgspec

from kingmaker.bundle.files import write_whole
from kingmaker.control.access.first import first_token
from kingmaker.control.duties import Duty
from kingmaker.control.notifying.settings import NotifySettings
from kingmaker.control.running.child import start_child
from kingmaker.domain.access import MadeToken
from kingmaker.domain.errors import KingmakerError
from kingmaker.entrance import open_messengers
from kingmaker.interfaces.cli.beside import Beside, neighbours
from kingmaker.interfaces.cli.desk import Desk
from kingmaker.interfaces.cli.screen import Screen
from kingmaker.interfaces.control_centre.company import CompanyLogin
from kingmaker.interfaces.control_centre.serve import Site, serve
from kingmaker.interfaces.control_centre.standing import Plan, stand
from kingmaker.interfaces.control_centre.tls import tls_context
from kingmaker.interfaces.logs import LogForm, configure_logs
from kingmaker.ports.house import DATA_FOLDER, House
from kingmaker.settings import Settings

STOP_SECONDS: Final = 20.0


def control(
    desk: Desk,
    *,
    host: str,
    port: int,
    runs: int,
    data: Path | None,
    certificate: Path | None,
    key: Path | None,
    oidc: Path | None,
    log: LogForm,
    json: bool,
) -> None:
    """The server alone."""
    settings = replace(desk.settings, data=data or desk.settings.data)
    if key is not None and certificate is None:
        raise KingmakerError("--tls-key is named without --tls-cert", remedy="Name the certificate too.")
    site = Site(host=host, port=port, tls=tls_context(certificate, key) if certificate else None)
    configure_logs(log)
    with _house(desk, settings) as house:
        first = first_token(house)
        plan = _plan(settings, runs, company_login=_company_login(oidc, house))
        _serve(house, plan, site, Screen(json=json), first)


def up(
    desk: Desk, *, host: str, port: int, endpoint_port: int | None, data: Path | None, log: LogForm, json: bool
) -> None:
    """Everything on one machine. `endpoint_port` None: no endpoints."""
    settings = replace(desk.settings, data=data or desk.settings.data)
    site = Site(host=host, port=port)
    configure_logs(log)
    with _house(desk, settings) as house:
        first = first_token(house)
        with neighbours(house, host, endpoint_port, json=json) as beside:
            _serve(house, _plan(settings, 1, beside=beside), site, Screen(json=json), first, beside=beside)


@contextmanager
def _house(desk: Desk, settings: Settings) -> Iterator[House]:
    house = desk.open_house(settings)
    try:
        house.data.mkdir(parents=True, exist_ok=True)
        if settings.data is not None:
            write_whole(house.home / DATA_FOLDER, f"{house.data}\n".encode())
        yield house
    finally:
        house.close()


def _plan(
    settings: Settings, runs: int, *, company_login: CompanyLogin | None = None, beside: Sequence[Duty] = ()
) -> Plan:
    notify = NotifySettings.from_environment(os.environ)
    return Plan(
        start_child=partial(start_child, settings),
        start_replay=partial(start_child, settings, "conduct-replay"),
        at_once=runs,
        messengers=open_messengers(notify),
        notify=notify,
        company_login=company_login,
        beside=beside,
    )


def _company_login(settings: Path | None, house: House) -> CompanyLogin | None:
    """Its library is an extra."""
    if settings is None:
        return None
    try:
        login: CompanyLogin = import_module("kingmaker.interfaces.control_centre.oidc").open_login(
            settings, house.clock
        )
    except ModuleNotFoundError as error:
        raise KingmakerError(
            f"the company's log-in needs the package {error.name}, which is not installed",
            remedy="Run pip install 'kingmaker[oidc]'.",
        ) from None
    return login


def _serve(
    house: House,
    plan: Plan,
    site: Site,
    screen: Screen,
    first: MadeToken | None,
    *,
    beside: Sequence[Beside] = (),
) -> None:
    standing = stand(house, plan)

    def told(url: str) -> None:
        for one in beside:
            one.follow(url)
        _announce(screen, house, url, first.secret if first else "", plan)

    try:
        serve(standing.app, site, standing.duties, told=told)
    finally:
        standing.stop(STOP_SECONDS)


def _announce(screen: Screen, house: House, url: str, secret: str, plan: Plan) -> None:
    """The first lines, written at once, for whoever waits for them."""
    if screen.json:
        told = {"url": url, "home": str(house.home), "data": str(house.data), "first_token": secret or None}
        print(msgspec.json.encode(told).decode(), flush=True)
        return
    screen.line(f"Kingmaker's control centre answers on {url}")
    screen.line(f"Home {house.home}; pipelines declared over HTTP read from {house.data}")
    if secret:
        screen.line("Nobody has access yet. This is an administrator's token, shown this once:")
        screen.line(f"  {secret}")
        screen.line(f"Use it: export KINGMAKER_SERVER={url} KINGMAKER_TOKEN=...; then `kingmaker pipelines`.")
    if not plan.at_once:
        screen.line("No run is conducted here: `kingmaker worker` does it, on any machine with this ledger and vault.")
    sys.stdout.flush()
