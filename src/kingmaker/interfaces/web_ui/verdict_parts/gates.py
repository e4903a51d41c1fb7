"""The gates as a table: by group, all of them or those not passed, each with its sentence on demand."""

from collections.abc import Sequence
from itertools import groupby
from typing import Final

from nicegui import ui

from kingmaker.domain.verdict import Gate, GateOutcome
from kingmaker.interfaces.report.decision import gate_mark
from kingmaker.interfaces.report.wording import number, plain
from kingmaker.interfaces.web_ui.here import Here
from kingmaker.interfaces.web_ui.parts.elements import button, element, mark, text

_OPEN_ALL: Final = "document.querySelectorAll('.km-verdict-gates details').forEach(one => one.open = {open})"
_COLUMNS: Final = (("outcome", ""), ("gate", ""), ("number", "number"), ("limit", "number"))


def gates_table(here: Here, gates: Sequence[Gate]) -> None:
    """Those that are not passed stand open."""
    passed = sum(gate.outcome is GateOutcome.PASSED for gate in gates)
    with (
        ui.element("div")
        .classes("km-row km-verdict-filter")
        .props(f'role=group aria-label="{here.t("verdict.filter")}"')
    ):
        every = button(here.t("verdict.all_gates", count=len(gates)), lambda: show(only_open=False))
        stumbled = button(here.t("verdict.not_passed", count=len(gates) - passed), lambda: show(only_open=True))
        button(here.t("verdict.open_sentences"), lambda: ui.run_javascript(_OPEN_ALL.format(open="true")))
        button(here.t("verdict.close_sentences"), lambda: ui.run_javascript(_OPEN_ALL.format(open="false")))
    with ui.element("div").classes("km-scroll") as place:
        place.props(f'tabindex=0 role=region aria-label="{here.t("verdict.section.gates")}"')
        with ui.element("table").classes("km-table km-verdict-gates") as shown:
            _head(here)
            for group, those in groupby(gates, key=_group):
                _body(here, group, list(those))

    def show(*, only_open: bool) -> None:
        shown.classes(**{"add" if only_open else "remove": "only-open"})
        every.props(f"aria-pressed={'false' if only_open else 'true'}")
        stumbled.props(f"aria-pressed={'true' if only_open else 'false'}")

    show(only_open=False)


def gates_list(here: Here, gates: Sequence[Gate]) -> None:
    """A few gates with all that they say."""
    with ui.element("ul").classes("km-verdict-list"):
        for gate in gates:
            with ui.element("li"):
                _mark(here, gate)
                text(f" {plain(gate.code.partition('.')[2])}: ").classes("km-verdict-name")
                text(gate.sentence)


def _group(gate: Gate) -> str:
    return gate.code.partition(".")[0]


def _head(here: Here) -> None:
    with ui.element("thead"), ui.element("tr"):
        for name, kind in _COLUMNS:
            element("th", here.t(f"verdict.column.{name}")).props("scope=col").classes(kind)


def _body(here: Here, group: str, gates: Sequence[Gate]) -> None:
    passed = sum(gate.outcome is GateOutcome.PASSED for gate in gates)
    with ui.element("tbody").classes("passed" if passed == len(gates) else ""):
        with ui.element("tr").classes("km-verdict-group"), ui.element("th").props("scope=rowgroup colspan=4"):
            text(f"{group} {here.t(f'verdict.group.{group}')} ")
            text(here.t("verdict.passed_of", passed=passed, count=len(gates))).classes("km-quiet")
        for gate in gates:
            _row(here, gate)


def _row(here: Here, gate: Gate) -> None:
    has_passed = gate.outcome is GateOutcome.PASSED
    with ui.element("tr").classes("passed" if has_passed else ""):
        with ui.element("td"):
            _mark(here, gate)
        with ui.element("td"), ui.element("details").props("" if has_passed else "open"):
            element("summary", plain(gate.code.partition(".")[2]))
            element("p", gate.sentence)
        element("td", number(gate.value)).classes("number").props(f'data-name="{here.t("verdict.column.number")}"')
        element("td", number(gate.limit)).classes("number").props(f'data-name="{here.t("verdict.column.limit")}"')


def _mark(here: Here, gate: Gate) -> None:
    shown = gate_mark(gate.outcome)
    mark(f"{shown.symbol} {here.t(f'verdict.gate.{gate.outcome}')}", shown.kind)
