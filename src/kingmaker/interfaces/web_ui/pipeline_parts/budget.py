"""The error budget: how much of the year's is spent, when there may be a look again, and who waits for a second one."""

from nicegui import ui

from kingmaker.domain.access import Right
from kingmaker.interfaces.report.wording import exact_rate
from kingmaker.interfaces.web_ui.here import Here
from kingmaker.interfaces.web_ui.parts.acting import ask_why
from kingmaker.interfaces.web_ui.parts.elements import button, heading, link, moment, paragraph, text
from kingmaker.interfaces.web_ui.pipeline_parts.facts import fact, facts
from kingmaker.interfaces.web_ui.pipeline_parts.seen import Seen
from kingmaker.loop.records import Budget


def budget_card(here: Here, seen: Seen) -> None:
    t, budget = here.t, seen.budget
    with ui.element("section").classes("km-card"):
        heading(t("pipeline.budget"))
        if budget is None:
            paragraph(t("pipeline.no_budget"), quiet=True)
            return
        if budget.promote != "proven":
            paragraph(t("pipeline.budget_not_spent", rule=budget.promote), quiet=True)
            return
        _spent(here, budget)
        _told(here, budget)
        if here.may(Right.DECIDE, seen.pipeline) and budget.looks_taken:
            button(t("pipeline.reset"), lambda: _ask_to_reset(here, seen.pipeline))


def _spent(here: Here, budget: Budget) -> None:
    """A bar whose words say the same."""
    t = here.t
    share = min(1.0, budget.spent / budget.yearly) if budget.yearly else 1.0
    told = t("pipeline.spent", spent=exact_rate(budget.spent), yearly=exact_rate(budget.yearly))
    paragraph(told)
    bar = ui.element("div").classes("km-pipeline-bar").props(f'role=img aria-label="{share:.0%}"')
    with bar:
        ui.element("div").style(f"width: {share:.1%}")


def _told(here: Here, budget: Budget) -> None:
    t = here.t
    with facts():
        with fact(t("pipeline.looks")):
            text(str(budget.looks))
        with fact(t("pipeline.next_look")):
            text(t("pipeline.may_look_now", alpha=exact_rate(budget.alpha))) if budget.alpha > 0 else moment(
                budget.next_look
            )
        with fact(t("pipeline.budget_day")):
            moment(budget.today)
        if budget.cooling_down_until is not None:
            with fact(t("pipeline.cooling_down")):
                moment(budget.cooling_down_until)
        if budget.waiting is not None:
            with fact(t("pipeline.second_look")):
                link(t("pipeline.run", number=budget.waiting.run), f"/runs/{budget.waiting.run}/verdict")
                text(f" {t('pipeline.second_look_from')} ")
                moment(budget.waiting.due)


def _ask_to_reset(here: Here, pipeline: str) -> None:
    t = here.t
    ask_why(
        here, t("pipeline.reset"), t("pipeline.reset_told"), lambda office, why: office.reset_budget(pipeline, why=why)
    )
