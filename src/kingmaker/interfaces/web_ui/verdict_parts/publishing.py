"""What is or would be published: the tested model or its refit, and how far the two agree."""

from nicegui import ui

from kingmaker.domain.verdict import Verdict
from kingmaker.interfaces.report.wording import count, day
from kingmaker.interfaces.web_ui.here import Here
from kingmaker.interfaces.web_ui.parts.elements import element, empty, heading, paragraph, text
from kingmaker.interfaces.web_ui.verdict_parts.gates import gates_list
from kingmaker.interfaces.web_ui.verdict_parts.seen import Seen


def publishing(here: Here, seen: Seen, verdict: Verdict) -> None:
    if not verdict.published:
        empty(here.t("verdict.published.nothing"))
        return
    paragraph(here.t(f"verdict.published.{verdict.published}"))
    if verdict.publication:
        element("p", verdict.publication)
    _versions(here, seen)
    if verdict.agreement:
        heading(here.t("verdict.agreement"), 3)
        gates_list(here, verdict.agreement)


def _versions(here: Here, seen: Seen) -> None:
    selection = seen.account.selection
    if selection is None or selection.finalist is None:
        return
    finalist, refitted = selection.finalist, selection.refitted
    said = [here.t("verdict.fitted.tested", rows=count(finalist.rows), until=day(finalist.until))]
    if refitted is not None:
        said.append(
            here.t(
                "verdict.fitted.refit", rows=count(refitted.rows), bads=count(refitted.bads), until=day(refitted.until)
            )
        )
    with ui.element("ul"):
        for one in said:
            with ui.element("li"):
                text(one)
