"""Who is in force, in a sentence, and what may be done about it."""

from collections.abc import Iterable

from nicegui import ui

from kingmaker.control.records import RunLine
from kingmaker.domain.access import Right
from kingmaker.interfaces.web_ui.here import Here
from kingmaker.interfaces.web_ui.parts.acting import ask_why
from kingmaker.interfaces.web_ui.parts.elements import button, element, heading, link, mark, moment, paragraph, text
from kingmaker.interfaces.web_ui.pipeline_parts.choosing import ask_which
from kingmaker.interfaces.web_ui.pipeline_parts.seen import Seen
from kingmaker.interfaces.web_ui.run_parts.acts import Then
from kingmaker.interfaces.web_ui.run_parts.asking import asking


def head(here: Here, seen: Seen) -> None:
    with ui.element("div").classes("km-row km-pipeline-title"):
        heading(seen.pipeline, 1)
        if seen.line.frozen is not None:
            mark(here.t("pipeline.frozen"), "hold")
        if seen.alarms:
            mark(here.t("pipeline.alarms", count=min(seen.alarms, 100)), "bad")
    _in_force(here, seen)
    if seen.line.frozen is not None:
        with ui.element("p"):
            text(here.t("pipeline.frozen_told", by=seen.line.frozen.by, why=seen.line.frozen.why) + " ")
            moment(seen.line.frozen.since)
    _waiting(here, seen)
    _links(here, seen)
    _actions(here, seen)


def _in_force(here: Here, seen: Seen) -> None:
    t = here.t
    if seen.reign is None:
        element("p", t("pipeline.no_champion_told")).classes("km-empty")
        return
    turn = seen.reign.turn
    with ui.element("p").classes("km-pipeline-lead"):
        link(turn.version[:12], f"/pipelines/{seen.pipeline}/models/{turn.version}").classes("km-pipeline-version")
        learner = seen.learner_of(turn.version)
        text(f" ({learner})" if learner else "")
        text(f" {t('pipeline.in_force_since')} ")
        moment(turn.since)
        text(f", {t(f'pipeline.turn.{turn.reason.value}', by=turn.by)}.")
    paragraph(turn.why, quiet=True)


def _waiting(here: Here, seen: Seen) -> None:
    """The runs that wait for a person, and the one that is under way."""
    newest = seen.line.newest_run
    with ui.element("ul").classes("km-pipeline-now") as made:
        for number in seen.line.held:
            with ui.element("li"):
                mark(here.t("pipeline.waits_for_person"), "hold")
                link(here.t("pipeline.decide_on_run", number=number), f"/runs/{number}/verdict")
        if newest is not None and newest.state == "under way":
            _under_way(here, newest)
    if not made.default_slot.children:
        made.delete()


def _under_way(here: Here, newest: RunLine) -> None:
    with ui.element("li"):
        mark(here.t("pipeline.under_way"))
        link(here.t("pipeline.run_under_way", number=newest.run.number), f"/runs/{newest.run.number}")


def _links(here: Here, seen: Seen) -> None:
    name = seen.pipeline
    with ui.element("nav").classes("km-row").props(f'aria-label="{here.t("pipeline.links")}"'):
        link(here.t("pipeline.monitoring"), f"/pipelines/{name}/monitoring")
        link(here.t("pipeline.runs"), f"/runs?pipeline={name}")
        link(here.t("pipeline.replay"), f"/replays?pipeline={name}")
        link(here.t("pipeline.declaration"), f"/pipelines/{name}/declaration")


def _actions(here: Here, seen: Seen) -> None:
    t, name = here.t, seen.pipeline
    with ui.element("div").classes("km-row km-pipeline-actions") as row:
        if here.may(Right.ASK, name) and seen.declared is not None:
            button(t("runs.ask"), lambda: asking(here, [name], _to_runs(name), chosen=name), plain=False)
        if here.may(Right.DECIDE, name):
            _decisions(here, seen)
    if not row.default_slot.children:
        row.delete()


def _to_runs(name: str) -> Then:
    async def go() -> None:
        ui.navigate.to(f"/runs?pipeline={name}")

    return go


def _decisions(here: Here, seen: Seen) -> None:
    t, name = here.t, seen.pipeline
    if seen.former:
        button(
            t("pipeline.roll_back"),
            lambda: ask_which(
                here, t("pipeline.roll_back"), t("pipeline.roll_back_told"), _named(seen, seen.former),
                lambda office, version, why: office.roll_back(name, to=version, why=why),
            ),
        )  # fmt: skip
    if seen.never_crowned:
        turn = seen.reign.turn.turn if seen.reign else 0
        button(
            t("pipeline.promote"),
            lambda: ask_which(
                here, t("pipeline.promote"), t("pipeline.promote_told"), _named(seen, seen.never_crowned),
                lambda office, version, why: office.promote(name, version, expected_turn=turn, why=why),
            ),
        )  # fmt: skip
    if seen.line.frozen is not None:
        button(
            t("pipeline.lift_freeze"),
            lambda: ask_why(
                here, t("pipeline.lift_freeze"), t("pipeline.lift_freeze_told"),
                lambda office, why: office.lift_freeze(name, why=why),
            ),
        )  # fmt: skip
    elif seen.reign is not None:
        button(
            t("pipeline.freeze"),
            lambda: ask_why(
                here, t("pipeline.freeze"), t("pipeline.freeze_told"), lambda office, why: office.freeze(name, why=why)
            ),
        )


def _named(seen: Seen, versions: Iterable[str]) -> dict[str, str]:
    return {version: named(seen, version) for version in versions}


def named(seen: Seen, version: str) -> str:
    """A version in a list to choose from: its digits, what it is, and the run that it is of."""
    known = next((one for one in seen.versions if one.version == version), None)
    return f"{version[:12]} · {known.learner} · {known.run}" if known else version[:12]
