"""A lender's control centre over real HTTP, behind the real door, and the same office on the spot."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.control_centre.champions.conftest import held_run
from tests.control_centre.hosting import hosted
from tests.loop.announcing.lender import PIPELINE, Lender

from kingmaker.control.access.first import first_token
from kingmaker.control.office.office import Office
from kingmaker.domain.access import Principal, Role
from kingmaker.interfaces.control_centre.app import Centre, build_app
from kingmaker.interfaces.control_centre.doorkeeping import FrontDoor
from kingmaker.loop.announce import announce
from kingmaker.ports.house import House
from kingmaker.settings import Settings
from kingmaker.wiring import open_house

LOANS = "loan,applied_on,went_bad_on\nL1,2020-01-01,\n"
OUTCOMES = b"loan,went_bad_on\nL1,2020-06-01\n"
DECLARATION = f"""\
pipeline: {PIPELINE}
source: {{file: loans.csv}}
id: loan
applied_at: applied_on
outcome: {{observed_at: went_bad_on, horizon: 12 months}}
training: {{learners: [scorecard]}}
"""


@dataclass(frozen=True, slots=True)
class Lending:
    """`secret` is an administrator's token at `url`; `office` is asked in the same name."""

    url: str
    secret: str
    house: House
    office: Office
    versions: tuple[str, ...]


def furnish(folder: Path) -> tuple[str, ...]:
    """Three versions, the first in force; runs 2 and 3 were held, with the others as their candidates."""
    (folder / "home" / "data").mkdir(parents=True)
    (folder / "home" / "data" / "loans.csv").write_text(LOANS, encoding="utf-8")
    lender = Lender.in_home(folder / "home")
    lender.crown(lender.versions[0])
    announce(lender.house, PIPELINE)
    for key, version in zip(("april", "may"), lender.versions[1:], strict=True):
        held_run(lender, key, version, by="schedule")
    lender.house.close()
    return lender.versions


@contextmanager
def open_lending(furnished: Path, versions: tuple[str, ...], folder: Path) -> Iterator[Lending]:
    shutil.copytree(furnished / "home", folder / "home")
    served, here = open_house(Settings(home=folder / "home")), open_house(Settings(home=folder / "home"))
    made = first_token(served)
    assert made is not None
    who = Principal(name=made.token.name, roles=frozenset({Role.ADMIN}))
    try:
        with hosted(build_app(Centre(house=served, doorkeeper=FrontDoor(served)))) as url:
            yield Lending(url, made.secret, here, Office(here, who), versions)
    finally:
        here.close()
        served.close()
