"""Plain HTML elements with their texts escaped: what a screen reader knows without being told."""

from collections.abc import Awaitable, Callable
from datetime import date, datetime
from html import escape
from typing import Any, Final

from nicegui import ui

from kingmaker.interfaces.report.wording import ABSENT

Act = Callable[[], Awaitable[Any] | Any]

MARKS: Final = ("open", "good", "hold", "bad")


def element(tag: str, said: str = "") -> ui.element:
    """An element with a text in it, whatever characters the text has."""
    made = ui.element(tag)
    if said:
        with made:
            text(said)
    return made


def text(said: str) -> ui.html:
    """A text inside of whatever is being made."""
    return ui.html(escape(said), sanitize=False, tag="span")


def heading(said: str, level: int = 2) -> ui.element:
    return ui.html(escape(said), sanitize=False, tag=f"h{level}")


def paragraph(said: str, *, quiet: bool = False) -> ui.element:
    return ui.html(escape(said), sanitize=False, tag="p").classes("km-quiet" if quiet else "")


def link(said: str, to: str) -> ui.element:
    made = ui.html(escape(said), sanitize=False, tag="a")
    made.props["href"] = to
    return made


def button(said: str, act: Act, *, plain: bool = True) -> ui.element:
    """A button that does something; `plain` ones stand back."""
    made = ui.html(escape(said), sanitize=False, tag="button").classes("km-button" + (" plain" if plain else ""))
    made.props["type"] = "button"
    made.on("click", act)
    return made


def mark(said: str, kind: str = "open") -> ui.element:
    """A short word in a colour that means something: `good`, `hold`, `bad` or, for nothing in particular, `open`."""
    assert kind in MARKS, kind
    return text(said).classes(f"km-mark {kind}")


def moment(at: datetime | date | None) -> ui.element:
    """A time, which the browser tells in the viewer's zone; a day is the same in all zones. A dash for none."""
    if at is None:
        return text(ABSENT)
    said = f"{at:%Y-%m-%d %H:%M}" if isinstance(at, datetime) else at.isoformat()
    made = ui.html(escape(said), sanitize=False, tag="time")
    made.props["datetime"] = at.isoformat()
    return made


def empty(said: str) -> ui.element:
    """What a page says where there is nothing yet: what it would show, and what to do next."""
    return ui.html(escape(said), sanitize=False, tag="p").classes("km-empty")
