"""What every command finds on its desk: settings, and the house opened only when a command needs it."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from kingmaker.settings import Settings

if TYPE_CHECKING:  # the help needs no house
    from kingmaker.ports.house import House
    from kingmaker.serving.source import Source

OpenHouse = Callable[[Settings], "House"]
OpenSource = Callable[[str, Sequence[str]], "Source"]
"""Opens what an endpoint follows, by its name and the public keys to believe."""

Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]


@dataclass(frozen=True, slots=True)
class Desk:
    settings: Settings
    open_house: OpenHouse
    open_source: OpenSource | None = None

    @contextmanager
    def house(self) -> "Iterator[House]":
        """The house, closed at the end of the block."""
        house = self.open_house(self.settings)
        try:
            yield house
        finally:
            house.close()

    def source(self, told: str, keys: Sequence[str]) -> "Source":
        """What an endpoint follows."""
        if self.open_source is None:
            message = "a command that follows a champion ran without its wiring"
            raise TypeError(message)
        return self.open_source(told, keys)


def desk_of(context: typer.Context) -> Desk:
    desk = context.obj
    if not isinstance(desk, Desk):
        message = "a command ran without its desk"
        raise TypeError(message)
    return desk
