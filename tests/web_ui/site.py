"""A control centre as a process of its own, over a copy of a home, with one person for each role."""

import json
import multiprocessing
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Final

from tests.journeys.console import Console

from kingmaker.__main__ import main
from kingmaker.control.office.office import Office
from kingmaker.domain.access import Role, owner
from kingmaker.settings import Settings
from kingmaker.wiring import open_house

PASSWORD: Final = "correct horse battery staple"
PEOPLE: Final = {"ada": Role.ADMIN, "vera": Role.VIEWER, "oleg": Role.OPERATOR, "piet": Role.APPROVER}
_WARM: Final = multiprocessing.get_context("forkserver")
"""Control centres are forked from a process that has loaded them: to load takes much longer than all that a test does."""
_WARM.set_forkserver_preload(["tests.web_ui.warm"])
_ENDS_WITHIN: Final = 10.0
"""Seconds."""


@dataclass(frozen=True, slots=True)
class Site:
    """`process` is the number of the process that answers."""

    console: Console
    url: str
    process: int

    @contextmanager
    def office(self, name: str = "ada") -> Iterator[Office]:
        """What somebody at the machine itself sees and does, without a process for each word."""
        house = open_house(Settings(home=self.console.home))
        try:
            yield Office(house, owner(name))
        finally:
            house.close()


@contextmanager
def standing(console: Console, *, runs: int = 0) -> Iterator[Site]:
    """Answers over the console's home; `runs` are conducted at once, none by default."""
    admit_everybody(console)
    told, tells = _WARM.Pipe(duplex=False)
    process = _WARM.Process(target=_answer, args=(console.folder, console.variables, runs, tells))
    process.start()
    tells.close()
    try:
        line = _told_by(told)
        assert line, (console.folder / "control.log").read_text(encoding="utf-8")
        assert process.pid is not None
        yield Site(console, json.loads(line)["url"], process.pid)
    finally:
        _end(process)
        told.close()


def _told_by(pipe: Connection) -> str:
    """The first line of standard output. Empty for a process that ended before it told one."""
    with open(pipe.fileno(), encoding="utf-8", closefd=False) as said:
        return said.readline()


def _answer(folder: Path, variables: Mapping[str, str], runs: int, tells: Connection) -> None:
    """What `kingmaker control` does in the folder, in a process of its own that tells its standard output to the pipe."""
    os.environ.clear()
    os.environ.update(variables)
    tempfile.tempdir = None
    os.chdir(folder)
    with (folder / "control.log").open("w") as log:
        os.dup2(log.fileno(), sys.stderr.fileno())
    os.dup2(tells.fileno(), sys.stdout.fileno())
    told = ["control", "--port", "0", "--runs", str(runs), "--data", str(folder), "--json"]
    sys.argv = ["kingmaker", *told]
    main()


def _end(process: ForkServerProcess) -> None:
    process.terminate()
    process.join(_ENDS_WITHIN)
    if process.is_alive():
        process.kill()
        process.join()
    process.close()


def admit_everybody(console: Console) -> None:
    house = open_house(Settings(home=console.home))
    office = Office(house, owner("root"))
    known = {person.name for person in office.people()}
    for name, role in PEOPLE.items():
        if name not in known:
            office.put_person(name, [role], password=PASSWORD)
    house.close()
