"""How a pipeline stands beside its champion: when it runs next, where it is served, who accompanies it, what is declared."""

from collections import Counter

from nicegui import ui

from kingmaker.domain.access import Right
from kingmaker.interfaces.report.wording import percent
from kingmaker.interfaces.web_ui.here import Here
from kingmaker.interfaces.web_ui.parts.acting import ask_why
from kingmaker.interfaces.web_ui.parts.elements import button, element, heading, link, mark, moment, paragraph, text
from kingmaker.interfaces.web_ui.pipeline_parts.champion import named
from kingmaker.interfaces.web_ui.pipeline_parts.choosing import ask_which, ask_which_and_share
from kingmaker.interfaces.web_ui.pipeline_parts.facts import fact, facts
from kingmaker.interfaces.web_ui.pipeline_parts.seen import Seen
from kingmaker.loop.records import EndpointReport


def schedule_card(here: Here, seen: Seen) -> None:
    t, schedule = here.t, seen.line.schedule
    with ui.element("section").classes("km-card"):
        heading(t("pipeline.schedule"))
        if schedule is None:
            paragraph(t("pipeline.no_schedule"), quiet=True)
        elif schedule.is_paused:
            mark(t("pipeline.paused", by=schedule.paused_by), "hold")
        else:
            paragraph(f"{schedule.cron} ({schedule.zone})", quiet=True)
            with ui.element("ol").classes("km-pipeline-times").props(f'aria-label="{t("pipeline.next_times")}"'):
                for at in seen.next_times:
                    with ui.element("li"):
                        moment(at)
        if seen.line.schedule_fault:
            element("p", seen.line.schedule_fault).props("role=status")
        link(t("pipeline.to_schedules"), "/schedules")


def endpoints_card(here: Here, seen: Seen) -> None:
    t = here.t
    with ui.element("section").classes("km-card"):
        heading(t("pipeline.endpoints"))
        if not seen.endpoints:
            paragraph(t("pipeline.no_endpoints"), quiet=True)
        else:
            counted = Counter(_state(report) for report in seen.endpoints)
            with facts():
                for state, kind in (("in_step", "good"), ("behind", "hold"), ("silent", "bad")):
                    if counted[state] or state == "in_step":
                        told = t("pipeline.of", count=counted[state], all=len(seen.endpoints))
                        with fact(t(f"pipeline.endpoint.{state}")):
                            mark(told, kind if counted[state] else "open")
        link(t("pipeline.to_endpoints"), f"/endpoints?pipeline={seen.pipeline}")


def _state(report: EndpointReport) -> str:
    if report.is_silent or report.state == "unreadable":
        return "silent"
    return "in_step" if report.behind == 0 else "behind"


def companions_card(here: Here, seen: Seen) -> None:
    t = here.t
    companions = seen.reign.companions if seen.reign else None
    decides = here.may(Right.DECIDE, seen.pipeline)
    with ui.element("section").classes("km-card"):
        heading(t("pipeline.companions"))
        if companions is None or not companions.versions:
            paragraph(t("pipeline.no_companions"), quiet=True)
        else:
            with ui.element("ul").classes("km-pipeline-companions"):
                if companions.canary is not None:
                    told = t("pipeline.canary_of", share=percent(companions.share or 0.0))
                    _companion(here, seen, companions.canary, told, decides=decides, is_canary=True)
                for shadow in companions.shadows:
                    _companion(here, seen, shadow, t("pipeline.shadow"), decides=decides, is_canary=False)
        if decides and seen.reign is not None:
            _add(here, seen, set(companions.shadows if companions else ()))


def _companion(here: Here, seen: Seen, version: str, told: str, *, decides: bool, is_canary: bool) -> None:
    t, name = here.t, seen.pipeline
    with ui.element("li").classes("km-row"):
        link(version[:12], f"/pipelines/{name}/models/{version}").classes("km-pipeline-version")
        text(told)
        if not decides:
            return
        if is_canary:
            button(
                t("pipeline.stop"),
                lambda: ask_why(
                    here, t("pipeline.stop_canary"), t("pipeline.stop_canary_told", version=version[:12]),
                    lambda office, why: office.stop_canary(name, why=why),
                ),
            ).props["aria-label"] = t("pipeline.stop_canary")  # fmt: skip
        else:
            button(
                t("pipeline.stop"),
                lambda: ask_why(
                    here, t("pipeline.stop_shadow"), t("pipeline.stop_shadow_told", version=version[:12]),
                    lambda office, why: office.stop_shadow(name, version, why=why),
                ),
            ).props["aria-label"] = f"{t('pipeline.stop_shadow')} {version[:12]}"  # fmt: skip


def _add(here: Here, seen: Seen, shadows: set[str]) -> None:
    t, name = here.t, seen.pipeline
    in_force = seen.reign.turn.version if seen.reign else ""
    others = {one.version: named(seen, one.version) for one in seen.versions if one.version != in_force}
    unseen = {version: told for version, told in others.items() if version not in shadows}
    if not others:
        return
    with ui.element("div").classes("km-row"):
        if unseen:
            button(
                t("pipeline.add_shadow"),
                lambda: ask_which(
                    here, t("pipeline.add_shadow"), t("pipeline.add_shadow_told"), unseen,
                    lambda office, version, why: office.add_shadow(name, version, why=why),
                ),
            )  # fmt: skip
        button(
            t("pipeline.set_canary"),
            lambda: ask_which_and_share(
                here, t("pipeline.set_canary"), t("pipeline.set_canary_told"), others,
                lambda office, version, share, why: office.set_canary(name, version, share, why=why),
            ),
        )  # fmt: skip


def declaration_card(here: Here, seen: Seen) -> None:
    t, declared = here.t, seen.declared
    with ui.element("section").classes("km-card"):
        heading(t("pipeline.declaration"))
        if declared is None:
            paragraph(t("pipeline.never_declared"), quiet=True)
            if here.may(Right.ASK, seen.pipeline):
                link(t("pipeline.declare_it"), f"/pipelines/{seen.pipeline}/declaration/edit")
            return
        with ui.element("p"):
            text(f"{t('declaration.number', number=declared.number)}, {declared.by}, ")
            moment(declared.at)
        with ui.element("p").classes("km-row"):
            base = f"/pipelines/{seen.pipeline}/declaration"
            link(t("pipeline.look_at_it"), base)
            if declared.number > 1:
                link(t("declaration.changes"), f"{base}?older={declared.number - 1}&newer={declared.number}")
            if here.may(Right.ASK, seen.pipeline):
                link(t("declaration.edit"), f"{base}/edit")
