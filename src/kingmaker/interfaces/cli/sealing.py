"""key: the keys that seal what this home stores."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from kingmaker.domain.errors import KingmakerError
from kingmaker.interfaces.cli.desk import Desk, Json, desk_of
from kingmaker.interfaces.cli.screen import Screen
from kingmaker.ports.house import House
from kingmaker.ports.sealing import Sealing


class NotSealed(KingmakerError):
    """The home stores things as they are."""

    code = "not_sealed"


def add_commands(app: typer.Typer) -> None:
    group = typer.Typer(help="The keys that seal what this home stores.", no_args_is_help=True, rich_markup_mode=None)
    group.command("show")(show)
    group.command("rotate")(rotate)
    group.command("rewrap")(rewrap)
    group.command("seal")(seal)
    app.add_typer(group, name="key")


def show(context: typer.Context, json: Json = False) -> None:
    """Say which data keys there are, and which master key they are wrapped with."""
    screen = Screen(json=json)
    with _sealing(desk_of(context)) as (_, sealing):
        state = sealing.state()
    if json:
        keys = [{"id": name, "made_at": made} for name, made in state.keys]
        screen.document({"master": state.master, "keys": keys})
        return
    screen.line(f"Data keys, wrapped with master key {state.master}; the last one seals what is stored from now on:")
    for name, made in state.keys:
        screen.line(f"{name}  made {made}")


def rotate(context: typer.Context, json: Json = False) -> None:
    """Seal with another data key from now on. What is sealed stays as it is, and readable."""
    screen = Screen(json=json)
    with _sealing(desk_of(context)) as (house, sealing):
        before = sealing.state().keys[-1][0]
        made = sealing.rotate()
        _noted(house, desk_of(context), "data key rotated", before, made)
    if json:
        screen.document({"key": made})
    else:
        screen.line(
            f"Data key {made} seals what is stored from now on. Keep a copy of keys/data.keys with your backups."
        )


def rewrap(
    context: typer.Context,
    to: Annotated[str, typer.Option(help="The new master key: env:NAME, file:/PATH or command:PROGRAM ARGUMENTS.")],
    json: Json = False,
) -> None:
    """Wrap the data keys with another master key. Only the keyring is written, no data."""
    screen = Screen(json=json)
    with _sealing(desk_of(context)) as (house, sealing):
        before = sealing.state().master
        made = sealing.rewrap(to)
        _noted(house, desk_of(context), "master key replaced", before, made)
    if json:
        screen.document({"master": made})
    else:
        screen.line(f"The keyring is wrapped with master key {made} instead of {before}.")
        screen.line(
            "Let KINGMAKER_MASTER_KEY name the new one wherever this home is used, before its processes start again."
        )


def seal(context: typer.Context, json: Json = False) -> None:
    """Seal what is stored plain since before a master key was named. Broken off, it goes on when it is said again."""
    screen = Screen(json=json)
    with _sealing(desk_of(context)) as (house, sealing):
        done = sum(1 for _ in sealing.seal_plain())
        if done:
            _noted(house, desk_of(context), "vault sealed", "", f"{done} files and documents")
    if json:
        screen.document({"sealed": done})
    else:
        screen.line(f"{done:,} files and documents were sealed." if done else "Everything is sealed already.")


@contextmanager
def _sealing(desk: Desk) -> Iterator[tuple[House, Sealing]]:
    with desk.house() as house:
        if house.sealing is None:
            raise NotSealed(
                "this home is not sealed",
                where=str(house.home),
                remedy="Let KINGMAKER_MASTER_KEY name a master key: env:NAME, file:/PATH or command:PROGRAM ARGUMENTS.",
            )
        yield house, house.sealing


def _noted(house: House, desk: Desk, action: str, before: str, after: str) -> None:
    house.ledger.note(by=desk.settings.by, action=action, subject="house", before=before, after=after, why="Asked for.")
