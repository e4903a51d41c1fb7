"""Saving a declaration: only over the one that was read. Whoever was second sees what the first changed, and loses nothing."""

from dataclasses import dataclass, field

from nicegui import ui

from kingmaker.domain.errors import Conflict, KingmakerError, NotLoggedIn
from kingmaker.domain.schedule import Declared
from kingmaker.interfaces.web_ui.here import Here
from kingmaker.interfaces.web_ui.parts.acting import refuse
from kingmaker.interfaces.web_ui.parts.elements import button, heading, link, moment, text
from kingmaker.interfaces.web_ui.pipeline_parts.comparing import comparison
from kingmaker.interfaces.web_ui.pipeline_parts.editor import Editor


@dataclass
class Saving:
    """`pipeline` None: a new one, which the text names. `expected` is the number of the declaration that was read, 0: none."""

    here: Here
    editor: Editor
    pipeline: str | None
    expected: int
    _meanwhile: ui.element = field(init=False)

    def build(self) -> None:
        t = self.here.t
        with ui.element("div").classes("km-row"):
            button(t("declaration.save"), self.save, plain=False)
            link(t("declaration.leave"), f"/pipelines/{self.pipeline}" if self.pipeline else "/")
        self._meanwhile = ui.element("div").props("aria-live=polite")

    async def save(self) -> None:
        if not await self.editor.look():
            if self.editor.mistakes:
                ui.notify(self.here.t("declaration.has_mistakes", count=len(self.editor.mistakes)), type="negative")
            return
        said, expected, name = self.editor.value, self.expected, self.pipeline
        try:
            declared = await self.here.ask(lambda office: office.declare(said, expected=expected, pipeline=name))
        except NotLoggedIn:
            self.editor.leave_to_log_in()
        except Conflict as error:
            await self._conflict(error)
        except KingmakerError as error:
            refuse(error)
        else:
            self.editor.forget()
            ui.navigate.to(f"/pipelines/{declared.pipeline}/declaration")

    async def _conflict(self, error: Conflict) -> None:
        """`where` of the ledger's conflict is the pipeline's name."""
        name = self.pipeline or error.where
        try:
            newest = await self.here.ask(lambda office: office.declared(name))
        except KingmakerError:
            refuse(error)
            return
        self._meanwhile.clear()
        with self._meanwhile, ui.element("section").classes("km-card"):
            self._tell(newest)

    def _tell(self, newest: Declared) -> None:
        t = self.here.t
        heading(t("declaration.conflict"))
        with ui.element("p"):
            text(t("declaration.conflict_told", by=newest.by, number=newest.number) + " ")
            moment(newest.at)
        titles = (t("declaration.theirs", number=newest.number, by=newest.by), t("declaration.mine"))
        comparison(self.here, newest.text, self.editor.value, titles)

        async def over() -> None:
            self.expected = newest.number  # the button stays: what it begins would not know its page once it is gone
            await self.save()

        def theirs() -> None:
            self.expected = newest.number
            self.editor.put(newest.text)
            self._meanwhile.clear()

        with ui.element("div").classes("km-row"):
            button(t("declaration.save_over"), over, plain=False)
            button(t("declaration.take_theirs"), theirs)
