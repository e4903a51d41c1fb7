"""The seat: what answers now. Taking it is one assignment, so that every answer comes from one standing or the next."""

from dataclasses import dataclass

from kingmaker.domain.pointer import Pointer
from kingmaker.serving.deployed import Deployed


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Everything one pointer asks for, proven. `canary` answers for `pointer.canary.share` of the applications."""

    pointer: Pointer
    champion: Deployed
    canary: Deployed | None = None
    shadows: tuple[Deployed, ...] = ()


class Seat:
    """One writer (the follower), any number of readers, who read `standing` once for each request."""

    def __init__(self) -> None:
        self.standing: Standing | None = None

    def take(self, standing: Standing) -> None:
        self.standing = standing
