"""champion, history, versions, rollback, approve, reject, promote: who is in force, and what people do about it."""

from typing import Annotated

import msgspec
import typer

from kingmaker.control.records import Reign
from kingmaker.domain.champion import ChampionTurn
from kingmaker.domain.companions import CompanionChange
from kingmaker.interfaces.cli.desk import Json, desk_of
from kingmaker.interfaces.cli.naming import PipelineName, RunNumber, Why, moment_named, pipeline_meant, reason_given
from kingmaker.interfaces.cli.screen import Screen
from kingmaker.interfaces.cli.words import minute, share_in_words, when


def add_commands(app: typer.Typer) -> None:
    app.command("champion")(champion)
    app.command("history")(history)
    app.command("versions")(versions)
    app.command("rollback")(rollback)
    app.command("approve")(approve)
    app.command("reject")(reject)
    app.command("promote")(promote)


def champion(
    context: typer.Context,
    pipeline: PipelineName = None,
    at: Annotated[str | None, typer.Option(help="Who was in force at this time (UTC).")] = None,
    json: Json = False,
) -> None:
    """Say which version is in force, since when and why."""
    desk, screen = desk_of(context), Screen(json=json)
    with desk.verbs() as verbs:
        name = pipeline_meant(desk, verbs, pipeline)
        reign = verbs.champion(name, at=moment_named(at, "--at") if at else None)
    if json:
        screen.document(msgspec.to_builtins(reign.turn) | _companions_record(reign.companions) if reign else None)
    elif reign is None:
        screen.line(f"Pipeline {name} {'had' if at else 'has'} no champion{f' at {at}' if at else ' yet'}.")
    else:
        _show_reign(screen, reign)


def _show_reign(screen: Screen, reign: Reign) -> None:
    turn, frozen = reign.turn, reign.frozen
    screen.line(
        f"Pipeline {reign.pipeline}: version {turn.version[:12]} is in force since {when(turn.since)} UTC (turn {turn.turn})."
    )
    screen.line(f"{turn.reason.value} by {turn.by}: {turn.why}")
    _show_companions(screen, reign.companions)
    if frozen:
        screen.line(f"Frozen since {when(frozen.since)} UTC, by {frozen.by}: {frozen.why}")


def _companions_record(change: CompanionChange | None) -> dict[str, object]:
    canary = {"version": change.canary, "share": change.share} if change and change.canary else None
    return {"canary": canary, "shadows": list(change.shadows) if change else []}


def _show_companions(screen: Screen, change: CompanionChange | None) -> None:
    if change is None or not change.versions:
        return
    if change.canary and change.share is not None:
        screen.line(
            f"Canary: version {change.canary[:12]} answers for {share_in_words(change.share)} of the applications."
        )
    if change.shadows:
        screen.line(f"Shadows: {', '.join(version[:12] for version in change.shadows)}.")
    screen.line(f"So since {when(change.since)} UTC, by {change.by}: {change.why}")


def _show_turns(screen: Screen, turns: list[ChampionTurn]) -> None:
    rows = [
        [str(turn.turn), turn.version[:12], minute(turn.since), turn.reason.value, turn.by, turn.why] for turn in turns
    ]
    screen.table(["turn", "version", "since (UTC)", "how", "by", "why"], rows, right=[0])


def history(context: typer.Context, pipeline: PipelineName = None, json: Json = False) -> None:
    """List every champion there was, oldest first."""
    desk, screen = desk_of(context), Screen(json=json)
    with desk.verbs() as verbs:
        turns = verbs.history(pipeline_meant(desk, verbs, pipeline))
    if json:
        screen.document(turns)
    elif not turns:
        screen.line("There was no champion yet.")
    else:
        _show_turns(screen, turns)


def versions(context: typer.Context, pipeline: PipelineName = None, json: Json = False) -> None:
    """List published model versions, newest first."""
    desk, screen = desk_of(context), Screen(json=json)
    with desk.verbs() as verbs:
        found = verbs.versions(pipeline_meant(desk, verbs, pipeline))
    if json:
        screen.document(found)
    else:
        screen.table(["version", "run", "learner", "published (UTC)"], [
            [one.short, str(one.run), one.learner, when(one.published_at)] for one in found
        ], right=[1])  # fmt: skip


def rollback(
    context: typer.Context,
    why: Why,
    to: Annotated[str | None, typer.Option(help="Version (or its first digits); default: the champion before.")] = None,
    pipeline: PipelineName = None,
    json: Json = False,
) -> None:
    """Put an earlier version back in force, after proving that its bundle still keeps its promises."""
    desk, screen = desk_of(context), Screen(json=json)
    with desk.verbs() as verbs:
        turn = verbs.roll_back(pipeline_meant(desk, verbs, pipeline), to=to, why=reason_given(why))
    _tell(screen, turn, json=json)


def approve(context: typer.Context, run: RunNumber, why: Why, json: Json = False) -> None:
    """Put a held run's version in force."""
    desk, screen = desk_of(context), Screen(json=json)
    with desk.verbs() as verbs:
        turn = verbs.approve(run, why=reason_given(why))
    _tell(screen, turn, json=json)


def reject(context: typer.Context, run: RunNumber, why: Why, json: Json = False) -> None:
    """Refuse a held run's version for good."""
    desk, screen = desk_of(context), Screen(json=json)
    with desk.verbs() as verbs:
        recorded = verbs.reject(run, why=reason_given(why))
    if json:
        screen.document(recorded)
    else:
        screen.line(f"Run {run} is rejected. The champion stays.")


def promote(
    context: typer.Context,
    version: Annotated[str, typer.Argument(help="A published version (or its first digits).")],
    why: Why,
    expected_turn: Annotated[
        int | None,
        typer.Option(min=0, max=2**31 - 1, help="Only if this turn is in force (0: nobody); default: now's."),
    ] = None,
    pipeline: PipelineName = None,
    json: Json = False,
) -> None:
    """Put any published version in force, after proving it. Nobody is replaced whom you did not see."""
    desk, screen = desk_of(context), Screen(json=json)
    with desk.verbs() as verbs:
        name, reason = pipeline_meant(desk, verbs, pipeline), reason_given(why)
        reign = verbs.champion(name) if expected_turn is None else None
        seen = expected_turn if expected_turn is not None else reign.turn.turn if reign else 0
        turn = verbs.promote(name, version, expected_turn=seen, why=reason)
    _tell(screen, turn, json=json)


def _tell(screen: Screen, turn: ChampionTurn, *, json: bool) -> None:
    if json:
        screen.document(turn)
    else:
        screen.line(f"Version {turn.version[:12]} is in force now (turn {turn.turn}, {turn.reason.value}).")
