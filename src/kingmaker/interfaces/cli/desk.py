"""What every command finds on its desk: settings, and the house opened only when a command needs it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from kingmaker.settings import Settings

if TYPE_CHECKING:  # the help needs no house
    from kingmaker.ports.house import House

OpenHouse = Callable[[Settings], "House"]

Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]


@dataclass(frozen=True, slots=True)
class Desk:
    settings: Settings
    open_house: OpenHouse

    @contextmanager
    def house(self) -> "Iterator[House]":
        """The house, closed at the end of the block."""
        house = self.open_house(self.settings)
        try:
            yield house
        finally:
            house.close()


def desk_of(context: typer.Context) -> Desk:
    desk = context.obj
    if not isinstance(desk, Desk):
        message = "a command ran without its desk"
        raise TypeError(message)
    return desk
