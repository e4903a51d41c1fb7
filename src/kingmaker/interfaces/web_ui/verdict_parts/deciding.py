"""Approve or reject, for those who may; whoever may not yet is told why, before they try."""

from nicegui import ui

from kingmaker.domain.access import Right
from kingmaker.domain.verdict import VerdictReason
from kingmaker.interfaces.web_ui.here import Here
from kingmaker.interfaces.web_ui.parts.acting import ask_why
from kingmaker.interfaces.web_ui.parts.elements import button, element, link, paragraph
from kingmaker.interfaces.web_ui.verdict_parts.seen import Seen, is_overtaken


def deciding(here: Here, seen: Seen) -> None:
    """Nothing where nobody is waited for, but the way to promote by hand where there is one."""
    pipeline = seen.account.run.request.pipeline
    decides = here.may(Right.DECIDE, pipeline)
    if not seen.line.awaits_decision:
        if decides and seen.candidate and seen.turn is None:
            _by_hand(here, pipeline, seen.candidate)
        return
    with (
        ui.element("div")
        .classes("km-card km-verdict-deciding")
        .props(f'role=region aria-label="{here.t("verdict.decide")}"')
    ):
        if not decides:
            element("p", here.t("verdict.waits_for_approver"))
            return
        hindrance = hindrance_of(here, seen)
        paragraph(hindrance or here.t("verdict.decide_told"))
        with ui.element("div").classes("km-row"):
            if not hindrance:
                button(here.t("verdict.approve"), lambda: _ask_to_approve(here, seen), plain=False)
            button(here.t("verdict.reject"), lambda: _ask_to_reject(here, seen))


def hindrance_of(here: Here, seen: Seen) -> str:
    """Why this viewer's approval would be refused as things stand, empty if it would not."""
    if seen.is_asked_for_by(here.who):
        return here.t("verdict.four_eyes", number=seen.account.run.number)
    if seen.candidate is None:
        return here.t("verdict.nothing_published")
    if seen.account.forgotten:
        return here.t("verdict.too_old")
    if is_overtaken(seen.account):
        return here.t("verdict.moved")
    if seen.reign is not None and seen.reign.frozen is not None:
        return here.t("verdict.frozen", by=seen.reign.frozen.by, why=seen.reign.frozen.why)
    return ""


def _ask_to_approve(here: Here, seen: Seen) -> None:
    number = seen.account.run.number
    told = here.t(
        "verdict.approve_told", version=(seen.candidate or "")[:12], pipeline=seen.account.run.request.pipeline
    )
    verdict = seen.account.verdict
    if verdict is not None and verdict.reason is VerdictReason.AWAITING_SECOND_LOOK:
        told = f"{told} {here.t('verdict.approve_before_second')}"
    ask_why(here, here.t("verdict.approve"), told, lambda office, why: office.approve(number, why=why))


def _ask_to_reject(here: Here, seen: Seen) -> None:
    number = seen.account.run.number
    told = here.t("verdict.reject_told")
    ask_why(here, here.t("verdict.reject"), told, lambda office, why: office.reject(number, why=why))


def _by_hand(here: Here, pipeline: str, version: str) -> None:
    with element("p", here.t("verdict.by_hand") + " ").classes("km-quiet"):
        link(here.t("verdict.to_version", version=version[:12]), f"/pipelines/{pipeline}/models/{version}")
