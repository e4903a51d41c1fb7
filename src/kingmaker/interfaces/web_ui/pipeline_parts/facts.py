"""Facts in pairs: what, and how it stands."""

from collections.abc import Iterator
from contextlib import contextmanager

from nicegui import ui

from kingmaker.interfaces.web_ui.parts.elements import element


@contextmanager
def facts() -> Iterator[None]:
    with ui.element("dl").classes("km-pipeline-facts"):
        yield


@contextmanager
def fact(name: str) -> Iterator[None]:
    """What is made in the block is the answer."""
    with ui.element("div"):
        element("dt", name)
        with ui.element("dd"):
            yield
