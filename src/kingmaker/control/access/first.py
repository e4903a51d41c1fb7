"""The first token: somebody must be let in before anybody can let others in."""

from datetime import timedelta
from typing import Final

from kingmaker.control.access.bearing import digest_of, new_token
from kingmaker.domain.access import MadeToken, Role
from kingmaker.ports.house import House

LIFETIME: Final = timedelta(days=90)
_THE_DOOR: Final = "kingmaker"


def first_token(house: House) -> MadeToken | None:
    """An administrator's token where the ledger knows no token and nobody; None where it does.

    To be shown once, and never kept. Who loses it makes another at the machine itself, whose owner is asked for none.
    """
    if house.ledger.tokens() or house.ledger.people():
        return None
    made = new_token(
        "first administrator", Role.ADMIN, pipelines=None, lifetime=LIFETIME, made_by=_THE_DOOR, now=house.clock()
    )
    house.ledger.add_token(made.token, digest=digest_of(made.secret))
    return made
