"""Readings: what a part of an endpoint counts and measures, for whoever scrapes it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One number. `name` is without prefix and, for a counter, without `_total`; labels are (name, value)."""

    name: str
    told: str
    value: float
    kind: Literal["counter", "gauge"] = "gauge"
    labels: tuple[tuple[str, str], ...] = ()


class Readable(Protocol):
    """A part that can be read at any time, from any thread, without holding anything up."""

    def readings(self) -> Iterable[Reading]: ...
