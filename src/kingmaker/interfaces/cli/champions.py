"""champion, history, versions, rollback, approve, reject: who is in force, and what people do about it."""

from datetime import UTC, datetime
from typing import Annotated

import msgspec
import typer

from kingmaker.domain.champion import ChampionTurn
from kingmaker.domain.companions import CompanionChange
from kingmaker.domain.errors import KingmakerError, NotFound
from kingmaker.interfaces.cli.desk import Json, desk_of
from kingmaker.interfaces.cli.screen import Screen
from kingmaker.interfaces.cli.words import minute, share_in_words, when
from kingmaker.loop.companions import companions_at
from kingmaker.loop.reign import approve as approve_run
from kingmaker.loop.reign import reject as reject_run
from kingmaker.loop.reign import roll_back
from kingmaker.ports.house import House

PipelineName = Annotated[
    str | None, typer.Option("--pipeline", help="The pipeline; may be left out when there is only one.")
]
Why = Annotated[str, typer.Option(help="The reason, kept in the audit log.")]
RunNumber = Annotated[int, typer.Argument(min=1, max=2**31, help="Run number, as `kingmaker runs` lists it.")]


def add_commands(app: typer.Typer) -> None:
    app.command("champion")(champion)
    app.command("history")(history)
    app.command("versions")(versions)
    app.command("rollback")(rollback)
    app.command("approve")(approve)
    app.command("reject")(reject)


def pipeline_named(house: House, name: str | None, *, asked: str = "--pipeline") -> str:
    """The pipeline meant. Raises NotFound when it cannot be told, with `asked` as what to say."""
    known = list(house.ledger.pipelines())
    if name is not None:
        if name not in known:
            raise NotFound(f"no pipeline {name!r} has run in this home", remedy=f"Known: {', '.join(known) or 'none'}.")
        return name
    if len(known) != 1:
        raise NotFound(
            "no pipeline has run in this home yet" if not known else "there are several pipelines in this home",
            remedy=f"Say {asked}: {', '.join(known)}." if known else "`kingmaker run PIPELINE.yaml` starts one.",
        )
    return known[0]


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise KingmakerError(
            f"--at {text!r} is not a time", remedy="Write it as YYYY-MM-DD or YYYY-MM-DDTHH:MM:SS (UTC)."
        ) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def champion(
    context: typer.Context,
    pipeline: PipelineName = None,
    at: Annotated[str | None, typer.Option(help="Who was in force at this time (UTC).")] = None,
    json: Json = False,
) -> None:
    """Say which version is in force, since when and why."""
    screen = Screen(json=json)
    with desk_of(context).house() as house:
        name = pipeline_named(house, pipeline)
        moment = _moment(at) if at else None
        turn = house.ledger.champion(name, at=moment)
        companions = companions_at(house, name, moment)
    if json:
        screen.document(None if turn is None else msgspec.to_builtins(turn) | _companions_record(companions))
    elif turn is None:
        screen.line(f"Pipeline {name} {'had' if at else 'has'} no champion{f' at {at}' if at else ' yet'}.")
    else:
        screen.line(
            f"Pipeline {name}: version {turn.version[:12]} is in force since {when(turn.since)} UTC (turn {turn.turn})."
        )
        screen.line(f"{turn.reason.value} by {turn.by}: {turn.why}")
        _show_companions(screen, companions)


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
    screen = Screen(json=json)
    with desk_of(context).house() as house:
        turns = house.ledger.history(pipeline_named(house, pipeline))
    if json:
        screen.document(turns)
    elif not turns:
        screen.line("There was no champion yet.")
    else:
        _show_turns(screen, turns)


def versions(context: typer.Context, pipeline: PipelineName = None, json: Json = False) -> None:
    """List published model versions, newest first."""
    screen = Screen(json=json)
    with desk_of(context).house() as house:
        found = house.ledger.versions(pipeline_named(house, pipeline))
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
    with desk.house() as house:
        turn = roll_back(house, pipeline_named(house, pipeline), to=to, by=desk.settings.by, why=reason_given(why))
    _tell(screen, turn, json=json)


def approve(context: typer.Context, run: RunNumber, why: Why, json: Json = False) -> None:
    """Put a held run's version in force."""
    desk, screen = desk_of(context), Screen(json=json)
    with desk.house() as house:
        turn = approve_run(house, run, by=desk.settings.by, why=reason_given(why))
    _tell(screen, turn, json=json)


def reject(context: typer.Context, run: RunNumber, why: Why, json: Json = False) -> None:
    """Refuse a held run's version for good."""
    desk, screen = desk_of(context), Screen(json=json)
    with desk.house() as house:
        recorded = reject_run(house, run, by=desk.settings.by, why=reason_given(why))
    if json:
        screen.document(recorded)
    else:
        screen.line(f"Run {run} is rejected. The champion stays.")


def _tell(screen: Screen, turn: ChampionTurn, *, json: bool) -> None:
    if json:
        screen.document(turn)
    else:
        screen.line(f"Version {turn.version[:12]} is in force now (turn {turn.turn}, {turn.reason.value}).")


def reason_given(why: str) -> str:
    """The reason without blanks around it. Raises KingmakerError when nothing is left."""
    if not why.strip():
        raise KingmakerError("the reason is empty", remedy="Say --why '...': it is kept in the audit log.")
    return why.strip()
