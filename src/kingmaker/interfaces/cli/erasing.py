"""erase, erasures: one customer taken out of everything that is kept, and the proof of it."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kingmaker.domain.erasure import ErasedKind, Erasure, ErasureCheck
from kingmaker.domain.errors import KingmakerError
from kingmaker.interfaces.cli.desk import Json, desk_of
from kingmaker.interfaces.cli.screen import Screen
from kingmaker.interfaces.cli.words import minute

if TYPE_CHECKING:
    from kingmaker.control.verbs import Verbs

DIGITS = 12


def add_commands(app: typer.Typer) -> None:
    app.command("erase")(erase)
    app.command("erasures")(erasures)


def erase(
    context: typer.Context,
    customer_file: Annotated[
        str | None,
        typer.Option(
            help="File with the customer's identifier on its first line, and ids of applications on those after; - reads it "
            "from standard input. Not an option by itself: shells and process lists remember those."
        ),
    ] = None,
    pipeline: Annotated[str | None, typer.Option(help="Only this pipeline's.", show_default="all")] = None,
    why: Annotated[str, typer.Option(help="The reason, kept in the audit log.")] = "",
    dry: Annotated[bool, typer.Option("--dry", help="Tell what would be erased, and let it be.")] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Erase nothing: look for everybody who was erased; exit code 1 if found.")
    ] = False,
    json: Json = False,
) -> None:
    """Take one customer's rows out of everything that is kept; `--check` proves that nothing holds them."""
    screen = Screen(json=json)
    with desk_of(context).verbs() as verbs:
        if check:
            _check(screen, verbs, pipeline, json=json)
            return
        customer, applications = _said(customer_file)
        erased = verbs.erase(customer, why=why, pipeline=pipeline, applications=applications, dry=dry)
    if json:
        screen.document(erased)
        return
    for one in erased:
        _tell(screen, one)


def erasures(
    context: typer.Context,
    pipeline: Annotated[str | None, typer.Option(help="Only this pipeline's.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="At most so many, newest first.")] = 30,
    json: Json = False,
) -> None:
    """List erasures, newest first: keyed hashes, and never whom."""
    screen = Screen(json=json)
    with desk_of(context).verbs() as verbs:
        found = verbs.erasures(pipeline=pipeline, limit=limit)
    if json:
        screen.document(found)
    elif not found:
        screen.line("Nobody was erased.")
    else:
        screen.table(["", "pipeline", "customer", "begun (UTC)", "ended (UTC)", "files", "rows", "by", "why"], [
            [str(one.number), one.pipeline, one.customer[:DIGITS], minute(one.begun_at),
             minute(one.ended_at) if one.ended_at else "not yet",
             str(sum(kind.files for kind in one.erased)), str(sum(kind.rows for kind in one.erased)), one.by, one.why]
            for one in found
        ], right=[0, 5, 6], clip=True)  # fmt: skip


def _said(file: str | None) -> tuple[str, Sequence[str]]:
    if file is None:
        raise KingmakerError(
            "nobody is named", remedy="Say --customer-file FILE, or - and write the identifier to standard input."
        )
    try:
        text = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeError) as error:
        raise KingmakerError(f"the file cannot be read ({error})", where=file, remedy="Name another.") from None
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines:
        raise KingmakerError("the file is empty", where=file, remedy="Write the identifier on its first line.")
    return lines[0], lines[1:]


def _tell(screen: Screen, one: Erasure) -> None:
    would = "" if one.number else "would be "
    screen.heading(f"{one.pipeline}: customer {one.customer[:DIGITS]} {would}erased")
    if not one.erased:
        screen.line("Nothing that is kept holds the customer.")
    else:
        _counted(screen, one.erased, "rows")
    if one.number:
        screen.line(f"Erasure {one.number} is in the audit log; files {one.files}.")
    for version in one.versions:
        screen.line(
            f"Version {version[:DIGITS]} has a golden row like one of the customer's, which its signature covers: put another "
            "version in force, and delete its bundle where it was handed to."
        )


def _check(screen: Screen, verbs: "Verbs", pipeline: str | None, *, json: bool) -> None:
    found: ErasureCheck = verbs.check_erasures(pipeline=pipeline)
    if json:
        screen.document(found)
    else:
        screen.heading(f"{found.erasures} erasures looked for")
        _counted(screen, found.scanned, "rows looked at")
        for place in found.found:
            screen.line(f"Still held: {place}")
        for name in found.unreadable:
            screen.line(f"Damaged, and nobody knows what it holds: {name}")
        for version in found.versions:
            screen.line(f"Golden rows of version {version[:DIGITS]} are signed and stay as long as its bundle.")
        if found.is_clean:
            screen.line("Nothing that was looked through holds anybody who was erased.")
    if not found.is_clean:
        raise typer.Exit(1)


def _counted(screen: Screen, kinds: Sequence[ErasedKind], rows: str) -> None:
    told = [[one.kind.value, f"{one.files:,}", f"{one.rows:,}" if one.rows else ""] for one in kinds]
    if told:
        screen.table(["kind", "files", rows], told, right=[1, 2])
