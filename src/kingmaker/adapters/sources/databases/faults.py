"""What drivers and servers say when something is wrong, told without secrets and without anybody's data."""

import re
from typing import Final

from kingmaker.adapters.sources.databases.address import Address
from kingmaker.domain.errors import SourceError

_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"|«[^»]*»|“[^”]*”")
_NUMBERS = re.compile(r"\d{3,}")
_REMEDY: Final = "Correct what the server says, or ask whoever runs it."


class ConnectionLost(Exception):
    """The connection broke while rows were read: the reading begins again. `said` is fit to be told."""

    def __init__(self, said: str) -> None:
        super().__init__(said)
        self.said = said


class Refused(Exception):
    """No connection came about. `said` is fit to be told."""

    def __init__(self, said: str) -> None:
        super().__init__(said)
        self.said = said


def told_by(address: Address, said: str, *, of_data: bool) -> str:
    """One line of what was said. `of_data`: it may quote a cell, so that everything quoted and every number is left out."""
    line = " ".join(address.without_secrets(said).split())
    if of_data:
        line = _NUMBERS.sub("…", _QUOTED.sub("…", line))
    return line.rstrip(".")


def refusal(address: Address, said: str, remedy: str = _REMEDY) -> SourceError:
    """The server's own words as a sentence."""
    return SourceError(f"the database says: {said}", where=address.reference, remedy=remedy)


def unread(address: Address, column: str, holds: str) -> SourceError:
    """A column of a type that no feature can be made of."""
    return SourceError(
        f"the column `{column}` holds {holds}, which nobody reads",
        where=address.reference,
        remedy="Leave it out of the query, or CAST it to text or a number there.",
    )
