"""shadow, canary, endpoints: what is tried beside the champion, and who serves what."""

from typing import Annotated

import typer

from kingmaker.control.records import Reign
from kingmaker.domain.errors import KingmakerError
from kingmaker.interfaces.cli.desk import Json, desk_of
from kingmaker.interfaces.cli.naming import PipelineName, Why, pipeline_meant, reason_given
from kingmaker.interfaces.cli.screen import Screen
from kingmaker.interfaces.cli.words import ago, share_in_words
from kingmaker.loop.records import Accompanied, EndpointReport

BY_HAND = "Stopped by hand."
Stop = Annotated[bool, typer.Option("--stop", help="Send it away again.")]


def add_commands(app: typer.Typer) -> None:
    app.command("shadow")(shadow)
    app.command("canary")(canary)
    app.command("endpoints")(endpoints)


def shadow(
    context: typer.Context,
    version: Annotated[str, typer.Argument(help="A published version (or its first digits).")],
    why: Why,
    stop: Stop = False,
    pipeline: PipelineName = None,
    json: Json = False,
) -> None:
    """Let a version score every application unseen beside the champion, after proving it; `--stop` ends that."""
    desk, screen = desk_of(context), Screen(json=json)
    with desk.verbs() as verbs:
        name, reason = pipeline_meant(desk, verbs, pipeline), reason_given(why)
        act = verbs.stop_shadow if stop else verbs.add_shadow
        done = act(name, version, why=reason)
    digits = done.version[:12]
    said = f"Version {digits} is a shadow no longer." if stop else f"Version {digits} scores every application unseen."
    _tell(screen, done, said, f"kingmaker shadow {digits} --stop --why ..." if not stop else "")


def canary(
    context: typer.Context,
    version: Annotated[str | None, typer.Argument(help="A published version (or its first digits).")] = None,
    share: Annotated[str | None, typer.Option(help="Of the applications: 5% or 0.05.")] = None,
    why: Annotated[str, typer.Option(help="The reason, kept in the audit log.")] = "",
    stop: Stop = False,
    pipeline: PipelineName = None,
    json: Json = False,
) -> None:
    """Let a version answer for a small share of the applications, after proving it; `--stop` ends that."""
    desk, screen = desk_of(context), Screen(json=json)
    with desk.verbs() as verbs:
        name = pipeline_meant(desk, verbs, pipeline)
        if stop:
            _refuse_more(version, share)
            done = verbs.stop_canary(name, why=why.strip() or BY_HAND)
            said = f"Version {done.version[:12]} is the canary no longer: the champion answers for every application."
        else:
            asked = _share(share)
            done = verbs.set_canary(name, _named(version), asked, why=reason_given(why))
            said = f"Version {done.version[:12]} answers for {share_in_words(asked)} of the applications."
    _tell(screen, done, said, "" if stop else "kingmaker canary --stop")


def endpoints(context: typer.Context, pipeline: PipelineName = None, json: Json = False) -> None:
    """List what each endpoint serves, and how far it is behind what was announced."""
    desk, screen = desk_of(context), Screen(json=json)
    with desk.verbs() as verbs:
        name = pipeline_meant(desk, verbs, pipeline)
        edition = verbs.announced_edition(name)
        reports = verbs.endpoints(name)
        reign = None if json else verbs.champion(name)
    if json:
        screen.document({"pipeline": name, "announced_edition": edition, "endpoints": reports})
        return
    screen.line(f"Pipeline {name}: {_announced(edition, reign)}")
    if not reports:
        screen.line("No endpoint has reported yet.")
        return
    columns = ["endpoint", "version", "edition", "behind", "state", "reported", "why"]
    screen.table(columns, [_cells(one) for one in reports], right=[2, 3], clip=True)


def _announced(edition: int | None, reign: Reign | None) -> str:
    """Every turn and every change of companions is an edition: another number than theirs is an older announcement."""
    if edition is None or reign is None:
        return "nothing is announced."
    changes = reign.companions.number if reign.companions else 0
    if edition != reign.turn.turn + changes:
        return f"edition {edition} is announced, and turn {reign.turn.turn} is not yet."
    return f"edition {edition} is announced, version {reign.turn.version[:12]} (turn {reign.turn.turn})."


def _cells(report: EndpointReport) -> list[str]:
    return [
        report.endpoint,
        report.version[:12] or "-",
        "-" if report.edition is None else str(report.edition),
        "-" if report.behind is None else str(report.behind),
        report.state or "-",
        "-" if report.age_seconds is None else ago(report.age_seconds),
        report.why,
    ]


def _tell(screen: Screen, done: Accompanied, said: str, undone_by: str) -> None:
    if screen.json:
        screen.document(done)
        return
    pointer = done.pointer
    shadows = ", ".join(one.version[:12] for one in pointer.shadows) or "none"
    tried = pointer.canary
    at = f"{tried.placed.version[:12]} for {share_in_words(tried.share)}" if tried else "none"
    screen.line(said)
    screen.line(
        f"In force: version {pointer.champion.version[:12]} (turn {pointer.turn}). Canary: {at}. Shadows: {shadows}."
    )
    screen.line(f"Announced as edition {pointer.edition}: `kingmaker endpoints` shows who follows.")
    screen.line(f"To end it: `{undone_by}`." if undone_by else "Its answers stay in the endpoints' logs.")


def _named(version: str | None) -> str:
    if version is None:
        raise KingmakerError("no version is named", remedy="`kingmaker versions` lists those that are published.")
    return version


def _refuse_more(version: str | None, share: str | None) -> None:
    if version is not None or share is not None:
        raise KingmakerError(
            "there is one canary at most, and --stop ends it, whichever it is", remedy="Say `kingmaker canary --stop`."
        )


def _share(text: str | None) -> float:
    """A share in (0, 1), said in percent or as a fraction."""
    said = (text or "").strip()
    try:
        share = float(said.removesuffix("%")) / 100.0 if said.endswith("%") else float(said)
    except ValueError:
        share = float("nan")
    if not 0.0 < share < 1.0:
        what = f"--share {said!r} is no share" if said else "the share is missing"
        raise KingmakerError(what, remedy="Say how many of the applications it answers for: --share 5%, or 0.05.")
    return share
