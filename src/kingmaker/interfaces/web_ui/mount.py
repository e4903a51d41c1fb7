"""The pages on the application. NiceGUI keeps its pages for the whole process, in which there is one control centre."""

from importlib import import_module
from importlib.resources import files
from pkgutil import iter_modules

from fastapi import FastAPI
from nicegui import app as pages
from nicegui import ui

from kingmaker.interfaces.control_centre.app import Centre
from kingmaker.interfaces.web_ui import pages as rooms
from kingmaker.interfaces.web_ui.line import OnlyLoggedIn
from kingmaker.interfaces.web_ui.missing import add_missing_pages


def mount_web_ui(app: FastAPI, centre: Centre) -> None:
    """Every page of `pages/`, beside the API. Nothing is fetched from elsewhere."""
    pages.state.house = centre.house
    pages.state.doorkeeper = centre.doorkeeper
    pages.state.company_login = centre.company_login
    add_missing_pages(pages)
    app.add_middleware(OnlyLoggedIn, doorkeeper=centre.doorkeeper)
    for found in iter_modules(rooms.__path__, f"{rooms.__name__}."):
        import_module(found.name)
    crown = (files(__package__) / "crown.svg").read_text(encoding="utf-8")
    ui.run_with(
        app, title="Kingmaker", favicon=crown, show_welcome_message=False, tailwind=False, reconnect_timeout=10.0
    )
