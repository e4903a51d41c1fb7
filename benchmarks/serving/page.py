"""The contest as it is read: one table of contenders, one of goals, and the same as JSON."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from statistics import median

from benchmarks.findings import Chapter, machine_line, page_of
from benchmarks.serving.contenders.everyone import EVERYONE
from benchmarks.serving.goals import findings
from benchmarks.serving.load import HELLOS, POINTS, Load
from benchmarks.serving.rounds import Measured

Rounds = Mapping[str, Sequence[Measured]]

_ABOUT = (
    "One process each, one after another on the same cores, the same XGBoost model (300 trees of depth 6, 30 features, 8 % of"
    " the values missing), single rows and lists of 100 as JSON, wrk with one thread on loopback. Ours checks each request"
    " against the model's schema, logs each answer and counts its metrics."
)
_NOTES = (
    "Goals are judged by the median of the rounds' ratios; lowest and highest in parentheses.",
    "The first table holds medians over the rounds: requests a second; p50 / p99 in ms; server CPU in µs a request.",
    "The servers share their cores with wrk: where the server is fast, wrk's own work is part of what is measured.",
)
_HEAD = 4
"""Lines of a chapter ahead of its table of findings."""


def chapter(rounds: Rounds) -> Chapter:
    """The goals, as every benchmark tells its own."""
    return Chapter(title="Online scoring", about=_ABOUT, findings=findings(rounds), notes=_NOTES)


def page(rounds: Rounds) -> str:
    """Both tables as Markdown."""
    told = page_of(chapter(rounds))
    lines = [*told[:_HEAD], *contenders_table(rounds), "", *told[_HEAD:], f"Machine: {machine_line()}."]
    return "\n".join(lines) + "\n"


def contenders_table(rounds: Rounds) -> list[str]:
    """One line a contender; the hello of ours, which scores nothing, on a line of its own."""
    columns = ["1 connection", "8 connections", "64 connections", "8 connections, 100 rows"]
    lines = [
        f"| one process | {' | '.join(columns)} | first answer, s | RSS / PSS, MB |",
        f"|---|{'---|' * (len(columns) + 2)}",
    ]
    for contender in EVERYONE:
        measured = rounds.get(contender.name, ())
        if not measured:
            continue
        cells = [_cell(measured, point.name) for point in POINTS]
        cells += [f"{_middle(measured, lambda one: one.first_answer_seconds):.2f}", _memory(measured)]
        lines.append(f"| {contender.title} | {' | '.join(cells)} |")
        if contender.hello:
            hello = [_cell(measured, point.name) for point in HELLOS]
            lines.append(f"| {contender.title}: `{contender.hello}` | {' | '.join(hello)} | | | |")
    return lines


def document(rounds: Rounds) -> str:
    """Every number of every round, as JSON."""
    told = {name: [asdict(one) for one in measured] for name, measured in rounds.items()}
    return json.dumps({"machine": machine_line(), "rounds": told}, indent=1)


def _cell(measured: Sequence[Measured], point: str) -> str:
    def middle(of: Callable[[Load], float]) -> float:
        return median(of(one.loads[point]) for one in measured)

    speed, cpu = middle(lambda load: load.requests_per_second), middle(lambda load: load.cpu_us)
    return f"{speed:,.0f}; {middle(lambda load: load.p50_ms):.2f} / {middle(lambda load: load.p99_ms):.2f}; {cpu:,.0f}"


def _memory(measured: Sequence[Measured]) -> str:
    return f"{_middle(measured, lambda one: one.rss_mb):.0f} / {_middle(measured, lambda one: one.pss_mb):.0f}"


def _middle(measured: Sequence[Measured], of: Callable[[Measured], float]) -> float:
    return median(of(one) for one in measured)
