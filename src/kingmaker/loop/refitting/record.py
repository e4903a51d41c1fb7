"""What the refit stage puts out."""

from dataclasses import dataclass
from datetime import date

import msgspec


@dataclass(frozen=True, slots=True, kw_only=True)
class Refit:
    """The finalist fitted again on all matured loans; without a `model`, `sentence` says why there is none.

    `model` and `margins` are vault digests. The margins are a .npy file of doubles, one for each loan of the selection and
    test windows in the snapshot's order, each answered by a fit that saw no loan of its customer. `rows` and `bads` are what
    the model was fitted on, the newest applied for on `until` (None without dates). `failed`: another run tries again.
    """

    sentence: str
    model: str | None = None
    margins: str | None = None
    rounds: int | None = None
    rows: int = 0
    bads: int = 0
    until: date | None = None
    failed: bool = False

    @property
    def files(self) -> tuple[str, ...]:
        """The vault digests it names."""
        return tuple(digest for digest in (self.model, self.margins) if digest is not None)


AS_TESTED = Refit(sentence="nothing was refitted")


def refit_to_json(refit: Refit) -> bytes:
    return msgspec.json.encode(refit, order="deterministic")


def refit_from_json(data: bytes) -> Refit:
    """The inverse of `refit_to_json`. Raises msgspec.ValidationError for anything else."""
    return msgspec.json.decode(data, type=Refit)
