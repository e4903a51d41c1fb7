"""notices, sweep: what people outside were told, and what is no longer kept."""

from typing import Annotated

import typer

from kingmaker.domain.notice import Notice
from kingmaker.interfaces.cli.desk import Json, desk_of
from kingmaker.interfaces.cli.screen import Screen
from kingmaker.interfaces.cli.words import minute

MEBIBYTE = 1024 * 1024
BYTES = "bytes"


def add_commands(app: typer.Typer) -> None:
    app.command("notices")(notices)
    app.command("sweep")(sweep)


def notices(
    context: typer.Context,
    pipeline: Annotated[str | None, typer.Option(help="Only this pipeline's.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="At most so many, newest first.")] = 30,
    before: Annotated[int | None, typer.Option(min=1, help="Only those with a smaller number, to page.")] = None,
    json: Json = False,
) -> None:
    """List what people outside were told, or are to be, newest first."""
    screen = Screen(json=json)
    with desk_of(context).verbs() as verbs:
        found = verbs.notices(pipeline=pipeline, limit=limit, before=before)
    if json:
        screen.document(found)
    elif not found:
        screen.line("There was nothing to tell.")
    else:
        screen.table(["raised (UTC)", "kind", "pipeline", "times", "told (UTC)", ""], [
            [minute(one.raised_at), one.kind.value, one.pipeline or "-", str(one.count), _told(one), one.title] for one in found
        ], right=[3], clip=True)  # fmt: skip


def _told(one: Notice) -> str:
    if one.told_at is not None:
        return minute(one.told_at)
    return f"not yet ({one.attempts} tries)" if one.attempts else "not yet"


def sweep(
    context: typer.Context,
    dry: Annotated[bool, typer.Option("--dry", help="Tell what would go, and let it be.")] = False,
    json: Json = False,
) -> None:
    """Remove old snapshots, trials and logs that neither a champion nor the audit needs."""
    screen = Screen(json=json)
    with desk_of(context).verbs() as verbs:
        removed = verbs.sweep(dry=dry)
    if json:
        screen.document(removed)
        return
    freed = removed.get(BYTES, 0) / MEBIBYTE
    rows = [[kind.replace("_", " "), f"{count:,}"] for kind, count in removed.items() if kind != BYTES and count]
    screen.line(f"{'Would free' if dry else 'Freed'} {freed:,.1f} MiB.")
    if rows:
        screen.table(["kind", "would go" if dry else "removed"], rows, right=[1])
