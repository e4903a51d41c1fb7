"""What an endpoint follows, and whom it believes."""

from dataclasses import dataclass

from kingmaker.bundle.keys import PublicKey
from kingmaker.ports.depot import Depot
from kingmaker.sealing.keyring import Keyring


@dataclass(frozen=True, slots=True)
class Source:
    """`trusted` are the pinned public keys, at least one. `keyring` seals the log of answers; None: it is kept as it is."""

    depot: Depot
    trusted: tuple[PublicKey, ...]
    keyring: Keyring | None = None
