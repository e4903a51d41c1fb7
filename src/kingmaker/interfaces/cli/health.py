"""doctor, audit: is this installation healthy, and is its record untouched?"""

import re
from typing import Annotated

import typer

from kingmaker.interfaces.cli.desk import Json, desk_of
from kingmaker.interfaces.cli.screen import Screen
from kingmaker.interfaces.cli.words import minute

DIGEST = re.compile(r"\b[0-9a-f]{64}\b")


def add_commands(app: typer.Typer) -> None:
    app.command("doctor")(doctor)
    audit = typer.Typer(help="The hash-chained audit log.", no_args_is_help=True, rich_markup_mode=None)
    audit.command("list")(list_entries)
    audit.command("verify")(verify)
    app.add_typer(audit, name="audit")


def doctor(context: typer.Context, json: Json = False) -> None:
    """Check packages, home folder, ledger, vault, keys, champions, pointers and the engine.

    Exit code 1 when something is ill.
    """
    screen = Screen(json=json)
    with desk_of(context).verbs() as verbs:
        checks = verbs.doctor()
    if json:
        screen.document(checks)
    else:
        screen.table(["", "check", ""], [["✓" if one.healthy else "✗", one.name, one.sentence] for one in checks])
    if not all(one.healthy for one in checks):
        raise typer.Exit(1)


def list_entries(
    context: typer.Context,
    limit: Annotated[int, typer.Option(min=1, help="At most so many, newest first.")] = 30,
    before: Annotated[int | None, typer.Option(min=1, help="Only entries with a number below this.")] = None,
    by: Annotated[str | None, typer.Option(help="Only what this person or program did.")] = None,
    action: Annotated[str | None, typer.Option(help="Only actions that begin so: 'token made'.")] = None,
    subject: Annotated[str | None, typer.Option(help="Only subjects that begin so: run/12, person/ann.")] = None,
    json: Json = False,
) -> None:
    """List audit entries, newest first."""
    screen = Screen(json=json)
    with desk_of(context).verbs() as verbs:
        entries = verbs.audit(limit=limit, before=before, by=by, action=action, subject=subject)
    if json:
        screen.document(entries)
    else:
        screen.table(["no", "at (UTC)", "by", "action", "of", "why"], [
            [str(one.number), minute(one.at), one.by, one.action, _short(one.subject), one.why] for one in entries
        ], right=[0], clip=True)  # fmt: skip
        if entries:
            screen.line("Digests and reasons are cut here: `kingmaker audit list --json` has them whole.")


def _short(subject: str) -> str:
    """`kind/key` as the ledger writes it, with version digests as people type them; what the action names is left out."""
    kind, _, key = subject.partition("/")
    known = {"run": f"run {key}", "verdict": f"run {key}"}
    return known.get(kind) or DIGEST.sub(lambda found: found.group()[:12], key or kind)


def verify(context: typer.Context, json: Json = False) -> None:
    """Prove that no audit entry, and no row it vouches for, was changed."""
    screen = Screen(json=json)
    with desk_of(context).verbs() as verbs:
        proven = verbs.verify_audit().entries
    if json:
        screen.document({"entries": proven, "intact": True})
    else:
        screen.line(f"{proven:,} audit entries proven: the record is what was written.")
