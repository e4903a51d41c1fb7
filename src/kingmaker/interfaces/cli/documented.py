"""document: what a model-risk committee keeps of one version."""

from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

from kingmaker.interfaces.cli.desk import Desk, Json, desk_of
from kingmaker.interfaces.cli.naming import PipelineName, pipeline_meant
from kingmaker.interfaces.cli.screen import Screen


def add_commands(app: typer.Typer) -> None:
    app.command("document")(document)


def document(
    context: typer.Context,
    version: Annotated[str, typer.Argument(help="A version (or its first digits), or the word `champion`.")],
    out: Annotated[
        Path | None,
        typer.Option(
            help="Where to write it; default: reports/PIPELINE-VERSION.html in the home, beside you from a server."
        ),
    ] = None,
    pipeline: PipelineName = None,
    json: Json = False,
) -> None:
    """Write a version's model-risk document: one self-contained HTML page, which a browser prints as PDF."""
    desk, screen = desk_of(context), Screen(json=json)
    page, default = _page_afar(desk, pipeline, version) if desk.is_afar else _page_here(desk, pipeline, version)
    path = out or default
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(page)
    if json:
        screen.document({"version": version, "path": str(path), "bytes": len(page)})
    else:
        screen.line(f"Model-risk document of version {version}: {path}")


def _page_afar(desk: Desk, pipeline: str | None, version: str) -> tuple[bytes, Path]:
    with desk.client() as client:
        name = pipeline_meant(desk, client, pipeline)
        return client.document(name, version), Path(f"{name}-{version[:12]}.html")


def _page_here(desk: Desk, pipeline: str | None, version: str) -> tuple[bytes, Path]:
    """The templates are the loop's: an installation that speaks to a control centre has none."""
    drawn = import_module("kingmaker.interfaces.cli.drawn")
    with desk.verbs() as verbs:
        name = pipeline_meant(desk, verbs, pipeline)
        page: bytes = drawn.document_of(verbs, name, version)
    return page, desk.settings.home / "reports" / f"{name}-{version[:12]}.html"
