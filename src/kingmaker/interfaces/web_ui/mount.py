"""The pages on the application. NiceGUI keeps its pages for the whole process, in which there is one control centre."""

from importlib import import_module
from pkgutil import iter_modules

from fastapi import FastAPI
from nicegui import app as pages
from nicegui import ui

from kingmaker.interfaces.control_centre.app import Centre
from kingmaker.interfaces.web_ui import pages as rooms


def mount_web_ui(app: FastAPI, centre: Centre) -> None:
    """Every page of `pages/`, beside the API. Nothing is fetched from elsewhere."""
    pages.state.house = centre.house
    pages.state.doorkeeper = centre.doorkeeper
    pages.state.company_login = centre.company_login
    for found in iter_modules(rooms.__path__, f"{rooms.__name__}."):
        import_module(found.name)
    ui.run_with(app, title="Kingmaker", show_welcome_message=False, tailwind=False, reconnect_timeout=10.0)
