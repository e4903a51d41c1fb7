"""How a run stands, in a word whose colour means something."""

from typing import Final

from nicegui import ui

from kingmaker.control.records import RunLine
from kingmaker.domain.verdict import Decision
from kingmaker.interfaces.report.wording import ABSENT
from kingmaker.interfaces.web_ui.here import Here
from kingmaker.interfaces.web_ui.parts.elements import mark, text

_STATES: Final = {
    "under way": "open",
    "unfinished": "hold",
    "finished": "good",
    "failed": "bad",
    "cancelled": "hold",
    "abandoned": "open",
}
_DECISIONS: Final = {Decision.PROMOTE: "good", Decision.HOLD: "hold", Decision.REJECT: "bad"}


def state_mark(here: Here, line: RunLine) -> ui.element:
    return mark(*state_told(here, line))


def state_told(here: Here, line: RunLine) -> tuple[str, str]:
    """Word and colour. One whose end is wished for is being cancelled, until it has stopped."""
    if line.cancellation is not None and not line.run.state.is_over():
        return here.t("run.state.cancelling"), "hold"
    return here.t(f"run.state.{line.state.replace(' ', '_')}"), _STATES[line.state]


def kind_of(line: RunLine) -> str:
    """The colour of what became of the run: of its verdict where it has one."""
    return _DECISIONS[line.decision] if line.decision is not None else _STATES[line.state]


def decision_mark(here: Here, line: RunLine) -> ui.element:
    """A dash for a run that has not decided."""
    if line.decision is None:
        return text(ABSENT)
    return mark(*decision_told(here, line, line.decision))


def decision_told(here: Here, line: RunLine, decision: Decision) -> tuple[str, str]:
    """Word and colour."""
    word = "awaits" if line.awaits_decision else decision.value
    return here.t(f"run.decision.{word}"), _DECISIONS[decision]
