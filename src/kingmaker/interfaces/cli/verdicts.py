"""The end of a run as people read it: the decision, why, and what to do next."""

from kingmaker.domain.verdict import Decision, Gate, GateOutcome, Verdict
from kingmaker.interfaces.cli.figures import show_figures
from kingmaker.interfaces.cli.screen import Screen
from kingmaker.interfaces.cli.words import number
from kingmaker.loop.account import RunAccount

MARKS = {
    GateOutcome.PASSED: "✓",
    GateOutcome.HELD: "…",
    GateOutcome.FAILED: "✗",
    GateOutcome.NOT_JUDGED: "·",
}
STYLES = {Decision.PROMOTE: "bold green", Decision.HOLD: "bold yellow", Decision.REJECT: "bold red"}


def show_verdict(screen: Screen, account: RunAccount) -> None:
    """Decision, sentence, key figures, gates that did not pass, and the next command."""
    if account.selection is None:
        screen.line(f"Run {account.run.number} has not reached a verdict: {account.run.reason.value}.")
        if account.run.detail:
            screen.line(account.run.detail)
        return
    verdict = account.selection.verdict
    screen.line()
    screen.line(f"{verdict.decision.value.upper()}  {verdict.sentence}", style=STYLES[verdict.decision])
    if account.selection.evidence:
        show_figures(screen, account.selection.evidence)
    stumbled = [gate for gate in verdict.gates if gate.outcome in {GateOutcome.FAILED, GateOutcome.HELD}]
    if stumbled:
        screen.heading("Gates that did not pass")
        show_gates(screen, stumbled)
    _next(screen, account, verdict)


def show_gates(screen: Screen, gates: list[Gate]) -> None:
    rows = [
        [MARKS[gate.outcome], gate.code, number(gate.value, 4), number(gate.limit, 4), gate.sentence] for gate in gates
    ]
    screen.table(["", "gate", "value", "limit", ""], rows, right=[2, 3])


def _next(screen: Screen, account: RunAccount, verdict: Verdict) -> None:
    run = account.run.number
    screen.line()
    if account.version and verdict.decision is Decision.PROMOTE:
        screen.line(f"Champion: version {account.version.short} ({account.version.learner}).")
    if verdict.decision is Decision.HOLD and account.version and not (account.recorded and account.recorded.settlement):
        screen.line(f"Waiting for a person: `kingmaker approve {run} --why ...` or `kingmaker reject {run} --why ...`.")
    screen.line(f"Why, in full: `kingmaker explain {run}`. For a committee: `kingmaker report {run}`.")
