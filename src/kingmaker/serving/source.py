"""What an endpoint follows, and whom it believes."""

from dataclasses import dataclass

from kingmaker.bundle.keys import PublicKey
from kingmaker.ports.depot import Depot


@dataclass(frozen=True, slots=True)
class Source:
    """`trusted` are the pinned public keys, at least one."""

    depot: Depot
    trusted: tuple[PublicKey, ...]
