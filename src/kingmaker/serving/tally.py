"""What a follower counts, for the metrics."""

from collections import Counter
from collections.abc import Iterable

from kingmaker.domain.errors import BundleRefused, PointerRefused, TamperFound
from kingmaker.serving.following import Following
from kingmaker.serving.readings import Reading

_REFUSED = (PointerRefused, BundleRefused, TamperFound)


class Tally:
    """Written by the follower's thread alone; `contact` is when the depot last answered, on the monotonic clock."""

    def __init__(self, began: float) -> None:
        self.swaps = 0
        self.contact = began
        self._failures = 0
        self._refusals: Counter[str] = Counter()

    def count(self, error: Exception) -> None:
        """One more failure; one more refusal where what came was not to be believed."""
        self._failures += 1
        if isinstance(error, _REFUSED):
            self._refusals[error.code] += 1

    def readings(self, following: Following, now: float) -> Iterable[Reading]:
        """Also edition, newest edition and silence; `now` is on the monotonic clock."""
        yield Reading(name="champion_swaps", told="Champions that took the seat.", value=self.swaps, kind="counter")
        yield Reading(
            name="follow_failures", told="Steps of following that failed.", value=self._failures, kind="counter"
        )
        for code, number in sorted(self._refusals.copy().items()):
            yield Reading(
                name="refusals",
                told="Pointers and bundles that were not believed.",
                value=number,
                kind="counter",
                labels=(("code", code),),
            )
        yield Reading(name="edition", told="Edition of the pointer that is served.", value=following.edition)
        yield Reading(name="newest_edition", told="Newest edition that was admitted.", value=following.newest)
        yield Reading(
            name="versions_missing", told="Canary and shadows that are missing.", value=len(following.missing)
        )
        yield Reading(name="depot_silence_seconds", told="Since the depot last answered.", value=now - self.contact)
