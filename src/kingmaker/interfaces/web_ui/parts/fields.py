"""Fields of dialogs and of forms that lead to the same page with other words behind the question mark."""

from collections.abc import Callable, Mapping
from html import escape
from itertools import count
from typing import Final

from nicegui import ui

from kingmaker.interfaces.web_ui.parts.elements import text

_NUMBERS: Final = count(1)
_TOLD: Final = "(event) => emit(event.target.value)"


class Choice:
    """One of several, as HTML has it. `value` is what is chosen now."""

    def __init__(
        self, label: str, said: Mapping[str, str], value: str, changed: Callable[[], object] | None = None
    ) -> None:
        self.value = value
        self._changed = changed
        options = "".join(
            f'<option value="{escape(one)}"{" selected" if one == value else ""}>{escape(told)}</option>'
            for one, told in said.items()
        )
        with ui.element("label").classes("km-access-field"):
            text(label)
            made = ui.html(options, sanitize=False, tag="select").classes("km-field")
        made.on("change", lambda event: self._choose(str(event.args)), js_handler=_TOLD)

    def _choose(self, value: str) -> None:
        self.value = value
        if self._changed is not None:
            self._changed()


class Ticks:
    """Any of several. `chosen` are those that are ticked now, in the order in which they stand."""

    def __init__(
        self,
        label: str,
        said: Mapping[str, str],
        chosen: frozenset[str],
        changed: Callable[[], object] | None = None,
    ) -> None:
        self._boxes = {}
        with ui.element("fieldset").classes("km-access-ticks"):
            ui.html(escape(label), sanitize=False, tag="legend")
            for name, told in said.items():
                self._boxes[name] = ui.checkbox(told, value=name in chosen, on_change=changed).props("dense")

    @property
    def chosen(self) -> tuple[str, ...]:
        return tuple(name for name, box in self._boxes.items() if box.value)


def query_form() -> ui.element:
    """What is told in it becomes the page's query; it works without the page's line to the server."""
    form = ui.element("form").classes("km-row km-overview-filter")
    form.props["method"] = "get"
    return form


def query_text(label: str, name: str, value: str) -> None:
    """A field of the form that is being made."""
    with ui.element("label"):
        text(label)
        made = ui.element("input").classes("km-field")
        made.props.update({"name": name, "value": value, "type": "search", "maxlength": "200", "autocomplete": "off"})


def query_tick(label: str, name: str, *, value: bool) -> None:
    """Told as `true` when it is ticked."""
    number = f"tick-{next(_NUMBERS)}"
    with ui.element("span").classes("check"):
        made = ui.element("input")
        made.props.update({"name": name, "value": "true", "type": "checkbox", "id": number})
        if value:
            made.props["checked"] = True
        called = ui.html(escape(label), sanitize=False, tag="label").style("display: inline")
        called.props["for"] = number
