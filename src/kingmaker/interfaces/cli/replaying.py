"""replay: what it takes. What it does stands in `replayed`, loaded when a replay is really meant, not for its help."""

from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

from kingmaker.domain.replay import ReplayRequest
from kingmaker.interfaces.cli.desk import Json, desk_of
from kingmaker.interfaces.cli.naming import Why, reason_given
from kingmaker.interfaces.cli.screen import Screen
from kingmaker.interfaces.cli.words import minute


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The command's words as they were typed."""

    pipeline: Path
    first: str
    last: str
    every: str
    policies: str
    holds: str
    workers: int | None
    seed: int | None
    out: Path | None


def add_commands(app: typer.Typer) -> None:
    app.command("replay")(replay)
    app.command("replays")(replays)
    app.command("cancel-replay")(cancel_replay)


def replay(
    context: typer.Context,
    pipeline: Annotated[Path, typer.Argument(help="The pipeline file (YAML).")],
    first: Annotated[str, typer.Option("--from", help="The first date: YYYY-MM (its last day) or YYYY-MM-DD.")],
    last: Annotated[str, typer.Option("--to", help="No date is later than this one.")],
    every: Annotated[str, typer.Option(help="Distance of the dates: month, quarter, 2 weeks, …")] = "quarter",
    policies: Annotated[
        str, typer.Option(help="Which to compare: never, always, point, proven, manual.")
    ] = "never,always,point,proven",
    holds: Annotated[
        str, typer.Option(help="What becomes of a challenger that waits for a person: refuse or approve.")
    ] = "refuse",
    workers: Annotated[
        int | None, typer.Option(min=1, max=256, help="Steps done at once.", show_default="one a core")
    ] = None,
    seed: Annotated[int | None, typer.Option(min=0, max=2**31, help="Instead of the declared one.")] = None,
    out: Annotated[Path | None, typer.Option(help="Write an HTML page here too.")] = None,
    json: Json = False,
) -> None:
    """Replay policies over your own past: what unattended retraining would have done. Goes on where a killed one stopped."""
    desk = desk_of(context)
    replayed = import_module(f"kingmaker.interfaces.cli.{'replayed_afar' if desk.is_afar else 'replayed'}")
    asked = Asked(
        pipeline=pipeline,
        first=first,
        last=last,
        every=every,
        policies=policies,
        holds=holds,
        workers=workers,
        seed=seed,
        out=out,
    )
    replayed.replay_at(desk, asked, json=json)


def replays(
    context: typer.Context,
    pipeline: Annotated[str | None, typer.Option(help="Only this pipeline's.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="At most so many, newest first.")] = 20,
    json: Json = False,
) -> None:
    """List replays that were asked for at the control centre, newest first."""
    screen = Screen(json=json)
    with desk_of(context).verbs() as verbs:
        found = verbs.replays(pipeline=pipeline, limit=limit)
    if json:
        screen.document(found)
    elif not found:
        screen.line("No replay was asked for.")
    else:
        head = ["replay", "pipeline", "from", "to", "dates", "policies", "asked", "by", "state", ""]
        screen.table(head, [_line(one) for one in found], right=[0, 4], clip=True)


def cancel_replay(
    context: typer.Context,
    number: Annotated[int, typer.Argument(min=1, max=2**31 - 1, help="As `kingmaker replays` lists it.")],
    why: Why,
    json: Json = False,
) -> None:
    """End a replay that was asked for; it stops within seconds."""
    reason = reason_given(why)
    with desk_of(context).verbs() as verbs:
        wished = verbs.cancel_replay(number, why=reason)
    screen = Screen(json=json)
    if json:
        screen.document(wished)
    else:
        screen.line(f"Replay {number} " + ("is cancelled." if wished.state.is_over() else "ends within seconds."))


def _line(one: ReplayRequest) -> list[str]:
    order, progress = one.order, one.progress
    is_running = not one.state.is_over() and progress is not None
    return [
        str(one.number),
        order.pipeline,
        order.first.isoformat(),
        order.last.isoformat(),
        str(order.dates),
        ",".join(order.policies),
        minute(one.asked_at),
        one.requested_by,
        one.state.value,
        f"{progress.dates_done} of {order.dates} dates" if is_running and progress else one.detail,
    ]
