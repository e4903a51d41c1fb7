"""Dialogs: named by their heading, and gone for good when they are closed."""

from collections.abc import Iterator
from contextlib import contextmanager

from nicegui import ui

from kingmaker.interfaces.web_ui.parts.elements import heading


@contextmanager
def titled(title: str) -> Iterator[ui.dialog]:
    """What is made in the block stands in it below the title; it opens when the block ends.

    It belongs to the page: it stays when the part of the page that asked for it is made anew.
    """
    with (
        ui.context.client.content,
        ui.dialog() as dialog,
        ui.element("div").classes("km-dialog").props("role=document"),
    ):
        dialog.props["aria-label"] = title
        heading(title)
        yield dialog
    dialog.on_value_change(lambda event: None if event.value else dialog.delete())
    dialog.open()
