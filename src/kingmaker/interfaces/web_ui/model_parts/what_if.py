"""What the version would say of an applicant who is made up, or of two side by side: its real bundle scores them."""

from nicegui import events, ui

from kingmaker.domain.errors import KingmakerError
from kingmaker.interfaces.web_ui.here import Here
from kingmaker.interfaces.web_ui.model_parts.answer import answer, signed_points
from kingmaker.interfaces.web_ui.model_parts.form import beyond, fields_html, values_of
from kingmaker.interfaces.web_ui.model_parts.seen import SeenModel
from kingmaker.interfaces.web_ui.parts.elements import button, element, heading, paragraph
from kingmaker.interfaces.web_ui.parts.tables import Column, table
from kingmaker.loop.model_records import Judged

_CHANGED = "(event) => emit(event.target.name, event.target.value)"


async def what_if(here: Here, seen: SeenModel) -> None:
    """One applicant, prefilled from the first golden row; a second one on demand."""
    paragraph(here.t("model.what_if_told"))
    await Desk(here, seen).lay()


class Applicant:
    """One form and what is said of it. `letter` is A or B."""

    def __init__(self, desk: "Desk", letter: str, values: dict[str, str]) -> None:
        self.desk = desk
        self.letter = letter
        self.values = values
        t = desk.here.t
        with ui.element("div"):
            with ui.element("div"):
                heading(t("model.applicant", letter=letter), 3)
                self._prefill()
                self.form = ui.html("", sanitize=False, tag="form").classes("km-model-form")
                self.form.on("change", self._changed, js_handler=_CHANGED)
                self.form.on("submit.prevent", desk.score)
                button(t("model.score_it"), desk.score, plain=False)
            self.answer = ui.element("div").props("aria-live=polite")
        self.fill()

    def fill(self) -> None:
        schema = self.desk.seen.model.schema
        self.form.set_content(fields_html(self.desk.here.t, schema, self.values, self.letter))

    def _prefill(self) -> None:
        t, golden = self.desk.here.t, self.desk.seen.model.golden
        options = "".join(
            f'<option value="{index}">{t("model.golden", number=index + 1, score=row.score)}</option>'
            for index, row in enumerate(golden)
        )
        name = f"golden-{self.letter}"
        with element("p").classes("km-row"):
            ui.html(t("model.prefill"), sanitize=False, tag="label").props(f"for={name}")
            made = (
                ui.html(options, sanitize=False, tag="select").classes("km-field km-model-prefill").props(f"id={name}")
            )
            made.on("change", self._take, js_handler="(event) => emit(event.target.value)")

    async def _take(self, event: events.GenericEventArguments) -> None:
        row = self.desk.seen.model.golden[int(event.args)]
        self.values = values_of(row, self.desk.seen.model.schema)
        self.fill()
        await self.desk.score()

    async def _changed(self, event: events.GenericEventArguments) -> None:
        name, value = event.args
        self.values[str(name)] = str(value)
        await self.desk.score()


class Desk:
    """The applicants who are looked at together."""

    def __init__(self, here: Here, seen: SeenModel) -> None:
        self.here = here
        self.seen = seen
        self.applicants: list[Applicant] = []
        self.side_by_side = ui.element("div").classes("km-model-desk")
        self.compared = ui.element("div").props("aria-live=polite")
        with ui.element("div").classes("km-row"):
            self.more = button(here.t("model.compare"), self.add)

    async def lay(self) -> None:
        first = values_of(self.seen.model.golden[0], self.seen.model.schema)
        self._seat("A", first)
        await self.score()

    async def add(self) -> None:
        """A second applicant, at first the same as the first."""
        self._seat("B", dict(self.applicants[0].values))
        self.more.delete()
        await self.score()

    def _said(self) -> list[dict[str, str | None]]:
        return [{name: value or None for name, value in one.values.items()} for one in self.applicants]

    async def score(self) -> None:
        """Tell what the model says, unless something else was said since."""
        said = self._said()
        try:
            answers = await self.here.ask(lambda office: office.what_if(self.seen.pipeline, self.seen.version, said))
        except KingmakerError as error:
            if said == self._said():
                self._refused(error)
            return
        if said == self._said():
            self._show(answers)

    def _show(self, answers: list[Judged]) -> None:
        for one, judged in zip(self.applicants, answers, strict=True):
            one.answer.clear()
            with one.answer:
                answer(self.here, judged, beyond(one.values, self.seen.model.schema))
        self._compare(answers)

    def _seat(self, letter: str, values: dict[str, str]) -> None:
        with self.side_by_side:
            self.applicants.append(Applicant(self, letter, values))

    def _refused(self, error: KingmakerError) -> None:
        for one in self.applicants:
            one.answer.clear()
            with one.answer:
                element("p", error.sentence()).classes("km-empty").props("role=alert")

    def _compare(self, answers: list[Judged]) -> None:
        self.compared.clear()
        if len(answers) < 2:
            return
        t, (one, other) = self.here.t, answers[:2]
        a, b = (applicant.values for applicant in self.applicants[:2])
        points = [{part.column: part.points for part in judged.parts} for judged in (one, other)]
        differing = [name for name in self.seen.model.schema.names if a[name] != b[name]]
        with self.compared:
            heading(t("model.compared"), 3)
            if not differing:
                paragraph(t("model.the_same"), quiet=True)
                return
            paragraph(t("model.apart", points=signed_points(other.exact_score - one.exact_score)))
            columns = [Column(t("model.column")), Column("A"), Column("B"), Column(t("model.makes"), is_number=True)]
            missing = t("model.missing")
            rows = [
                [name, a[name] or missing, b[name] or missing, _makes(points[0], points[1], name)] for name in differing
            ]
            table(t("model.compared"), columns, rows)


def _makes(one: dict[str, float], other: dict[str, float], column: str) -> str:
    return signed_points(one[column] - other[column]) if column in one and column in other else "-"
