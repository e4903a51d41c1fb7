"""monitor, alarms: how endpoints fare, and which readings crossed their limit."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from kingmaker.domain.alarm import Alarm
from kingmaker.domain.monitoring import DayReading, Monitoring, ServiceReading
from kingmaker.interfaces.cli.desk import Json, desk_of
from kingmaker.interfaces.cli.naming import OnePipeline, pipeline_meant
from kingmaker.interfaces.cli.screen import Screen
from kingmaker.interfaces.cli.words import minute, number, percent

MOST_COLUMNS = 10
"""Of the newest day, those that moved most."""


def add_commands(app: typer.Typer) -> None:
    app.command("monitor")(monitor)
    app.command("alarms")(alarms)


def monitor(
    context: typer.Context,
    pipeline: OnePipeline = None,
    days: Annotated[int, typer.Option(min=1, max=92, help="The newest so many days.")] = 14,
    now: Annotated[
        bool, typer.Option("--now", help="First read what endpoints left; a control centre does so by itself.")
    ] = False,
    json: Json = False,
) -> None:
    """Say how endpoints fare: volumes, drift, approval rate, latency, errors, early delinquency."""
    desk, screen = desk_of(context), Screen(json=json)
    with desk.verbs() as verbs:
        name = pipeline_meant(desk, verbs, pipeline, asked="PIPELINE")
        if now:
            verbs.monitor(name)
        today = datetime.now(UTC).date()
        told = verbs.monitoring(name, since=today - timedelta(days=days - 1), until=today)
    if json:
        screen.document(told)
    elif told.read_at is None:
        screen.line(
            f"Nothing was read of {name} yet: `kingmaker monitor {name} --now` does, and a control centre by itself."
        )
    else:
        _show(screen, told)


def alarms(
    context: typer.Context,
    pipeline: OnePipeline = None,
    only_open: Annotated[bool, typer.Option("--open", help="Only those that last.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="At most so many, newest first.")] = 30,
    json: Json = False,
) -> None:
    """List readings that crossed their limit, newest first."""
    desk, screen = desk_of(context), Screen(json=json)
    with desk.verbs() as verbs:
        found = verbs.alarms(pipeline_meant(desk, verbs, pipeline, asked="PIPELINE"), only_open=only_open, limit=limit)
    if json:
        screen.document(found)
    elif not found:
        screen.line("No reading has crossed its limit.")
    else:
        columns = ["no", "kind", "of", "level", "value", "limit", "since (UTC)", "until (UTC)", ""]
        screen.table(columns, [_cells(one) for one in found], right=[0, 4, 5], clip=True)


def _cells(one: Alarm) -> list[str]:
    until = minute(one.until) if one.until else "lasts"
    told = [str(one.number), one.kind.value.replace("_", " "), one.what or "-", one.level.value]
    return [*told, f"{one.value:.3g}", f"{one.limit:.3g}", minute(one.since), until, one.sentence]


def _show(screen: Screen, told: Monitoring) -> None:
    left = f" {told.unreadable} were damaged." if told.unreadable else ""
    screen.line(f"{told.segments:,} segments were read until {minute(told.read_at)} UTC.{left}")
    if not told.days:
        screen.line("No endpoint has logged an answer on these days.")
    else:
        columns = ["day (UTC)", "version", "", "answers", "approved", "cut made for", "mean pd", "PSI grades, 7 days"]
        screen.table(columns, [_day(one) for one in told.days], right=[3, 4, 5, 6, 7])
        _show_columns(screen, told)
    if told.service:
        screen.heading("Endpoints")
        columns = ["day (UTC)", "endpoint", "requests", "refused", "errors", "half within", "99 % within"]
        screen.table(columns, [_service(one) for one in told.service], right=[2, 3, 4, 5, 6])
    for outcome in told.outcomes:
        screen.heading(f"Outcomes of version {outcome.version[:12]}, as of {outcome.as_of} ({outcome.loans:,} loans)")
        screen.table(["grade", "loans", "bad so far", "predicted"], [
            [band.grade, f"{band.loans:,}", percent(band.bads / band.loans, 2), percent(band.expected, 2)]
            for band in outcome.bands
        ], right=[1, 2, 3])  # fmt: skip


def _day(one: DayReading) -> list[str]:
    role = "shadow" if one.is_shadow else ""
    shares = [percent(one.approval_rate), percent(one.expected_approval), percent(one.mean_pd, 2)]
    return [str(one.day), one.version[:12], role, f"{one.answers:,}", *shares, number(one.score.week)]


def _show_columns(screen: Screen, told: Monitoring) -> None:
    newest = next((one for one in reversed(told.days) if not one.is_shadow), told.days[-1])
    moved = sorted(
        (one for one in newest.features if one.drift.week is not None), key=lambda one: -(one.drift.week or 0.0)
    )
    if moved:
        screen.heading(f"Columns that moved most, {newest.day}")
        screen.table(["column", "PSI, day", "7 days", "28 days", "missing", "at fitting"], [
            [one.name, number(one.drift.day), number(one.drift.week), number(one.drift.month),
             percent(one.missing), percent(one.reference_missing)]
            for one in moved[:MOST_COLUMNS]
        ], right=[1, 2, 3, 4, 5])  # fmt: skip


def _service(one: ServiceReading) -> list[str]:
    latency = ["-" if value is None else f"{value * 1000:g} ms" for value in (one.p50, one.p99)]
    return [str(one.day), one.endpoint, f"{one.requests:,}", f"{one.refused:,}", f"{one.errors:,}", *latency]
