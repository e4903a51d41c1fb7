"""A verdict: champion and challenger side by side, for whoever does not believe it yet."""

from collections.abc import Callable
from typing import Final

from nicegui import ui

from kingmaker.domain.verdict import Gate, Verdict
from kingmaker.interfaces.web_ui.here import Here
from kingmaker.interfaces.web_ui.parts.elements import element, empty, heading, link, paragraph
from kingmaker.interfaces.web_ui.room import room
from kingmaker.interfaces.web_ui.verdict_parts.deciding import deciding
from kingmaker.interfaces.web_ui.verdict_parts.gates import gates_list, gates_table
from kingmaker.interfaces.web_ui.verdict_parts.heading import decision, undecided
from kingmaker.interfaces.web_ui.verdict_parts.looks import looks
from kingmaker.interfaces.web_ui.verdict_parts.proof import proof
from kingmaker.interfaces.web_ui.verdict_parts.publishing import publishing
from kingmaker.interfaces.web_ui.verdict_parts.seen import Seen, outcome_of, read
from kingmaker.loop.judging.gates.outcome import in_order

Fill = Callable[[], object]

_OF_PAPER: Final = ("discrimination", "calibration", "grades", "months", "groups")


@room("/runs/{number}/verdict", name="runs", title="verdict.title")
async def verdict(here: Here, number: int) -> None:
    seen = await here.ask(lambda office: read(office, number))
    found, outcome = seen.account.verdict, outcome_of(seen.account)
    if found is None or outcome is None:
        undecided(here, seen)
        return
    decision(here, seen, found, outcome)
    deciding(here, seen)
    if seen.account.forgotten:
        element("p", seen.account.forgotten).classes("km-empty")
    sections = _sections(here, seen, found)
    _contents(here, sections, number)
    for name, fill in sections.items():
        with ui.element("section").props(f"id=at-{name}"):
            heading(here.t(f"verdict.section.{name}"))
            fill()


def _sections(here: Here, seen: Seen, found: Verdict) -> dict[str, Fill]:
    """In the order in which a sceptic asks: how much better, allowed at all, sure of it, and what would change."""
    papers = seen.papers
    changes = [gate for gate in found.gates if _asks_for_a_person(gate)]
    sections: dict[str, Fill] = {}
    if "measured" in papers:
        sections["figures"] = lambda: _paper(papers["measured"])
    sections["gates"] = lambda: _gates(here, found)
    sections["proof"] = lambda: proof(here, found, seen.policy)
    if "swap_set" in papers:
        sections["swap"] = lambda: _paper(papers["swap_set"])
    for name in _OF_PAPER:
        if name in papers and not (name == "groups" and not _has_groups(seen)):
            sections[name] = lambda name=name: _paper(papers[name])  # type: ignore[misc]
    if changes:
        sections["changes"] = lambda: _changes(here, changes)
    sections["looks"] = lambda: looks(here, seen)
    sections["publishing"] = lambda: publishing(here, seen, found)
    return sections


def _asks_for_a_person(gate: Gate) -> bool:
    return gate.code.startswith("G8.") or gate.code == "G6.selection_bias"


def _has_groups(seen: Seen) -> bool:
    selection = seen.account.selection
    return bool(selection and selection.evidence and selection.evidence.groups)


def _contents(here: Here, sections: dict[str, Fill], number: int) -> None:
    report = f"/api/v1/runs/{number}/report"
    with ui.element("nav").classes("km-row km-verdict-contents").props(f'aria-label="{here.t("verdict.contents")}"'):
        for name in sections:
            link(here.t(f"verdict.section.{name}"), f"#at-{name}")
    with element("p").classes("km-row km-quiet"):
        link(here.t("verdict.report"), report).props("target=_blank rel=noopener")
        link(here.t("verdict.download"), report).props(f"download=run-{number}.html")
        link(here.t("verdict.to_run", number=number), f"/runs/{number}")


def _paper(html: str) -> None:
    """A section of the report; whatever of it comes from the data is escaped there."""
    ui.html(html, sanitize=False).classes("paper")


def _gates(here: Here, found: Verdict) -> None:
    gates = in_order(*found.gates, *found.agreement)
    if not gates:
        empty(here.t("verdict.no_gates"))
        return
    paragraph(here.t("verdict.gates_told"))
    gates_table(here, gates)


def _changes(here: Here, changes: list[Gate]) -> None:
    paragraph(here.t("verdict.changes_told"))
    gates_list(here, changes)
