"""What a route has answered, as plain integers: counting one answer takes well under a microsecond."""

from bisect import bisect_left

BOUNDS = (
    0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0,
)  # fmt: skip
"""Upper bounds of the histogram's buckets in seconds; one more bucket is for what took longer."""


class Tally:
    """Answers of one route by status, and how long they took from the request's last byte to the answer."""

    __slots__ = ("buckets", "label", "seconds", "statuses")

    def __init__(self, label: str) -> None:
        self.label = label
        self.statuses: dict[int, int] = {}
        self.buckets = [0] * (len(BOUNDS) + 1)
        self.seconds = 0.0

    def count(self, status: int, seconds: float) -> None:
        statuses = self.statuses
        statuses[status] = statuses.get(status, 0) + 1
        self.buckets[bisect_left(BOUNDS, seconds)] += 1
        self.seconds += seconds
