"""export, keys: the bundle and the key that verifies it, for whoever scores elsewhere."""

from pathlib import Path
from typing import Annotated

import typer

from kingmaker.interfaces.cli.desk import Json, desk_of
from kingmaker.interfaces.cli.naming import PipelineName, pipeline_meant
from kingmaker.interfaces.cli.screen import Screen


def add_commands(app: typer.Typer) -> None:
    app.command("export")(export)
    app.command("keys")(keys)


def export(
    context: typer.Context,
    version: Annotated[str, typer.Argument(help="A version (or its first digits), or the word `champion`.")],
    out: Annotated[Path, typer.Argument(help="The file to write, for instance champion.kingmaker.")],
    pipeline: PipelineName = None,
    json: Json = False,
) -> None:
    """Copy a version's signed bundle out of the vault, after proving it."""
    desk, screen = desk_of(context), Screen(json=json)
    with desk.verbs() as verbs:
        name = pipeline_meant(desk, verbs, pipeline)
        exported = verbs.export(name, version, out)
    if json:
        screen.document(exported)
        return
    screen.line(f"Version {exported.version[:12]} of {name}, proven, signed by key {exported.key}: {out}")
    screen.line("Whoever reads it needs the public key: `kingmaker keys --public`.")


def keys(
    context: typer.Context,
    public: Annotated[bool, typer.Option("--public", help="Print this home's public key alone, to be pinned.")] = False,
    json: Json = False,
) -> None:
    """Show this home's public key, and the keys whose bundles it trusts."""
    screen = Screen(json=json)
    with desk_of(context).verbs() as verbs:
        own, *others = verbs.keys()
    if json:
        screen.document({"own": own, "trusted": [own, *others]})
    elif public:
        screen.line(own.text)
    else:
        screen.line(f"This home signs with key {own.id}:")
        screen.line(own.text)
        for key in others:
            screen.line(f"It trusts key {key.id} too:")
            screen.line(key.text)
        if not others:
            screen.line("It trusts no other key; keys/trusted.keys in the home may list some, one a line.")
