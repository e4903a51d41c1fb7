"""Everything that a control centre with its pages needs, loaded: what a process has that is forked from one that has this."""

from importlib import import_module
from pkgutil import walk_packages
from typing import Final

from kingmaker import control
from kingmaker.interfaces import control_centre, web_ui
from kingmaker.interfaces.cli import centre

ROOMS: Final = (control, control_centre, web_ui)

assert centre
import_module("kingmaker.wiring")
for room in ROOMS:
    for found in walk_packages(room.__path__, f"{room.__name__}."):
        import_module(found.name)
