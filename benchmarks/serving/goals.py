"""What the endpoint is held to: ratios within a round, and two limits of its own."""

from collections.abc import Callable, Mapping, Sequence
from statistics import median

from benchmarks.findings import Finding, span
from benchmarks.serving.contenders.everyone import EVERYONE
from benchmarks.serving.contenders.ours import OURS
from benchmarks.serving.rounds import Measured
from benchmarks.serving.server import EQUAL

Rounds = Mapping[str, Sequence[Measured]]

FASTER = {"mlflow": 100.0, "bentoml": 20.0, "mlserver": 10.0, "fastapi": 8.0}
FASTER_MANY = {"mlflow": 8.0, "fastapi": 2.0}
OF_HELLO, CALMER = 0.4, 5.0
FIRST_ANSWER_SECONDS, MEGABYTES = 1.5, 150.0

_TITLES = {one.name: one.title for one in EVERYONE}


def findings(rounds: Rounds) -> tuple[Finding, ...]:
    """Every goal whose contenders took part. Nothing without ours."""
    if OURS.name not in rounds:
        return ()
    ours = rounds[OURS.name]
    found = [_faster(rounds, name, "c8 r1", goal) for name, goal in FASTER.items() if name in rounds]
    found += [_faster(rounds, name, "c8 r100", goal) for name, goal in FASTER_MANY.items() if name in rounds]
    found.append(_of_hello(ours))
    if "fastapi" in rounds:
        found.append(_calmer(ours, rounds["fastapi"]))
    found += [
        _limit(ours, "seconds to the first right answer", lambda one: one.first_answer_seconds, FIRST_ANSWER_SECONDS),
        _limit(ours, "resident memory after the load, MB", lambda one: one.rss_mb, MEGABYTES),
    ]
    return (*found, _equal(rounds), _answered(rounds), _logged(ours))


def _faster(rounds: Rounds, peer: str, point: str, goal: float) -> Finding:
    ours, theirs = _speeds(rounds[OURS.name], point), _speeds(rounds[peer], point)
    each = [our / their for our, their in zip(ours, theirs, strict=True)]
    connections, rows = point.split()
    return Finding(
        what=f"requests/s over {_TITLES[peer]}, {connections[1:]} connections, {_rows(rows)}",
        ours=f"{median(ours):,.0f}",
        peer=f"{median(theirs):,.0f}",
        ratio=span(min(each), median(each), max(each)),
        goal=f">= {goal:g}",
        met=median(each) >= goal,
    )


def _of_hello(ours: Sequence[Measured]) -> Finding:
    scored, hello = _speeds(ours, "c8 r1"), _speeds(ours, "c8 hello")
    each = [one / other for one, other in zip(scored, hello, strict=True)]
    return Finding(
        what="requests/s over our own hello, 8 connections",
        ours=f"{median(scored):,.0f}",
        peer=f"{median(hello):,.0f}",
        ratio=span(min(each), median(each), max(each)),
        goal=f">= {OF_HELLO:g}",
        met=median(each) >= OF_HELLO,
    )


def _calmer(ours: Sequence[Measured], theirs: Sequence[Measured]) -> Finding:
    each = [their.loads["c8 r1"].p99_ms / our.loads["c8 r1"].p99_ms for our, their in zip(ours, theirs, strict=True)]
    return Finding(
        what=f"p99 of {_TITLES['fastapi']} over ours, 8 connections, one row",
        ours=f"{median(one.loads['c8 r1'].p99_ms for one in ours):.2f} ms",
        peer=f"{median(one.loads['c8 r1'].p99_ms for one in theirs):.1f} ms",
        ratio=span(min(each), median(each), max(each)),
        goal=f">= {CALMER:g}",
        met=median(each) >= CALMER,
    )


def _limit(ours: Sequence[Measured], what: str, measure: Callable[[Measured], float], limit: float) -> Finding:
    each = [measure(one) for one in ours]
    return Finding(
        what=what, ours=span(min(each), median(each), max(each)), peer="", ratio="", goal=f"<= {limit:g}",
        met=median(each) <= limit,
    )  # fmt: skip


def _equal(rounds: Rounds) -> Finding:
    largest = max(one.largest_difference for measured in rounds.values() for one in measured)
    return Finding(
        what="largest difference of any contender's pd from xgboost's", ours="", peer="", ratio=f"{largest:.1e}",
        goal=f"<= {EQUAL:g}", met=largest <= EQUAL,
    )  # fmt: skip


def _answered(rounds: Rounds) -> Finding:
    errors = {
        name: sum(load.errors for one in measured for load in one.loads.values()) for name, measured in rounds.items()
    }
    peers = sum(count for name, count in errors.items() if name != OURS.name)
    return Finding(
        what="requests not answered with 200 under load", ours=str(errors[OURS.name]), peer=str(peers), ratio="",
        goal="0", met=errors[OURS.name] == 0,
    )  # fmt: skip


def _logged(ours: Sequence[Measured]) -> Finding:
    dropped = sum(one.unlogged_rows for one in ours)
    return Finding(
        what="answered rows that our log dropped", ours=str(dropped), peer="", ratio="", goal="0", met=dropped == 0
    )


def _speeds(measured: Sequence[Measured], point: str) -> list[float]:
    return [one.loads[point].requests_per_second for one in measured]


def _rows(told: str) -> str:
    return "one row" if told == "r1" else f"{told[1:]} rows"
