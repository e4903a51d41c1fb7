"""One thing to say over HTTP: where, with what, and how its answer is read. Nothing here knows whether anybody waits."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from types import MappingProxyType
from typing import Any, Final, Generic, TypeVar
from urllib.parse import quote
from uuid import uuid4

import msgspec

from kingmaker.domain.errors import DeclarationError, NotFound

T = TypeVar("T")
JSON = "application/json"
API = "/api/v1"
LONG_SECONDS: Final = 900.0
FORMS: Final[Mapping[str, str]] = MappingProxyType(
    {"csv": "text/csv", "parquet": "application/vnd.apache.parquet", "json": JSON}
)
_NAMED = re.compile(r"""^(?:["']?)pipeline(?:["']?)[ \t]*:[ \t]+["']?(?P<name>[^\s"'#]+)""", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call(Generic[T]):
    """`read` makes the answer's body, which is of the kind `media`, a record.

    `is_repeatable`: saying it twice is saying it once. `silence_seconds` is how long the server may work on it without a word,
    where that is longer than for others.
    """

    method: str
    path: str
    read: Callable[[bytes], T]
    query: Mapping[str, str] = field(default_factory=dict)
    content: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    is_repeatable: bool = False
    media: str = JSON
    silence_seconds: float | None = None


def at_leisure(call: Call[T]) -> Call[T]:
    """For what the server may work on for minutes: proving bundles, reading a whole vault."""
    return replace(call, silence_seconds=LONG_SECONDS)


def get(answer: type[T], *path: object, **query: object) -> Call[T]:
    return Call(method="GET", path=path_of(*path), read=_reader(answer), query=_query(query), is_repeatable=True)


def get_if_any(answer: type[T], *path: object, **query: object) -> Call[T | None]:
    """For what may not be there: `null` is read as None."""
    return Call(method="GET", path=path_of(*path), read=_reader(answer | None), query=_query(query), is_repeatable=True)


def get_text(media: str, *path: object) -> Call[bytes]:
    """A body of another kind than JSON, as it is."""
    return Call(method="GET", path=path_of(*path), read=bytes, is_repeatable=True, media=media)


def post(answer: type[T], *path: object, **body: object) -> Call[T]:
    return Call(method="POST", path=path_of(*path), read=_reader(answer), **_body(body))


def post_once(answer: type[T], *path: object, key: str | None, **body: object) -> Call[T]:
    """A POST that the server does once for its key, however often it is sent; without one it gets a key of its own."""
    told: dict[str, Any] = _body(body)
    told["headers"] |= {"Idempotency-Key": key or uuid4().hex}
    return Call(method="POST", path=path_of(*path), read=_reader(answer), is_repeatable=True, **told)


def put(answer: type[T], *path: object, **body: object) -> Call[T]:
    return Call(method="PUT", path=path_of(*path), read=_reader(answer), is_repeatable=True, **_body(body))


def put_text(answer: type[T], text: str, *path: object, expected: int | None) -> Call[T]:
    """A text as it is. With the number that is `expected` to be the newest, sending it twice is not sending it once."""
    told = {} if expected is None else {"If-Match": f'"{expected}"'}
    return Call(
        method="PUT",
        path=path_of(*path),
        read=_reader(answer),
        content=text.encode(),
        headers={"Content-Type": "application/yaml", **told},
        is_repeatable=expected is None,
    )


def post_text(answer: type[T], text: str, *path: object) -> Call[T]:
    """A text as it is, of which nothing is kept."""
    return Call(
        method="POST",
        path=path_of(*path),
        read=_reader(answer),
        content=text.encode(),
        headers={"Content-Type": "application/yaml"},
        is_repeatable=True,
    )


def post_file(answer: type[T], data: bytes, form: str, *path: object) -> Call[T]:
    """A file of this form, which the server keeps once however often it comes."""
    return Call(
        method="POST",
        path=path_of(*path),
        read=_reader(answer),
        content=data,
        headers={"Content-Type": FORMS.get(form, "application/octet-stream")},
        is_repeatable=True,
    )


def delete(*path: object) -> Call[None]:
    return Call(method="DELETE", path=path_of(*path), read=_nothing, is_repeatable=True)


def path_of(*parts: object) -> str:
    """The parts with whatever they hold escaped. Raises NotFound for a name that no path can hold."""
    told = [str(part) for part in parts]
    if any(part in {"", ".", ".."} for part in told):
        raise NotFound(f"nothing has the name {next(part for part in told if part in {'', '.', '..'})!r}")
    return "/".join([API, *(quote(part, safe="") for part in told)])


def pipeline_in(text: str) -> str:
    """The pipeline that a declaration names, found without reading the rest. Raises DeclarationError when it names none."""
    found = _NAMED.search(text)
    if found is None:
        raise DeclarationError("the file names no pipeline", remedy="Begin it with a line such as `pipeline: loans`.")
    return found["name"]


def public_part(token: str) -> str:
    """A token's id, of a whole token too: its secret must stand in no address."""
    return token.removeprefix("km_").partition("_")[0]


def _reader(answer: Any) -> Callable[[bytes], Any]:
    return partial(msgspec.json.decode, type=answer)


def _nothing(body: bytes) -> None:
    del body


def _query(told: Mapping[str, object]) -> dict[str, str]:
    return {name: _word(value) for name, value in told.items() if value is not None}


def _word(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat() if isinstance(value, date) else str(value)


def _body(told: Mapping[str, object]) -> dict[str, Any]:
    return {"content": msgspec.json.encode(told), "headers": {"Content-Type": JSON}}
