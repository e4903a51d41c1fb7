"""When to try again: later each time, never much later, and not at the same moment as every other endpoint."""

from random import Random


class BackingOff:
    """Doubles from `first` to at most `longest` seconds; a delay is between half of that and the whole of it."""

    def __init__(self, first: float, longest: float, chance: Random) -> None:
        self._first = first
        self._longest = longest
        self._chance = chance
        self._tries = 0

    def delay(self) -> float:
        """Seconds to wait after one more failure."""
        whole = min(self._longest, self._first * 2.0 ** min(self._tries, 32))
        self._tries += 1
        return whole * self._chance.uniform(0.5, 1.0)

    def reset(self) -> None:
        """After a success."""
        self._tries = 0
