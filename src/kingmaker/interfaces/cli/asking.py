"""ask, queue, withdraw, cancel, retry, follow: runs that somebody else conducts, asked for and watched."""

from importlib import import_module
from typing import Annotated

import typer

from kingmaker.domain.queue import QueuedRequest, QueueState
from kingmaker.interfaces.cli.desk import Json, desk_of
from kingmaker.interfaces.cli.naming import OnePipeline, RunNumber, Why, day_named, pipeline_meant, reason_given
from kingmaker.interfaces.cli.screen import Screen
from kingmaker.interfaces.cli.words import minute

Key = Annotated[str | None, typer.Option(help="Asking again with the same key is answered with the same request.")]
RequestNumber = Annotated[
    int, typer.Argument(min=1, max=2**31 - 1, help="Request number, as `kingmaker queue` lists it.")
]


def add_commands(app: typer.Typer) -> None:
    app.command("ask")(ask)
    app.command("queue")(queue)
    app.command("withdraw")(withdraw)
    app.command("cancel")(cancel)
    app.command("retry")(retry)
    app.command("follow")(follow)


def ask(
    context: typer.Context,
    pipeline: OnePipeline = None,
    as_of: Annotated[
        str | None, typer.Option(help="Pretend it is this day (YYYY-MM-DD).", show_default="today")
    ] = None,
    key: Key = None,
    priority: Annotated[int, typer.Option(min=-100, max=100, help="The higher comes first.")] = 0,
    json: Json = False,
) -> None:
    """Ask for a run of a declared pipeline; whoever works for the control centre takes it up."""
    desk = desk_of(context)
    day = day_named(as_of) if as_of else None
    with desk.verbs() as verbs:
        name = pipeline_meant(desk, verbs, pipeline, asked="PIPELINE")
        asked = verbs.ask(name, as_of=day, key=key, priority=priority)
    _tell(asked, json=json)


def queue(
    context: typer.Context,
    pipeline: Annotated[str | None, typer.Option(help="Only this pipeline's requests.")] = None,
    state: Annotated[QueueState | None, typer.Option(help="Only those in this state.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="At most so many, newest first.")] = 20,
    json: Json = False,
) -> None:
    """List what was asked for, newest first."""
    screen = Screen(json=json)
    with desk_of(context).verbs() as verbs:
        found = verbs.queue(pipeline=pipeline, state=state, limit=limit)
    if json:
        screen.document(found)
    elif not found:
        screen.line("Nothing was asked for. `kingmaker ask PIPELINE` asks for a run.")
    else:
        columns = ["request", "pipeline", "as of", "asked (UTC)", "by", "priority", "state", "run", ""]
        screen.table(columns, [_cells(one) for one in found], right=[0, 5, 7], clip=True)


def _cells(one: QueuedRequest) -> list[str]:
    asked = [
        str(one.number),
        one.request.pipeline,
        str(one.request.as_of),
        minute(one.asked_at),
        one.request.requested_by,
    ]
    return [*asked, str(one.priority), one.state.value, "-" if one.run is None else str(one.run), one.detail]


def withdraw(context: typer.Context, number: RequestNumber, why: Why, json: Json = False) -> None:
    """Take a request back that waits."""
    screen = Screen(json=json)
    with desk_of(context).verbs() as verbs:
        withdrawn = verbs.withdraw(number, why=reason_given(why))
    if json:
        screen.document(withdrawn)
    else:
        screen.line(f"Request {number} of pipeline {withdrawn.request.pipeline} is withdrawn.")


def cancel(context: typer.Context, run: RunNumber, why: Why, json: Json = False) -> None:
    """End a run; it stops within seconds, with the trials under way."""
    screen = Screen(json=json)
    with desk_of(context).verbs() as verbs:
        line = verbs.cancel(run, why=reason_given(why))
    if json:
        screen.document(line)
    elif line.run.state.is_over():
        screen.line(f"Run {run} of pipeline {line.run.request.pipeline} is cancelled.")
    else:
        screen.line(f"Run {run} of pipeline {line.run.request.pipeline} is to end: it stops within seconds.")


def retry(context: typer.Context, run: RunNumber, key: Key = None, json: Json = False) -> None:
    """Ask again for what a run that is over was asked for: its declaration and its day."""
    with desk_of(context).verbs() as verbs:
        asked = verbs.retry(run, key=key)
    _tell(asked, json=json)


def follow(context: typer.Context, run: RunNumber, json: Json = False) -> None:
    """Follow a run while it works, to its verdict. Ctrl-C leaves it alone."""
    desk = desk_of(context)
    following = import_module("kingmaker.interfaces.cli.following")
    with desk.verbs() as verbs:
        following.follow_to_verdict(desk, verbs, run, json=json)


def _tell(asked: QueuedRequest, *, json: bool) -> None:
    screen = Screen(json=json)
    if json:
        screen.document(asked)
        return
    wanted = f"a run of {asked.request.pipeline} as of {asked.request.as_of}"
    if asked.run is None:
        screen.line(f"Request {asked.number} for {wanted} is {asked.state.value}. `kingmaker queue` shows it.")
    else:
        screen.line(f"Request {asked.number} for {wanted} became run {asked.run}: `kingmaker follow {asked.run}`.")
