"""How every process opens a house, or what an endpoint follows: their wiring is loaded when it is needed, and not before."""

from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING

from kingmaker.settings import Settings

if TYPE_CHECKING:
    from kingmaker.control.notifying.settings import NotifySettings
    from kingmaker.ports.house import House
    from kingmaker.ports.messenger import Messenger
    from kingmaker.serving.source import Source


def open_house(settings: Settings) -> "House":
    """What `wiring.open_house` opens. `--help` and `--version` never come here, and load none of its technologies."""
    house: House = import_module("kingmaker.wiring").open_house(settings)
    return house


def open_source(told: str, keys: Sequence[str]) -> "Source":
    """What `endpoint_wiring.open_source` opens, in an environment that may have no house's technologies."""
    source: Source = import_module("kingmaker.endpoint_wiring").open_source(told, keys)
    return source


def open_messengers(settings: "NotifySettings") -> "list[Messenger]":
    """What `wiring.open_messengers` opens: one for each place that hears notices."""
    messengers: list[Messenger] = import_module("kingmaker.wiring").open_messengers(settings)
    return messengers
