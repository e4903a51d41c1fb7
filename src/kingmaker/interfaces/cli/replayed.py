"""A replay from the terminal: asked for, done with progress, and told as two tables."""

import os
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from kingmaker.bundle.files import write_whole
from kingmaker.domain.errors import StorageFailed
from kingmaker.interfaces.cli.desk import Desk
from kingmaker.interfaces.cli.progress import TerminalProgress
from kingmaker.interfaces.cli.replaying import Asked
from kingmaker.interfaces.cli.screen import Screen
from kingmaker.interfaces.cli.words import money, number, percent, points
from kingmaker.interfaces.report.replay_page import render_replay
from kingmaker.loop.replaying.ordering import Words, order_of
from kingmaker.loop.replaying.plan import Order
from kingmaker.loop.replaying.replay import replay
from kingmaker.loop.replaying.result import PolicyResult, Reign, ReplayResult
from kingmaker.loop.request import text_of

REPLAYS = "replays"


def replay_at(desk: Desk, asked: Asked, *, json: bool) -> None:
    """Do the replay in the home of replays below the desk's home, which itself is not opened."""
    order = _order_of(asked)
    home = desk.settings.home.resolve() / REPLAYS
    settings = replace(desk.settings, home=home, ledger="", vault="folder", workers=1)
    workers = asked.workers or len(os.sched_getaffinity(0))
    with TerminalProgress(quiet=json) as progress:
        result = replay(order, partial(desk.open_house, settings), progress, workers=workers)
    screen = Screen(json=json)
    if asked.out:
        write_page(asked.out, render_replay(result).encode())
    if json:
        screen.document(result)
    else:
        show_replay(screen, result)
        if asked.out:
            screen.line(f"The page: {asked.out}")


def write_page(out: Path, page: bytes) -> None:
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        write_whole(out, page)
    except OSError as error:
        raise StorageFailed(
            f"the page cannot be written ({error.strerror or error})", where=str(out), remedy="Name another file."
        ) from error


def _order_of(asked: Asked) -> Order:
    said = Words(
        first=asked.first,
        last=asked.last,
        every=asked.every,
        policies=asked.policies,
        holds=asked.holds,
        seed=asked.seed,
        mark="--",
    )
    today = datetime.now(UTC).date()
    return order_of(text_of(asked.pipeline), str(asked.pipeline.resolve()), said, today=today)


def show_replay(screen: Screen, result: ReplayResult) -> None:
    judged = [period for period in result.periods if 0 < period.bads < period.rows]
    rows, bads = sum(period.rows for period in judged), sum(period.bads for period in judged)
    screen.heading(
        f"{result.pipeline}: {len(result.dates)} dates, every {result.every}, from {result.first} to {result.last}"
    )
    screen.line(
        f"Judged on {rows:,} applicants after those dates, {bads:,} of them bad, with what was known on "
        f"{result.known_until}; each model approves {percent(result.approval_rate, 0)}."
    )
    screen.heading("What each policy would have been worth (mean of periods, weighted by bads)")
    names = ["", *(policy.policy for policy in result.policies)]
    screen.table(names, _measures(result), right=range(1, len(names)))
    for policy in result.policies:
        _show_reigns(screen, policy)
    screen.line(
        f"\nTheir runs are in the home {result.home}: `kingmaker --home {result.home} explain RUN` tells of one."
    )


def _measures(result: ReplayResult) -> list[list[str]]:
    policies = result.policies
    return [
        ["false kill", *(percent(policy.by_bads.false_kill, 2) for policy in policies)],
        ["AUC", *(number(policy.by_bads.auc, 4) for policy in policies)],
        ["bad rate of the approved", *(percent(policy.by_bads.bad_rate, 2) for policy in policies)],
        ["error of the mean pd", *(percent(policy.by_bads.calibration_error) for policy in policies)],
        [f"profit{'' if result.amount else ' (loans of 1)'}", *(money(policy.profit) for policy in policies)],
        ["regret of false kill", *(points(policy.by_bads.regret) for policy in policies)],
        ["promotions", *(str(policy.promotions) for policy in policies)],
        ["worse in hindsight", *(f"{policy.worse} of {policy.judged}" for policy in policies)],
        ["beyond one standard error", *(str(policy.clearly_worse) for policy in policies)],
        ["held for a person", *(str(policy.holds) for policy in policies)],
        ["dates refused", *(str(policy.refusals) for policy in policies)],
    ]


def _show_reigns(screen: Screen, policy: PolicyResult) -> None:
    screen.heading(f"{policy.policy}: who was champion")
    screen.table(
        ["from", "to", "version", "learner", "run", "in hindsight", "why"],
        [_reign(reign) for reign in policy.reigns],
        right=[4, 5],
        clip=True,
    )


def _reign(reign: Reign) -> list[str]:
    return [
        reign.since.isoformat(),
        reign.until.isoformat(),
        reign.version[:12],
        reign.learner,
        str(reign.run),
        points(reign.hindsight.difference) if reign.hindsight else "-",
        reign.sentence,
    ]
