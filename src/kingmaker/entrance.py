"""How every process opens a house: the wiring is loaded when one is first opened, and not before."""

from importlib import import_module
from typing import TYPE_CHECKING

from kingmaker.settings import Settings

if TYPE_CHECKING:
    from kingmaker.ports.house import House


def open_house(settings: Settings) -> "House":
    """What `wiring.open_house` opens. `--help` and `--version` never come here, and load none of its technologies."""
    house: House = import_module("kingmaker.wiring").open_house(settings)
    return house
