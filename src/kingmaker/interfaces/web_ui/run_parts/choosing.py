"""Choosing in the address: fields of a form that leads to the same page with other words behind the question mark."""

from collections.abc import Mapping
from html import escape
from typing import Final

from nicegui import ui

_SUBMIT: Final = "(event) => event.target.form.submit()"


def select(label: str, name: str, said: Mapping[str, str], value: str, *, at_once: bool = False) -> None:
    """A field of the form that is being made: `said` by value. `at_once`: choosing shows it without another button."""
    with ui.element("label"):
        ui.html(escape(label), sanitize=False, tag="span")
        options = "".join(
            f'<option value="{escape(one)}"{" selected" if one == value else ""}>{escape(told)}</option>'
            for one, told in said.items()
        )
        made = ui.html(options, sanitize=False, tag="select").classes("km-field")
        made.props["name"] = name
        if at_once:
            made.on("change", js_handler=_SUBMIT)


def choosing() -> ui.element:
    """The form: what is chosen in it becomes the page's query."""
    form = ui.element("form").classes("km-row km-runs-filter")
    form.props["method"] = "get"
    return form


def submit(said: str) -> None:
    ui.html(escape(said), sanitize=False, tag="button").classes("km-button plain").props("type=submit")
