"""How old a file must be before it may go, and how old it may grow before putting it again makes it young."""

from typing import Final

_DAY: Final = 86_400.0
REMOVABLE_SECONDS: Final = 3 * _DAY
"""A run may still be about to record what it put or found this long ago."""
RENEWED_SECONDS: Final = _DAY
"""Well below the other: what is found younger than this cannot be removed meanwhile."""


def is_young(age: float) -> bool:
    """Whether a file of this age, in seconds, needs no renewing."""
    return age < RENEWED_SECONDS


def is_removable(age: float) -> bool:
    """Whether a file of this age, in seconds, may go."""
    return age >= REMOVABLE_SECONDS
