"""Keyed hashes by which rows of an erased customer are found, and nobody is told who it was."""

import hmac
from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Final

from kingmaker.domain.erasure import Marks
from kingmaker.privacy.canonical import canonical, is_missing
from kingmaker.privacy.masking import Mask

_CUSTOMER: Final = b"erased customer\0"
_APPLICATION: Final = b"erased application\0"


class Marker:
    """Marks values with the key of pseudonyms. However a value is typed, as 12, 12.0 or '12', it has one mark."""

    def __init__(self, key: Callable[[], bytes]) -> None:
        self._made = key

    def customer(self, value: object) -> str:
        return self._mark(_CUSTOMER, value)

    def application(self, value: object) -> str:
        return self._mark(_APPLICATION, value)

    def marks_of(self, customer: object, applications: Iterable[object] = ()) -> Marks:
        """Of identifiers as people say them. What is kept of a customer may be a pseudonym; of named applications it is not."""
        return Marks(
            customers=(self.customer(customer), self.customer(self.pseudonym(customer))),
            applications=tuple(sorted({self.application(one) for one in applications})),
        )

    def pseudonym(self, value: object) -> str:
        return Mask(key=self._made).pseudonym(value)

    def _mark(self, what: bytes, value: object) -> str:
        return hmac.digest(self._key, what + canonical(value).encode("utf-8", "surrogateescape"), "sha256").hex()

    @cached_property
    def _key(self) -> bytes:
        return self._made()


class Finder:
    """Says of each value whether it is an erased one's. Marking takes microseconds, so every value is marked once."""

    def __init__(self, marker: Marker, marks: Marks) -> None:
        self._marker = marker
        self._customers = frozenset(marks.customers)
        self._applications = frozenset(marks.applications)
        self._known: dict[tuple[bool, str], bool] = {}

    def is_customer(self, value: str | None) -> bool:
        return self._asked(value, self._marker.customer, self._customers, is_customer=True)

    def is_application(self, value: str | None) -> bool:
        return self._asked(value, self._marker.application, self._applications, is_customer=False)

    def is_named(self, value: str | None) -> bool:
        """Whether it is an application's id as somebody sent it, who knows no pseudonyms."""
        if not self._applications or value is None or is_missing(value):
            return False
        return self.is_application(value) or self.is_application(self._marker.pseudonym(value))

    def _asked(
        self, value: str | None, mark: Callable[[object], str], wanted: frozenset[str], *, is_customer: bool
    ) -> bool:
        if not wanted or value is None or is_missing(value):
            return False
        found = self._known.get((is_customer, value))
        if found is None:
            found = self._known[is_customer, value] = mark(value) in wanted
        return found
