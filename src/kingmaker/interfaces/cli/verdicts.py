"""The end of a run as people read it: the decision, why, and what to do next."""

from kingmaker.domain.verdict import Decision, Gate, GateOutcome, Verdict
from kingmaker.interfaces.cli.screen import Screen
from kingmaker.interfaces.cli.words import number, percent, points
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
    _figures(screen, account)
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


def _figures(screen: Screen, account: RunAccount) -> None:
    evidence = account.selection.evidence if account.selection else None
    if evidence is None or evidence.challenger is None:
        return
    mine, theirs = evidence.challenger, evidence.champion
    rate = mine.at_cut.approval_rate
    rows = [
        ("AUC", number(mine.auc), number(theirs.auc if theirs else None),
         f"{mine.auc - theirs.auc:+.3f}" if theirs else "-"),
        (f"false kill at {percent(rate, 0)} approval", percent(mine.at_cut.false_kill),
         percent(theirs.at_cut.false_kill if theirs else None),
         points(mine.at_cut.false_kill - theirs.at_cut.false_kill if theirs else None)),
        ("bad rate of the approved", percent(mine.at_cut.bad_rate, 2), percent(theirs.at_cut.bad_rate if theirs else None, 2),
         points(mine.at_cut.bad_rate - theirs.at_cut.bad_rate if theirs else None)),
        ("Brier score", number(mine.brier, 4), number(theirs.brier if theirs else None, 4),
         f"{mine.brier - theirs.brier:+.4f}" if theirs else "-"),
    ]  # fmt: skip
    screen.heading(f"On the {evidence.window} window ({mine.rows:,} loans, {mine.bads:,} bads)")
    screen.table(["", f"challenger ({mine.learner})", "champion", "difference"], rows, right=[1, 2, 3])


def _next(screen: Screen, account: RunAccount, verdict: Verdict) -> None:
    run = account.run.number
    screen.line()
    if account.version and verdict.decision is Decision.PROMOTE:
        screen.line(f"Champion: version {account.version.short} ({account.version.learner}).")
    if verdict.decision is Decision.HOLD and account.version and not (account.recorded and account.recorded.settlement):
        screen.line(f"Waiting for a person: `kingmaker approve {run} --why ...` or `kingmaker reject {run} --why ...`.")
    screen.line(f"Why, in full: `kingmaker explain {run}`. For a committee: `kingmaker report {run}`.")
