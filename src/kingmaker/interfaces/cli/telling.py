"""explain, trials, report: why a run decided as it did."""

from pathlib import Path
from typing import Annotated

import typer

from kingmaker.domain.snapshot import Snapshot
from kingmaker.domain.trial import Trial
from kingmaker.interfaces.cli.desk import Json, desk_of
from kingmaker.interfaces.cli.screen import Screen
from kingmaker.interfaces.cli.verdicts import show_gates, show_verdict
from kingmaker.interfaces.cli.words import number, percent, seconds
from kingmaker.interfaces.report.facts import ReportFacts
from kingmaker.interfaces.report.page import render_report
from kingmaker.loop.account import RunAccount, account_of

RunNumber = Annotated[int, typer.Argument(min=1, max=2**31, help="Run number, as `kingmaker runs` lists it.")]


def add_commands(app: typer.Typer) -> None:
    app.command("explain")(explain)
    app.command("trials")(trials)
    app.command("report")(report)


def explain(context: typer.Context, run: RunNumber, json: Json = False) -> None:
    """Say why: what was read and left out, how each stage went, every gate, and the verdict."""
    screen = Screen(json=json)
    with desk_of(context).house() as house:
        account = account_of(house, run)
    if json:
        screen.document(account)
        return
    request = account.run.request
    screen.line(
        f"Run {run} of {request.pipeline} as of {request.as_of}, asked for by {request.requested_by}: "
        f"{account.run.state.value} ({account.run.reason.value})."
    )
    if account.snapshot:
        _show_snapshot(screen, account.snapshot)
    _show_stages(screen, account)
    if account.faults:
        screen.heading(f"Faults ({len(account.faults)})")
        screen.table(["stage", "trial", "kind", "message"], [
            [fault.stage, str(fault.trial) if fault.trial is not None else "-", fault.kind, fault.message]
            for fault in account.faults
        ])  # fmt: skip
    if account.selection:
        screen.heading("Gates")
        show_gates(screen, list(account.selection.verdict.gates))
    show_verdict(screen, account)


def _show_snapshot(screen: Screen, snapshot: Snapshot) -> None:
    screen.heading("Loans")
    screen.table(
        ["left out because", "rows"], [[one.sentence, f"{one.rows:,}"] for one in snapshot.exclusions], right=[1]
    )
    screen.heading("Windows")
    screen.table(["window", "from", "to", "loans", "bads", "bad rate"], [
        [one.window.value, str(one.first or "-"), str(one.last or "-"), f"{one.rows:,}", f"{one.bads:,}",
         percent(one.bad_rate, 2) if one.bads else "-"]
        for one in snapshot.windows
    ], right=[3, 4, 5])  # fmt: skip
    if snapshot.findings:
        screen.heading("Findings")
        screen.table(["", "column", ""], [
            [one.severity.value, one.column or "-", f"{one.sentence} {one.remedy}".strip()] for one in snapshot.findings
        ])  # fmt: skip
    screen.heading("Columns left out")
    screen.table(["column", "why"], [[one.column, one.reason] for one in snapshot.left_out])


def _show_stages(screen: Screen, account: RunAccount) -> None:
    screen.heading("Stages")
    screen.table(["stage", "took", "output", ""], [
        [one.stage.value, seconds(one.seconds), one.output[:12], "taken from an earlier run" if one.reused else ""]
        for one in account.stages
    ], right=[1])  # fmt: skip


def trials(context: typer.Context, run: RunNumber, json: Json = False) -> None:
    """List a run's trials, best first, with their areas under the curve and how they ended."""
    screen = Screen(json=json)
    with desk_of(context).house() as house:
        account = account_of(house, run)
    if json:
        screen.document({"trials": account.trials, "faults": account.faults})
        return
    ordered = sorted(account.trials, key=lambda trial: -(trial.utility if trial.utility is not None else -9.0))
    rows = [
        [str(trial.spec.number), trial.spec.learner, trial.spec.imbalance.value, trial.end.value, number(trial.auc_train),
         number(trial.auc_holdout), number(trial.auc_selection),
         percent(-trial.utility if trial.utility is not None else None, 2), str(trial.rounds or "-"), seconds(trial.seconds)]
        for trial in ordered
    ]  # fmt: skip
    columns = ["trial", "learner", "imbalance", "end", "train", "holdout", "selection", "false kill", "rounds", "took"]
    screen.table(columns, rows, right=[0, 4, 5, 6, 7, 8, 9])
    if ordered:
        screen.line(f"Trial {ordered[0].spec.number} has {_choices(ordered[0])}. All hyperparameters: --json.")


def _choices(trial: Trial) -> str:
    drawn = [f"{name}={value:.3g}" if isinstance(value, float) else f"{name}={value}"
             for name, value in trial.spec.hyperparameters.items()]  # fmt: skip
    return ", ".join(drawn)


def report(
    context: typer.Context,
    run: RunNumber,
    out: Annotated[
        Path | None, typer.Option(help="Where to write it; default: reports/run-N.html in the home.")
    ] = None,
    json: Json = False,
) -> None:
    """Write one self-contained HTML page about a run, for a model-risk committee."""
    screen = Screen(json=json)
    with desk_of(context).house() as house:
        account = account_of(house, run)
        path = out or house.home / "reports" / f"run-{run}.html"
    page = render_report(facts_of(account))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page, encoding="utf-8")
    if json:
        screen.document({"run": run, "path": str(path), "bytes": len(page.encode())})
    else:
        screen.line(f"Report of run {run}: {path}")


def facts_of(account: RunAccount) -> ReportFacts:
    """The account of a run as its report wants it."""
    finalist = account.selection.finalist if account.selection else None
    turns = [turn for turn in account.history if turn.since < (account.run.ended_at or account.run.started_at)]
    return ReportFacts(
        run=account.run,
        snapshot=account.snapshot,
        stages=account.stages,
        trials=account.trials,
        faults=account.faults,
        verdict=account.selection.verdict if account.selection else None,
        evidence=account.selection.evidence if account.selection else None,
        thresholds=finalist.thresholds if finalist else None,
        calibration=finalist.calibration if finalist else None,
        champion_thresholds=account.champion_thresholds,
        champion=turns[-1] if turns else None,
        history=account.history,
        lineage=account.lineage,
        amount_column=account.amount_column,
    )
