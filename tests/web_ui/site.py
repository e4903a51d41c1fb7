"""A control centre as a process of its own, over a copy of a home, with one person for each role."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Final

from tests.journeys.console import COMMAND, Console

from kingmaker.control.office.office import Office
from kingmaker.domain.access import Role, owner
from kingmaker.settings import Settings
from kingmaker.wiring import open_house

PASSWORD: Final = "correct horse battery staple"
PEOPLE: Final = {"ada": Role.ADMIN, "vera": Role.VIEWER, "oleg": Role.OPERATOR, "piet": Role.APPROVER}


@dataclass(frozen=True, slots=True)
class Site:
    """`process` is the number of the process that answers."""

    console: Console
    url: str
    process: int


@contextmanager
def standing(console: Console, *, runs: int = 0) -> Iterator[Site]:
    """Answers over the console's home; `runs` are conducted at once, none by default."""
    admit_everybody(console)
    log = (console.folder / "control.log").open("w")
    with log, console_process(console, runs, log) as process:
        assert process.stdout is not None
        try:
            yield Site(console, json.loads(process.stdout.readline())["url"], process.pid)
        finally:
            process.terminate()


def console_process(console: Console, runs: int, log: IO[str]) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [*COMMAND, "control", "--port", "0", "--runs", str(runs), "--data", str(console.folder), "--json"],
        cwd=console.folder,
        env=console.variables,
        stdout=subprocess.PIPE,
        stderr=log,
        text=True,
    )


def admit_everybody(console: Console) -> None:
    house = open_house(Settings(home=console.home))
    office = Office(house, owner("root"))
    known = {person.name for person in office.people()}
    for name, role in PEOPLE.items():
        if name not in known:
            office.put_person(name, [role], password=PASSWORD)
    house.close()
