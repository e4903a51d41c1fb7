"""The text of a declaration under way: looked at as it is typed, its mistakes shown where they stand, kept in the browser."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from nicegui import ui
from nicegui.elements.codemirror import CodeMirror

from kingmaker.control.records import Mistake
from kingmaker.domain.errors import KingmakerError, NotLoggedIn
from kingmaker.interfaces.web_ui.here import Here
from kingmaker.interfaces.web_ui.parts.elements import button, element, heading, paragraph

DEBOUNCE_SECONDS: Final = 0.4
_LIGHT: Final = "vscodeLight"
_DARK: Final = "vscodeDark"
_PREPARE: Final = """
(async () => {{
  const made = getElement({id});
  await made.editorPromise;
  const content = made.$el.querySelector('.cm-content');
  content.setAttribute('aria-label', {label});
  content.tabIndex = 0;
  const turn = () => made.setTheme(document.body.classList.contains('body--dark') ? '{dark}' : '{light}');
  new MutationObserver(turn).observe(document.body, {{attributes: true, attributeFilter: ['class']}});
  turn();
  return sessionStorage.getItem({key});
}})()
"""


@dataclass
class Editor:
    """`key` is where the browser keeps what is not saved: no refusal, reload or lapsed session loses it.

    The field itself is never updated while somebody types: an update carries the text as the server knows it, and would take
    back what is still on its way. So marks and theme are set by methods in the browser.
    """

    here: Here
    key: str
    text: str
    """What the page began with; a kept text that differs is offered again."""
    mistakes: Sequence[Mistake] = ()
    _field: CodeMirror = field(init=False)
    _beside: ui.element = field(init=False)
    _waiting: ui.element = field(init=False)
    """Where timers are: a new one in the field would update it."""
    _timer: ui.timer | None = field(init=False, default=None)

    def build(self) -> None:
        t = self.here.t
        offered, self._waiting = ui.element("div"), ui.element("div")
        with ui.element("div").classes("km-declaration-editing"):
            with ui.element("div"):
                self._field = ui.codemirror(
                    self.text, language="YAML", theme=_LIGHT, indent="  ", line_wrapping=True, on_change=self._changed
                ).classes("km-declaration-editor")
                paragraph(t("declaration.keys"), quiet=True)
            with ui.element("section").props(f'aria-label="{t("declaration.mistakes")}" aria-live=polite'):
                heading(t("declaration.mistakes"), 3)
                self._beside = ui.element("div")
        ui.timer(0, lambda: self._begin(offered), once=True)

    @property
    def value(self) -> str:
        return str(self._field.value or "")

    def put(self, text: str) -> None:
        """Another text instead; it is looked at as if it had been typed."""
        self._field.set_value(text)

    async def look(self) -> bool:
        """Whether the text is well declared. What is not stands beside it, and is marked in it."""
        text = self.value
        try:
            found = await self.here.ask(lambda office: office.check(text))
        except NotLoggedIn:
            self.leave_to_log_in()
            return False
        except KingmakerError as error:
            found = [Mistake(line=1, column=1, sentence=error.sentence())]
        if text == self.value:
            self.mistakes = found
            self._field.run_method("setDecorations", [spec for one in found for spec in _marks(text, one)])
            self._tell(found)
        return not found

    def forget(self) -> None:
        """Nothing is unsaved any more."""
        ui.run_javascript(f"sessionStorage.removeItem({json.dumps(self.key)})")

    def leave_to_log_in(self) -> None:
        """The session is over; the text is kept, and is there again after the log-in."""
        ui.notify(self.here.t("declaration.session_over"), type="negative")
        ui.navigate.to(f"/login?to={self.here.request.url.path}")

    async def _begin(self, offered: ui.element) -> None:
        await ui.context.client.connected()
        label, key = json.dumps(self.here.t("declaration.text")), json.dumps(self.key)
        script = _PREPARE.format(id=self._field.id, label=label, key=key, dark=_DARK, light=_LIGHT)
        kept = await ui.run_javascript(script, timeout=20)
        if isinstance(kept, str) and kept != self.value:
            self._offer(offered, kept)
        await self.look()

    def _offer(self, offered: ui.element, kept: str) -> None:
        t = self.here.t

        def take() -> None:
            self.put(kept)
            offered.clear()

        def drop() -> None:
            self.forget()
            offered.clear()

        with offered, ui.element("div").classes("km-card").props("role=status"):
            paragraph(t("declaration.unsaved"))
            with ui.element("div").classes("km-row"):
                button(t("declaration.take_up"), take, plain=False)
                button(t("declaration.drop"), drop)

    def _changed(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        with self._waiting:
            self._timer = ui.timer(DEBOUNCE_SECONDS, self._settled, once=True)

    async def _settled(self) -> None:
        ui.run_javascript(f"sessionStorage.setItem({json.dumps(self.key)}, {json.dumps(self.value)})")
        await self.look()

    def _tell(self, found: Sequence[Mistake]) -> None:
        t = self.here.t
        self._beside.clear()
        with self._beside:
            if not found:
                element("p", t("declaration.no_mistake"))
                return
            with ui.element("ul").classes("km-declaration-mistakes"):
                for one in found:
                    with ui.element("li"):
                        self._place(one)
                        element("div", one.sentence)

    def _place(self, one: Mistake) -> None:
        place = button(
            self.here.t("declaration.place", line=one.line, column=one.column),
            lambda: self._field.reveal_line(one.line),
        )
        place.classes(remove="km-button plain")


def _marks(text: str, one: Mistake) -> list[dict[str, object]]:
    """The line tinted, and the word underlined where there is one."""
    lines = text.split("\n")
    if one.line > len(lines):
        return []
    line = lines[one.line - 1]
    specs: list[dict[str, object]] = [{"kind": "line", "line": one.line, "class": "km-declaration-wrong-line"}]
    word = line[one.column - 1 :].split(" #")[0].rstrip()
    if word:
        start = sum(len(before) + 1 for before in lines[: one.line - 1]) + one.column - 1
        specs.append({"kind": "mark", "from": start, "to": start + len(word), "class": "km-declaration-wrong"})
    return specs
