"""explain, trials, report: why a run decided as it did."""

from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

from kingmaker.domain.snapshot import Snapshot
from kingmaker.domain.trial import Imbalance, Trial, TrialEnd
from kingmaker.interfaces.cli.desk import Desk, Json, desk_of
from kingmaker.interfaces.cli.naming import RunNumber
from kingmaker.interfaces.cli.screen import Screen
from kingmaker.interfaces.cli.verdicts import show_gates, show_verdict
from kingmaker.interfaces.cli.words import number, percent, seconds, state_of
from kingmaker.loop.records import RunAccount

TRIAL_WORDS = ("learner", "imbalance", "end")
TRIAL_COLUMNS = ("trial", *TRIAL_WORDS, "train", "holdout", "selection", "false kill", "rounds", "took")
"""The three windows stand for the area under the curve on each."""


def add_commands(app: typer.Typer) -> None:
    app.command("explain")(explain)
    app.command("trials")(trials)
    app.command("report")(report)


def explain(context: typer.Context, run: RunNumber, json: Json = False) -> None:
    """Say why: what was read and left out, how each stage went, every gate, and the verdict."""
    screen = Screen(json=json)
    with desk_of(context).verbs() as verbs:
        account = verbs.account(run)
    if json:
        screen.document(account)
        return
    request = account.run.request
    screen.line(
        f"Run {run} of {request.pipeline} as of {request.as_of}, asked for by {request.requested_by}: "
        f"{state_of(account.run, under_way=account.under_way)}."
    )
    if account.forgotten:
        screen.line(account.forgotten)
    if account.snapshot:
        _show_snapshot(screen, account.snapshot)
    if account.stages:
        _show_stages(screen, account)
    _show_faults(screen, account)
    if account.verdict:
        screen.heading("Gates")
        show_gates(screen, [*account.verdict.gates, *account.verdict.agreement])
    show_verdict(screen, account, explained=True)


def _show_snapshot(screen: Screen, snapshot: Snapshot) -> None:
    screen.heading("Loans")
    screen.table(["rows", "left out because"], [
        [f"{one.rows:,}", one.sentence.removeprefix(f"{one.rows:,} rows: ")] for one in snapshot.exclusions
    ], right=[0])  # fmt: skip
    screen.heading("Windows")
    screen.table(["window", "from", "to", "loans", "bads", "bad rate"], [
        [one.window.value, str(one.first or "-"), str(one.last or "-"), f"{one.rows:,}", f"{one.bads:,}",
         percent(one.bad_rate, 2) if one.bads else "-"]
        for one in snapshot.windows
    ], right=[3, 4, 5])  # fmt: skip
    if snapshot.findings:
        screen.heading("Findings")
        screen.table(["", "column", ""], [
            [one.severity.value, one.column or "-", one.told()] for one in snapshot.findings
        ])  # fmt: skip
    screen.heading("Columns left out")
    screen.table(["column", "why"], [[one.column, one.reason] for one in snapshot.left_out])


def _show_faults(screen: Screen, account: RunAccount) -> None:
    """All but the one that ended the run, whose sentence is told at the end."""
    faults = [fault for fault in account.faults if fault.message != account.run.detail]
    if not faults:
        return
    screen.heading(f"Faults ({len(faults)})")
    screen.table(["stage", "trial", "kind", "message"], [
        [fault.stage, str(fault.trial) if fault.trial is not None else "-", fault.kind, fault.message]
        for fault in faults
    ])  # fmt: skip


def _show_stages(screen: Screen, account: RunAccount) -> None:
    screen.heading("Stages")
    screen.table(["stage", "took", "output", ""], [
        [one.stage.value, seconds(one.seconds), one.output[:12], "taken from an earlier run" if one.reused else ""]
        for one in account.stages
    ], right=[1])  # fmt: skip


def trials(context: typer.Context, run: RunNumber, json: Json = False) -> None:
    """List a run's trials, best first, with their areas under the curve and how they ended."""
    screen = Screen(json=json)
    with desk_of(context).verbs() as verbs:
        account = verbs.account(run)
    if json:
        screen.document({"trials": account.trials, "faults": account.faults})
        return
    if not account.trials:
        screen.line(account.forgotten or f"Run {run} has no trial. `kingmaker explain {run}` says how far it got.")
        return
    ordered = sorted(account.trials, key=lambda trial: -(trial.utility if trial.utility is not None else -9.0))
    cells = [_cells(trial) for trial in ordered]
    columns = [name for name in TRIAL_COLUMNS if any(one[name] for one in cells)]
    rows = [[one[name] or "-" for name in columns] for one in cells]
    screen.table(columns, rows, right=[at for at, name in enumerate(columns) if name not in TRIAL_WORDS])
    screen.line(f"Trial {ordered[0].spec.number} has {_choices(ordered[0])}. All hyperparameters: --json.")


def _cells(trial: Trial) -> dict[str, str]:
    """By column. Empty for what needs no words: a column in which nothing does is not shown."""
    areas = {"train": trial.auc_train, "holdout": trial.auc_holdout, "selection": trial.auc_selection}
    return {
        "trial": str(trial.spec.number),
        "learner": trial.spec.learner,
        "imbalance": "" if trial.spec.imbalance is Imbalance.NONE else trial.spec.imbalance.value,
        "end": "" if trial.end is TrialEnd.FITTED else trial.end.value,
        **{name: "" if area is None else number(area) for name, area in areas.items()},
        "false kill": "" if trial.utility is None else percent(-trial.utility, 2),
        "rounds": str(trial.rounds or ""),
        "took": seconds(trial.seconds),
    }


def _choices(trial: Trial) -> str:
    drawn = [f"{name}={value:.3g}" if isinstance(value, float) else f"{name}={value}"
             for name, value in trial.spec.hyperparameters.items()]  # fmt: skip
    return ", ".join(drawn)


def report(
    context: typer.Context,
    run: RunNumber,
    out: Annotated[
        Path | None,
        typer.Option(help="Where to write it; default: reports/run-N.html in the home, run-N.html from a server."),
    ] = None,
    json: Json = False,
) -> None:
    """Write one self-contained HTML page about a run, for a model-risk committee."""
    desk, screen = desk_of(context), Screen(json=json)
    page, default = _page_afar(desk, run) if desk.is_afar else _page_here(desk, run)
    path = out or default
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(page)
    if json:
        screen.document({"run": run, "path": str(path), "bytes": len(page)})
    else:
        screen.line(f"Report of run {run}: {path}")


def _page_afar(desk: Desk, run: int) -> tuple[bytes, Path]:
    """The page, and where it is put when nothing else is said: beside you."""
    with desk.client() as client:
        return client.report(run), Path(f"run-{run}.html")


def _page_here(desk: Desk, run: int) -> tuple[bytes, Path]:
    """The templates are the loop's: an installation that speaks to a control centre has none."""
    drawn = import_module("kingmaker.interfaces.cli.drawn")
    with desk.house() as house:
        page: bytes = drawn.page_of(house, run)
        return page, house.home / "reports" / f"run-{run}.html"
