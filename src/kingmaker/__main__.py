"""The console command, also as `python -m kingmaker`. The wiring is loaded when a command first opens the house."""

import sys
from importlib import import_module
from typing import TYPE_CHECKING

from kingmaker.interfaces.cli.app import run_command_line
from kingmaker.settings import Settings

if TYPE_CHECKING:
    from kingmaker.ports.house import House


def open_house(settings: Settings) -> "House":
    """What `wiring.open_house` opens. `--help` and `--version` never come here, and load none of its technologies."""
    house: House = import_module("kingmaker.wiring").open_house(settings)
    return house


def main() -> None:
    sys.exit(run_command_line(open_house))


if __name__ == "__main__":
    main()
