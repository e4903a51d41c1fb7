"""The end of a run as people read it: the decision, why, and what to do next."""

from kingmaker.domain.verdict import Decision, Gate, GateOutcome, Verdict, VerdictReason
from kingmaker.interfaces.cli.figures import show_figures
from kingmaker.interfaces.cli.screen import Screen
from kingmaker.interfaces.cli.words import figure
from kingmaker.loop.records import RunAccount

MARKS = {
    GateOutcome.PASSED: "✓",
    GateOutcome.HELD: "…",
    GateOutcome.FAILED: "✗",
    GateOutcome.NOT_JUDGED: "·",
}
STYLES = {Decision.PROMOTE: "bold green", Decision.HOLD: "bold yellow", Decision.REJECT: "bold red"}


def show_verdict(screen: Screen, account: RunAccount, *, explained: bool = False) -> None:
    """Decision, sentence, notes, key figures, gates that did not pass, and the next command.

    `explained`: all gates have been shown already.
    """
    verdict = account.verdict
    if verdict is None:
        _show_no_verdict(screen, account)
        return
    screen.line()
    screen.line(f"{verdict.decision.value.upper()}  {verdict.sentence}", style=STYLES[verdict.decision])
    if verdict.publication:
        screen.line(verdict.publication)
    for note in verdict.notes:
        screen.line(note)
    if account.selection and account.selection.evidence:
        show_figures(screen, account.selection.evidence)
    stumbled = [gate for gate in verdict.gates if gate.outcome in {GateOutcome.FAILED, GateOutcome.HELD}]
    if stumbled and not explained:
        screen.heading("Gates that did not pass")
        show_gates(screen, stumbled)
    _next(screen, account, verdict, explained=explained)


def _show_no_verdict(screen: Screen, account: RunAccount) -> None:
    """What ended the run, or how it goes on."""
    run = account.run
    screen.line()
    if run.state.is_over():
        kind = next((fault.kind for fault in account.faults if fault.message == run.detail), run.reason.value)
        screen.line(f"No verdict was reached ({kind}), and nothing changed. {run.detail}", style="bold")
    elif account.under_way:
        screen.line("No verdict yet: the run is under way.")
    else:
        screen.line(f"No verdict yet, and nobody works on the run: `kingmaker resume {run.number}` goes on with it.")


def show_gates(screen: Screen, gates: list[Gate]) -> None:
    rows = [[MARKS[gate.outcome], gate.code, figure(gate.value), figure(gate.limit), gate.sentence] for gate in gates]
    screen.table(["", "gate", "value", "limit", ""], rows, right=[2, 3])


def _next(screen: Screen, account: RunAccount, verdict: Verdict, *, explained: bool) -> None:
    run = account.run.number
    screen.line()
    if account.version and verdict.decision is Decision.PROMOTE:
        screen.line(f"Champion: version {account.version.short} ({account.version.learner}).")
    if verdict.decision is Decision.HOLD and account.version and not (account.recorded and account.recorded.settlement):
        _waits(screen, account, verdict)
    why = "" if explained else f"Why, in full: `kingmaker explain {run}`. "
    screen.line(f"{why}For a committee: `kingmaker report {run}`.")


def _waits(screen: Screen, account: RunAccount, verdict: Verdict) -> None:
    run = account.run.number
    if verdict.reason is VerdictReason.AWAITING_SECOND_LOOK:
        screen.line(
            f"The second look falls to the first run on or after its day: `kingmaker budget {account.run.request.pipeline}`."
        )
    if verdict.reason is VerdictReason.CHAMPION_FROZEN:
        screen.line("The champion is frozen: `kingmaker unfreeze --why ...` comes before an approval.")
    screen.line(f"Waiting for a person: `kingmaker approve {run} --why ...` or `kingmaker reject {run} --why ...`.")
