"""How requests for scores were served, as a report tells it: totals since the process began."""

from collections.abc import Callable, Iterable

from kingmaker.interfaces.endpoint.router import Router
from kingmaker.interfaces.endpoint.tally import BOUNDS, Tally

SCORING = ("/score", "/invocations")
INFERENCE = "/infer"


def served_by(router: Router, began: str) -> Callable[[], dict[str, object]]:
    """What to report, whenever it is asked for, from any thread. `began` names this process."""
    return lambda: served_of([one for one in router.tallies if _is_scoring(one)], began)


def served_of(tallies: Iterable[Tally], began: str) -> dict[str, object]:
    """`refused` were wrong themselves (4xx), `errors` are the endpoint's own fault (5xx); `bounds` are seconds."""
    buckets = [0] * (len(BOUNDS) + 1)
    by_hundred: dict[int, int] = {}
    for tally in tallies:
        buckets = [so_far + more for so_far, more in zip(buckets, tally.buckets, strict=True)]
        for status, answers in tuple(tally.statuses.items()):
            by_hundred[status // 100] = by_hundred.get(status // 100, 0) + answers
    return {
        "began": began,
        "requests": sum(by_hundred.values()),
        "refused": by_hundred.get(4, 0),
        "errors": by_hundred.get(5, 0),
        "bounds": BOUNDS,
        "buckets": buckets,
    }


def _is_scoring(tally: Tally) -> bool:
    return tally.label in SCORING or tally.label.endswith(INFERENCE)
