"""Endpoints of every pipeline: what each serves, whether it is in step, and why it is not."""

from dataclasses import replace
from typing import Final
from urllib.parse import urlencode

from markupsafe import Markup
from nicegui import ui

from kingmaker.control.records import EndpointLine
from kingmaker.domain.access import Right
from kingmaker.interfaces.report.wording import ABSENT
from kingmaker.interfaces.web_ui.here import Here
from kingmaker.interfaces.web_ui.parts.elements import element, empty, heading, paragraph
from kingmaker.interfaces.web_ui.parts.fields import query_form, query_text, query_tick
from kingmaker.interfaces.web_ui.parts.living import living
from kingmaker.interfaces.web_ui.parts.markup import anchor, marked, told_at
from kingmaker.interfaces.web_ui.parts.tables import Cell, Column, pager, table
from kingmaker.interfaces.web_ui.room import room
from kingmaker.interfaces.web_ui.run_parts.choosing import select, submit
from kingmaker.loop.endpoints import GONE_AFTER_SECONDS, UNREADABLE

AT_ONCE: Final = 100
RENEWED_EVERY: Final = 15.0
_TITLES: Final = ("pipeline", "endpoint", "standing", "version", "edition", "behind", "state", "reported", "why")
_MAKE: Final = "kingmaker token make branch-7 --role endpoint --pipeline {pipeline}\n"
_START: Final = """export KINGMAKER_DEPOT_TOKEN=km_…
kingmaker endpoint --pipeline {pipeline} \\
  --from {url} \\
  --key {key} \\
  --name branch-7"""


@room("/endpoints", name="endpoints", title="endpoints.title")
async def endpoints(here: Here, pipeline: str = "", named: str = "", troubled: bool = False, after: str = "") -> None:
    """`after` is `pipeline/endpoint`, the last one of the page before."""
    names = await here.ask(lambda office: [one.pipeline for one in office.pipelines()])
    heading(here.t("endpoints.title"), 1)
    with query_form():
        every = {"": here.t("endpoints.every"), **{name: name for name in names}}
        select(here.t("endpoints.column.pipeline"), "pipeline", every, pipeline)
        query_text(here.t("endpoints.named"), "named", named)
        query_tick(here.t("endpoints.troubled"), "troubled", value=troubled)
        submit(here.t("endpoints.show"))
    page = _Page(here, pipeline, named, after, troubled=troubled)
    page.place = ui.element("section")
    await page.renew()
    living(here, RENEWED_EVERY, page.renew)
    await _how_to_start(here, pipeline or (names[0] if names else "PIPELINE"))


class _Page:
    """What is listed, made anew only when it has changed."""

    place: ui.element

    def __init__(self, here: Here, pipeline: str, named: str, after: str, *, troubled: bool) -> None:
        self._here, self._after = here, after
        self._pipeline, self._named, self._troubled = pipeline, named, troubled
        self._shown: object = None

    async def renew(self) -> None:
        lines = await self._here.ask(
            lambda office: office.endpoint_lines(
                pipeline=self._pipeline or None,
                named=self._named,
                troubled=self._troubled,
                limit=AT_ONCE + 1,
                after=self._after,
            )
        )
        still = [replace(one, report=replace(one.report, age_seconds=None)) for one in lines]
        if still != self._shown:
            self._show(lines)
        self._shown = still

    def _show(self, lines: list[EndpointLine]) -> None:
        t = self._here.t
        self.place.clear()
        with self.place:
            if not lines:
                is_part = self._pipeline or self._named or self._troubled or self._after
                empty(t("endpoints.none_such" if is_part else "endpoints.none"))
                return
            shown = lines[:AT_ONCE]
            columns = [
                Column(t(f"endpoints.column.{name}"), is_number=name in {"edition", "behind"}) for name in _TITLES
            ]
            table(t("endpoints.title"), columns, [self._row(one) for one in shown], stacks=True)
            newest = shown[-1]
            older = self._address(f"{newest.pipeline}/{newest.report.endpoint}") if len(lines) > AT_ONCE else None
            pager(t, newer=self._address("") if self._after else None, older=older)

    def _row(self, line: EndpointLine) -> list[Cell]:
        report = line.report
        to = f"/pipelines/{line.pipeline}"
        model = f"{to}/models/{report.version[:12]}"
        return [
            anchor(line.pipeline, to),
            report.endpoint,
            self._standing(line),
            anchor(report.version[:12], model) if report.version else ABSENT,
            ABSENT if report.edition is None else str(report.edition),
            ABSENT if report.behind is None else str(report.behind),
            ABSENT if report.state in {"", UNREADABLE} else report.state,
            told_at(report.at),
            report.why,
        ]

    def _standing(self, line: EndpointLine) -> Markup:
        report, t = line.report, self._here.t
        if report.is_silent and (report.age_seconds or 0.0) > GONE_AFTER_SECONDS:
            return marked(t("endpoints.gone"), "open")
        if report.is_silent:
            return marked(t("endpoints.silent"), "bad")
        if report.at is None:
            return marked(t("endpoints.unreadable"), "bad")
        if report.behind:
            return marked(t("endpoints.behind"), "hold")
        return marked(t("endpoints.in_step"), "good")

    def _address(self, after: str) -> str:
        troubled = "true" if self._troubled else ""
        said = {"pipeline": self._pipeline, "named": self._named, "troubled": troubled, "after": after}
        kept = {name: value for name, value in said.items() if value}
        return f"/endpoints?{urlencode(kept)}"


async def _how_to_start(here: Here, pipeline: str) -> None:
    heading(here.t("endpoints.start"))
    makes = here.may(Right.ADMINISTER, pipeline)
    paragraph(here.t("endpoints.start_told" if makes else "endpoints.start_asked"))
    key = await here.ask(lambda office: office.keys()[0].text)
    url = str(here.request.base_url).rstrip("/")
    told = (_MAKE if makes else "") + _START
    element("pre", told.format(pipeline=pipeline, url=url, key=key)).classes("km-overview-start")
