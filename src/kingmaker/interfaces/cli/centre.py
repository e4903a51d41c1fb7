"""up, control: what they take. What they do stands in `standing`, loaded when one is really meant, not for its help."""

from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Annotated

import typer

from kingmaker.interfaces.cli.desk import Json, desk_of
from kingmaker.interfaces.logs import LogForm

Host = Annotated[str, typer.Option(help="Address to listen on; 0.0.0.0 for every one.")]
Port = Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one and says which.")]
Data = Annotated[
    Path | None,
    typer.Option(
        help="Folder that pipelines declared over HTTP read from; also KINGMAKER_DATA.", show_default="HOME/data"
    ),
]
Certificate = Annotated[Path | None, typer.Option(help="PEM certificate with its chain: serve HTTPS.")]
Key = Annotated[Path | None, typer.Option(help="PEM key of the certificate; default: in the certificate's file.")]
LogFormat = Annotated[LogForm, typer.Option(help="How the log on the error stream is written.")]


def add_commands(app: typer.Typer) -> None:
    app.command("up")(up)
    app.command("control")(control)


def up(
    context: typer.Context,
    host: Host = "127.0.0.1",
    port: Port = 8800,
    endpoint_port: Annotated[
        int,
        typer.Option(min=0, max=65000, help="Of the first pipeline's endpoint, the next ones behind it; 0: any free."),
    ] = 8081,
    endpoints: Annotated[
        bool, typer.Option("--endpoints/--no-endpoints", help="Serve each pipeline's champion.")
    ] = True,
    data: Data = None,
    log_format: LogFormat = LogForm.TEXT,
    json: Json = False,
) -> None:
    """Start everything on this machine: control centre, scheduler, training, and an endpoint for each pipeline."""
    beside = endpoint_port if endpoints else None
    _process().up(desk_of(context), host=host, port=port, endpoint_port=beside, data=data, log=log_format, json=json)


def control(
    context: typer.Context,
    host: Host = "127.0.0.1",
    port: Port = 8800,
    runs: Annotated[
        int, typer.Option(min=0, max=64, help="Runs conducted by this process at once; 0: none, workers do it.")
    ] = 1,
    data: Data = None,
    tls_cert: Certificate = None,
    tls_key: Key = None,
    oidc: Annotated[Path | None, typer.Option(help="TOML file of the company's own log-in (OpenID Connect).")] = None,
    log_format: LogFormat = LogForm.TEXT,
    json: Json = False,
) -> None:
    """Serve the control centre alone; any number of them, and of workers, share one ledger."""
    _process().control(
        desk_of(context),
        host=host,
        port=port,
        runs=runs,
        data=data,
        certificate=tls_cert,
        key=tls_key,
        oidc=oidc,
        log=log_format,
        json=json,
    )


def _process() -> ModuleType:
    """The server with its libraries takes a second to load."""
    return import_module("kingmaker.interfaces.cli.standing")
