"""endpoint: one process that answers applicants over HTTP with whatever champion is in force."""

import os
import re
import socket
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from kingmaker.interfaces.cli.app import UsageMistaken
from kingmaker.interfaces.cli.desk import Json, desk_of
from kingmaker.interfaces.cli.parent import leave_with_parent
from kingmaker.interfaces.cli.screen import Screen
from kingmaker.interfaces.endpoint.limits import KIBIBYTE, MEBIBYTE, Limits
from kingmaker.interfaces.endpoint.listening import Address
from kingmaker.interfaces.endpoint.news import sentence_of
from kingmaker.interfaces.endpoint.serve import Endpoint, serve
from kingmaker.interfaces.endpoint.tls import server_context
from kingmaker.interfaces.endpoint.tokens import read_tokens
from kingmaker.serving.following import Following

_UNITS = {"": 1, "k": KIBIBYTE, "m": MEBIBYTE, "g": KIBIBYTE * MEBIBYTE}
_DEFAULT = Limits()


class Unknown(StrEnum):
    """What becomes of fields that the model does not read."""

    IGNORE = "ignore"
    REFUSE = "refuse"


Cache = Annotated[
    Path | None,
    typer.Option(help="Folder for bundles, to start from when the source is away.", show_default="per user"),
]
Name = Annotated[str | None, typer.Option(help="What it is called in reports and logs.", show_default="host")]
Log = Annotated[Path | None, typer.Option(help="Folder for the log of answers.", show_default="in the cache")]


def add_commands(app: typer.Typer) -> None:
    app.command("endpoint")(endpoint)


def endpoint(
    context: typer.Context,
    pipeline: Annotated[str, typer.Option(help="Whose champion to serve.")],
    source: Annotated[
        str, typer.Option("--from", help="A home or vault's folder, http(s)://…, or object storage such as s3://…")
    ],
    host: Annotated[str, typer.Option(help="Address to listen on; 0.0.0.0 for every one.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one and says which.")] = 8080,
    key: Annotated[
        list[str] | None,
        typer.Option(help="Public key to believe, or a file of them; repeatable. Default: the home's."),
    ] = None,
    cache: Cache = None,
    name: Name = None,
    log: Log = None,
    no_log: Annotated[bool, typer.Option("--no-log", help="Log no answers.")] = False,
    unknown: Annotated[Unknown, typer.Option(help="Fields that the model does not read.")] = Unknown.IGNORE,
    words: Annotated[Path | None, typer.Option(help="JSON file: what reasons call each column.")] = None,
    token_file: Annotated[
        Path | None, typer.Option(help="Bearer tokens to ask for, one a line; also KINGMAKER_ENDPOINT_TOKEN.")
    ] = None,
    tls_cert: Annotated[Path | None, typer.Option(help="PEM certificate with its chain: serve HTTPS.")] = None,
    tls_key: Annotated[Path | None, typer.Option(help="PEM key of the certificate.")] = None,
    max_body: Annotated[str, typer.Option(help="Largest request body, such as 512k or 16m.")] = "16m",
    rows: Annotated[int, typer.Option(min=1, help="Most rows in one request.")] = _DEFAULT.rows,
    connections: Annotated[int, typer.Option(min=1, help="Most connections at once.")] = _DEFAULT.connections,
    in_flight: Annotated[int, typer.Option(min=1, help="Most requests being answered at once.")] = _DEFAULT.in_flight,
    stop_seconds: Annotated[
        float, typer.Option(min=0, help="Longest time to finish when told to leave.")
    ] = _DEFAULT.stop,
    reuse_port: Annotated[bool, typer.Option("--reuse-port", help="Share the port with other processes.")] = False,
    with_parent: Annotated[
        bool, typer.Option("--with-parent", help="Leave when standard input closes: for whoever starts it as a part.")
    ] = False,
    json: Json = False,
) -> None:
    """Serve the champion over HTTP, and each next one as soon as it is published and proven."""
    opened = desk_of(context).source(source, key or ())
    folder = cache or _cache_of(pipeline, source)
    serving = Endpoint(
        pipeline=pipeline,
        name=name or _name_of_this_host(),
        depot=opened.depot,
        trusted=opened.trusted,
        cache=folder,
        log=None if no_log else log or folder / "log",
        keyring=opened.keyring,
        words=words,
        refuse_unknown=unknown is Unknown.REFUSE,
        address=Address(host=host, port=port, reuse_port=reuse_port, tls=server_context(tls_cert, tls_key)),
        limits=Limits(
            body_bytes=_bytes_of(max_body), rows=rows, connections=connections, in_flight=in_flight, stop=stop_seconds
        ),
        tokens=read_tokens(token_file, os.environ),
    )
    if with_parent:
        leave_with_parent()
    serve(serving, lambda url: _announce(url, serving, source, json=json), _tell_as_json if json else _tell)


def _announce(url: str, serving: Endpoint, source: str, *, json: bool) -> None:
    """The first line, written at once, for whoever waits for it; a line of news follows whenever there is any."""
    if json:
        told = {"url": url, "pipeline": serving.pipeline, "from": source, "name": serving.name, "pid": os.getpid()}
        print(msgspec.json.encode(told).decode(), flush=True)
    else:
        Screen(json=False).line(f"Serving {serving.pipeline} from {source} on {url}")


def _tell(now: Following) -> None:
    Screen(json=False).line(sentence_of(now))


def _tell_as_json(now: Following) -> None:
    told = {"state": now.condition, "version": now.version, "edition": now.edition, "why": now.why}
    print(msgspec.json.encode(told).decode(), flush=True)


def _bytes_of(told: str) -> int:
    found = re.fullmatch(r"(\d+)\s*([kmg]?)(?:i?b)?", told.strip().lower())
    if found is None or not int(found[1]):
        raise UsageMistaken(f"--max-body is {told!r}", remedy="Say bytes, or a number and k, m or g: 512k, 16m.")
    return int(found[1]) * _UNITS[found[2]]


def _cache_of(pipeline: str, source: str) -> Path:
    """One folder for each user, pipeline and source."""
    origin = source if "://" in source else str(Path(source).resolve())
    root = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return (
        root / "kingmaker" / f"{re.sub(r'[^A-Za-z0-9._-]', '-', pipeline)}-{sha256(origin.encode()).hexdigest()[:12]}"
    )


def _name_of_this_host() -> str:
    """With letters, digits, dots and dashes only: it names a folder."""
    return re.sub(r"[^A-Za-z0-9.-]", "-", socket.gethostname()).strip(".-")[:60] or "endpoint"
