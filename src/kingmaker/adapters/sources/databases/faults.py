"""What drivers and servers say when something is wrong, told without secrets and without anybody's data."""

import re
from typing import Final

from kingmaker.adapters.sources.databases.address import Address
from kingmaker.domain.errors import SourceError
from kingmaker.privacy.masking import Mask

_FIXED = re.compile(r"canceling statement due to [a-z ]+|Query execution was interrupted[a-z_() ]*")
"""Sentences that quote nothing, which drivers tell without the error's number."""

OPEN: Final = Mask()
"""For errors that quote no cell."""
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


def told_by(address: Address, said: str, mask: Mask) -> str:
    """One line of what was said, without secrets. `mask` is for errors that may quote a cell: untold if any is hidden."""
    line = " ".join(address.without_secrets(said).split()).rstrip(".")
    if mask.is_empty:
        return line
    fixed = _FIXED.search(line)
    return fixed[0].strip() if fixed else "something that may quote a cell, and is therefore not told"


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
