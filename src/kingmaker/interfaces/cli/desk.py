"""What every command finds on its desk: settings, and a house or a control centre, opened only when a command needs it."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Annotated

import typer

from kingmaker.domain.access import owner
from kingmaker.settings import Settings

if TYPE_CHECKING:  # the help needs no house
    from kingmaker.control.verbs import Verbs
    from kingmaker.interfaces.client import Client
    from kingmaker.ports.house import House
    from kingmaker.serving.source import Source

OpenHouse = Callable[[Settings], "House"]
OpenSource = Callable[[str, Sequence[str]], "Source"]
"""Opens what an endpoint follows, by its name and the public keys to believe."""

Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]


class GoesOn(Exception):
    """Whoever watched has left; what was watched goes on elsewhere. The sentence says what, and how to end it."""


@dataclass(frozen=True, slots=True)
class Desk:
    settings: Settings
    open_house: OpenHouse
    open_source: OpenSource | None = None

    @property
    def is_afar(self) -> bool:
        """Whether a control centre is spoken to, and not the house of this machine."""
        return bool(self.settings.server)

    @property
    def place(self) -> str:
        """Where things are, in a sentence."""
        return f"at {self.settings.server}" if self.is_afar else "in this home"

    @contextmanager
    def house(self) -> "Iterator[House]":
        """The house of this machine, closed at the end of the block."""
        house = self.open_house(self.settings)
        try:
            yield house
        finally:
            house.close()

    @contextmanager
    def verbs(self) -> "Iterator[Verbs]":
        """Everything that can be said: to the control centre where one is named, else in this house as its owner."""
        if self.is_afar:
            with self.client() as client:
                yield client
            return
        own_house = import_module("kingmaker.interfaces.cli.own_house").OwnHouse
        with self.house() as house:
            yield own_house(house, owner(self.settings.by))

    @contextmanager
    def client(self) -> "Iterator[Client]":
        """The control centre, which can tell more than the verbs say: what a run does while it does it, and its report."""
        settings = self.settings
        speak = import_module("kingmaker.interfaces.client").Client
        with speak(settings.server, token=settings.token, authority=settings.authority) as client:
            yield client

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
