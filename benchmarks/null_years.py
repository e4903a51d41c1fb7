"""Simulated years in which no challenger is better than the champion, and years in which each one truly is.

The acceptance test of the promotion rule: its own error budget, gates and rule decide, beside what is usually written instead.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict

from benchmarks.false_promotions import POWER_YEARS, SEED, YEARS, interval_text, wait_text
from benchmarks.nulls.counts import Power, Simulated
from benchmarks.nulls.setting import NOISE, NULL_SETTINGS, Setting, true_auc
from benchmarks.nulls.years import RULES, null_tallies, power_of
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

GAINS = (0.002, 0.004, 0.006, 0.008, 0.012, 0.02)
POWER_SETTINGS = tuple(Setting(name=f"{bads:,} bads", bads=bads) for bads in (600, 1_800))
POWER_RULES = ("point", "proven", "both proven")


def simulate(*, years: int, power_years: int, seed: int) -> Simulated:
    """All settings and all gains, one process. The same arguments give the same counts."""
    started = time.process_time()
    total = years * len(NULL_SETTINGS) + power_years * len(GAINS) * len(POWER_SETTINGS)
    with _progress() as progress:
        task = progress.add_task("years", total=total)

        def lived() -> None:
            progress.advance(task)

        nulls = tuple(
            null_tallies(setting, [(seed, 0, place, year) for year in range(years)], lived)
            for place, setting in enumerate(NULL_SETTINGS)
            if years
        )
        powers = _powers(power_years, seed, lived)
    spent = time.process_time() - started
    return Simulated(seed=seed, champion_auc=true_auc(0.10, NOISE), cpu_seconds=spent, nulls=nulls, powers=powers)


def _powers(years: int, seed: int, lived: Callable[[], None]) -> tuple[Power, ...]:
    return tuple(
        power
        for setting in POWER_SETTINGS
        for gain in GAINS
        if years
        for power in power_of(
            setting, gain, [(seed, 1, setting.bads, year) for year in range(years)], POWER_RULES, lived
        )
    )


def _progress() -> Progress:
    columns = (TextColumn("simulated years"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=Console(stderr=True), transient=True)


def tables_of(simulated: Simulated) -> tuple[Table, Table]:
    """Every rule in every setting, with promotions a year; and the power curve."""
    nulls = Table(
        "no challenger is better", *RULES, title="Years with a false promotion (95 % interval); promotions a year"
    )
    for tallies in simulated.with_overall if simulated.nulls else ():
        figures = [f"{interval_text(tally)}; {tally.promotions / tally.years:.2f}" for tally in tallies]
        nulls.add_row(tallies[0].setting, *figures)
    better = Table("truly better by", "bads", *POWER_RULES, title="Promoted within a year, median wait")
    for bads, gain in dict.fromkeys((power.bads, power.gain) for power in simulated.powers):
        waits = [wait_text(power) for power in simulated.powers if (power.bads, power.gain) == (bads, gain)]
        better.add_row(f"{gain:.3f}", f"{bads:,}", *waits)
    return nulls, better


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.null_years", description=__doc__)
    parser.add_argument("--years", type=int, default=YEARS, help="null years of each setting; 0: none")
    parser.add_argument("--power-years", type=int, default=POWER_YEARS, help="years of each true gain; 0: none")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--json", action="store_true", help="print the counts as JSON")
    asked = parser.parse_args(arguments)
    simulated = simulate(years=asked.years, power_years=asked.power_years, seed=asked.seed)
    if asked.json:
        print(json.dumps(asdict(simulated)))
        return
    for table in tables_of(simulated):
        Console().print(table)


if __name__ == "__main__":
    main(sys.argv[1:])
