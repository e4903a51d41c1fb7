"""Cleaning a million loans: the recipe against scikit-learn's ColumnTransformer on pandas."""

import sys
from pathlib import Path
from statistics import median

from benchmarks.contest import DATA, Contender, Measured, hold, ratio, run
from benchmarks.findings import Chapter, Finding, page_of, span

ROWS, QUICK_ROWS, CHECKED_ROWS, ROUNDS = 1_000_000, 100_000, 50_000, 3
FASTER, LEANER, EQUAL = 5.0, 2.0, 1e-9


def bench(*, quick: bool) -> Chapter:
    rows = QUICK_ROWS if quick else ROWS
    difference = _largest_difference()
    plain, scorecard = _contest(rows, "plain"), _contest(max(rows // 5, QUICK_ROWS), "woe")
    return Chapter(
        title="Cleaning",
        about=(
            f"Fit on {rows:,} loans of 40 numbers (gaps, outliers) and 10 categories (5 to 200 levels, gaps), then apply to"
            " them: winsorise, fill with the median, flag the missing, standardise; one-hot and ordinal encoding. The peer is"
            " scikit-learn's ColumnTransformer on pandas."
        ),
        findings=(*_findings(*plain), _equality(difference), _of_scorecards(*scorecard)),
        notes=(
            "Ratios are peer over Kingmaker within a round, median (lowest to highest) of the rounds.",
            "Reading the Parquet file is not timed, but its memory counts.",
            "The scorecard row compares unequal work: optimal bins and weights of evidence; quantile bins and target encoding.",
        ),
    )


def _contest(rows: int, variant: str) -> tuple[list[Measured], list[Measured]]:
    found = hold([_contender("ours", rows, variant), _contender("sklearn", rows, variant)], ROUNDS)
    return found["ours"], found["sklearn"]


def _contender(name: str, rows: int, variant: str, *more: str) -> Contender:
    return Contender(name=name, module=f"benchmarks.recipe_{name}", arguments=(str(_columns(rows)), variant, *more))


def _columns(rows: int) -> Path:
    path = DATA / f"loans_{rows}.parquet"
    if not path.exists():
        run(Contender(name="columns", module="benchmarks.recipe_columns", arguments=(str(path), str(rows))))
    return path


def _largest_difference() -> float:
    made = [str(DATA / f"made_by_{name}.npz") for name in ("ours", "sklearn")]
    for name, path in zip(("ours", "sklearn"), made, strict=True):
        run(_contender(name, CHECKED_ROWS, "plain", path))
    told = run(Contender(name="equality", module="benchmarks.recipe_equality", arguments=tuple(made)))
    return float(str(told.facts["largest"]))


def _findings(ours: list[Measured], peers: list[Measured]) -> tuple[Finding, ...]:
    wall = ratio(ours, peers, lambda one: one.seconds)
    work = ratio(ours, peers, lambda one: one.cpu_seconds)
    peak = ratio(ours, peers, lambda one: one.peak_mb)
    return (
        _row("time", "s", ours, peers, wall, (FASTER, "seconds")),
        _row("CPU time", "s", ours, peers, work, (FASTER, "cpu_seconds")),
        _row("peak memory", "MB", ours, peers, peak, (LEANER, "peak_mb")),
    )


def _row(
    what: str,
    unit: str,
    ours: list[Measured],
    peers: list[Measured],
    found: tuple[float, float, float],
    goal: tuple[float, str],
) -> Finding:
    least, measure = goal
    our, peer = (median(getattr(one, measure) for one in each) for each in (ours, peers))
    return Finding(
        what=what,
        ours=f"{our:,.1f} {unit}",
        peer=f"{peer:,.1f} {unit}",
        ratio=span(*found),
        goal=f">= {least:g}",
        met=found[1] >= least,
    )


def _equality(difference: float) -> Finding:
    return Finding(
        what="largest difference between the matrices",
        ours="",
        peer="",
        ratio=f"{difference:.1e}",
        goal=f"<= {EQUAL:g}",
        met=difference <= EQUAL,
    )


def _of_scorecards(ours: list[Measured], peers: list[Measured]) -> Finding:
    found = ratio(ours, peers, lambda one: one.cpu_seconds)
    our, peer = (median(one.cpu_seconds for one in each) for each in (ours, peers))
    return Finding(what="scorecard variant, CPU time", ours=f"{our:.1f} s", peer=f"{peer:.1f} s", ratio=span(*found))


if __name__ == "__main__":
    print("\n".join(page_of(bench(quick="--quick" in sys.argv))))
