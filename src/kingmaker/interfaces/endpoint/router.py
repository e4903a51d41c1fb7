"""Which route answers which method and path."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote

from kingmaker.interfaces.endpoint.exchange import Route
from kingmaker.interfaces.endpoint.problems import Refused
from kingmaker.interfaces.endpoint.tally import Tally

UNMATCHED = "unmatched"
_NO_PARTS: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Served:
    """A route under its path. `probe`: open to everybody without a token, and answered however busy the endpoint is."""

    route: Route
    tally: Tally
    probe: bool


@dataclass(slots=True)
class Pattern:
    """A path some of whose segments are `{name}`."""

    segments: tuple[str, ...]
    served: dict[bytes, Served] = field(default_factory=dict)

    def parts(self, segments: list[str]) -> dict[str, str] | None:
        """What the names stand for; None when the path is another."""
        if len(segments) != len(self.segments):
            return None
        parts: dict[str, str] = {}
        for wanted, found in zip(self.segments, segments, strict=True):
            if wanted.startswith("{") and found:
                parts[wanted[1:-1]] = unquote(found)
            elif wanted != found:
                return None
        return parts


class Router:
    """Exact paths first, by one look-up; patterns, in the order they were added, only when that found nothing."""

    def __init__(self) -> None:
        self.exact: dict[tuple[bytes, bytes], Served] = {}
        """By method and path, for the wire; a target with a query or an escape is not in it, and goes to `find`."""
        self.unmatched = Tally(UNMATCHED)
        self._paths: dict[str, dict[bytes, Served]] = {}
        self._patterns: dict[str, Pattern] = {}
        self._tallies: dict[str, Tally] = {}

    def add(self, method: str, path: str, route: Route, *, probe: bool = False) -> None:
        """Answer `method` on `path`, in which a segment `{name}` stands for any; a route of GET answers HEAD as well."""
        tally = self._tallies.setdefault(path, Tally(path))
        served = Served(route, tally, probe)
        if "{" in path:
            methods = self._patterns.setdefault(path, Pattern(tuple(path.split("/")))).served
        else:
            methods = self._paths.setdefault(path, {})
        for name in (method, *(["HEAD"] if method == "GET" else [])):
            methods[name.encode()] = served
            if "{" not in path:
                self.exact[name.encode(), path.encode()] = served

    def find(self, method: bytes, target: bytes) -> tuple[Served, Mapping[str, str]]:
        """The route for a request's target, and what stands for the names in its pattern. Raises Refused: 404 or 405."""
        raw = raw_path(target)
        methods, parts = self._paths.get(unquote(raw)), _NO_PARTS
        if methods is None:
            methods, parts = self._matched(raw)
        served = methods.get(method)
        if served is None:
            raise _not_allowed(method, methods)
        return served, parts

    def _matched(self, raw: str) -> tuple[dict[bytes, Served], Mapping[str, str]]:
        segments = raw.split("/")
        for pattern in self._patterns.values():
            parts = pattern.parts(segments)
            if parts is not None:
                return pattern.served, parts
        raise Refused(
            404, "no_such_path", f"there is nothing at {unquote(raw)[:200]}", remedy="GET /schema lists the paths."
        )

    @property
    def tallies(self) -> tuple[Tally, ...]:
        return (*self._tallies.values(), self.unmatched)


def raw_path(target: bytes) -> str:
    """The path of a request's target, without its query and, in the form that proxies send, without its host."""
    path = target.partition(b"?")[0].decode("latin-1")
    if path.startswith("/"):
        return path
    _, scheme, rest = path.partition("://")
    return f"/{rest.partition('/')[2]}" if scheme else path


def _not_allowed(method: bytes, methods: dict[bytes, Served]) -> Refused:
    allowed = b", ".join(sorted(methods))
    return Refused(
        405,
        "method_not_allowed",
        f"{method.decode('latin-1')} is not answered at this path",
        remedy=f"Use one of: {allowed.decode()}.",
        headers={b"Allow": allowed},
    )
