"""schedule: when pipelines run by themselves."""

from typing import Annotated

import typer

from kingmaker.domain.schedule import Schedule
from kingmaker.interfaces.cli.desk import Json, desk_of
from kingmaker.interfaces.cli.naming import OnePipeline, pipeline_meant
from kingmaker.interfaces.cli.screen import Screen
from kingmaker.interfaces.cli.spans import span_named, span_told
from kingmaker.interfaces.cli.words import minute

HELP = "When pipelines run by themselves."


def add_commands(app: typer.Typer) -> None:
    schedule = typer.Typer(help=HELP, no_args_is_help=True, rich_markup_mode=None)
    schedule.command("set")(set_schedule)
    schedule.command("list")(list_schedules)
    schedule.command("pause")(pause)
    schedule.command("resume")(resume)
    schedule.command("drop")(drop)
    schedule.command("next")(next_times)
    app.add_typer(schedule, name="schedule")


def set_schedule(
    context: typer.Context,
    pipeline: Annotated[str, typer.Argument(help="The pipeline.")],
    cron: Annotated[str, typer.Argument(help="Minute, hour, day, month, weekday: '0 2 * * *' is every night at two.")],
    zone: Annotated[str, typer.Option(help="Time zone that the hours are of, such as Asia/Shanghai.")] = "UTC",
    grace: Annotated[str, typer.Option(help="After an outage, how late a missed run may still start.")] = "6 hours",
    priority: Annotated[int, typer.Option(min=-100, max=100, help="The higher comes first.")] = 0,
    json: Json = False,
) -> None:
    """Let a declared pipeline run by itself; a schedule that is set replaces the one before."""
    desk, span = desk_of(context), span_named(grace, "--grace")
    with desk.verbs() as verbs:
        name = pipeline_meant(desk, verbs, pipeline, asked="PIPELINE")
        _tell(verbs.set_schedule(name, cron, zone=zone, grace=span, priority=priority), json=json)


def list_schedules(context: typer.Context, json: Json = False) -> None:
    """List every schedule, with its next time."""
    screen = Screen(json=json)
    with desk_of(context).verbs() as verbs:
        found = verbs.schedules()
    if json:
        screen.document(found)
    elif not found:
        screen.line("No pipeline runs by itself. `kingmaker schedule set PIPELINE '0 2 * * *'` lets one.")
    else:
        columns = ["pipeline", "cron", "zone", "grace", "last (UTC)", "next (UTC)", "set by"]
        screen.table(columns, [_cells(one) for one in found])


def _cells(one: Schedule) -> list[str]:
    following = f"paused by {one.paused_by}" if one.is_paused else minute(one.next_at)
    return [one.pipeline, one.cron, one.zone, span_told(one.grace), minute(one.last_at), following, one.set_by]


def pause(context: typer.Context, pipeline: OnePipeline = None, json: Json = False) -> None:
    """Let a pipeline run by itself no longer, until it is resumed."""
    desk = desk_of(context)
    with desk.verbs() as verbs:
        _tell(verbs.pause_schedule(pipeline_meant(desk, verbs, pipeline, asked="PIPELINE")), json=json)


def resume(context: typer.Context, pipeline: OnePipeline = None, json: Json = False) -> None:
    """Let a paused pipeline run by itself again, from its next time on."""
    desk = desk_of(context)
    with desk.verbs() as verbs:
        _tell(verbs.resume_schedule(pipeline_meant(desk, verbs, pipeline, asked="PIPELINE")), json=json)


def drop(
    context: typer.Context, pipeline: Annotated[str, typer.Argument(help="The pipeline.")], json: Json = False
) -> None:
    """Take a pipeline's schedule away."""
    desk, screen = desk_of(context), Screen(json=json)
    with desk.verbs() as verbs:
        name = pipeline_meant(desk, verbs, pipeline, asked="PIPELINE")
        verbs.drop_schedule(name)
    if json:
        screen.document({"pipeline": name, "schedule": None})
    else:
        screen.line(f"Pipeline {name} runs by itself no longer.")


def next_times(
    context: typer.Context,
    pipeline: OnePipeline = None,
    count: Annotated[int, typer.Option(min=1, max=100, help="So many.")] = 5,
    json: Json = False,
) -> None:
    """Tell the next times of a schedule, in UTC."""
    desk, screen = desk_of(context), Screen(json=json)
    with desk.verbs() as verbs:
        times = verbs.next_times(pipeline_meant(desk, verbs, pipeline, asked="PIPELINE"), count=count)
    if json:
        screen.document(times)
    else:
        for moment in times:
            screen.line(minute(moment))


def _tell(one: Schedule, *, json: bool) -> None:
    screen = Screen(json=json)
    if json:
        screen.document(one)
    elif one.is_paused:
        screen.line(f"Pipeline {one.pipeline} is paused: it runs by itself no longer, until it is resumed.")
    else:
        screen.line(
            f"Pipeline {one.pipeline} runs by itself at `{one.cron}` ({one.zone}), next {minute(one.next_at)} UTC."
        )
