"""How often a challenger that is no better is promoted within a year, and how soon one that is better: told as a chapter.

The years are simulated in a process of their own (`benchmarks.null_years`), so that this one stays small.
"""

import json
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

from benchmarks.contest import ROOT
from benchmarks.findings import Chapter, Finding, page_of
from benchmarks.nulls.counts import Power, Simulated, Tally

YEARS, POWER_YEARS, SEED = 120, 40, 20261122
QUICK_YEARS, QUICK_POWER_YEARS = 4, 2
LIMIT = 0.05


def bench(*, quick: bool) -> Chapter:
    years, power_years = (QUICK_YEARS, QUICK_POWER_YEARS) if quick else (YEARS, POWER_YEARS)
    asked = ["--years", str(years), "--power-years", str(power_years), "--json"]
    told = subprocess.run(
        [sys.executable, "-m", "benchmarks.null_years", *asked], cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True
    ).stdout
    return chapter_of(simulated_from_json(told))


def simulated_from_json(text: str) -> Simulated:
    told: dict[str, Any] = json.loads(text)
    return Simulated(
        seed=told["seed"],
        champion_auc=told["champion_auc"],
        cpu_seconds=told["cpu_seconds"],
        nulls=tuple(tuple(Tally(**tally) for tally in tallies) for tallies in told["nulls"]),
        powers=tuple(Power(**power) for power in told["powers"]),
    )


def chapter_of(simulated: Simulated) -> Chapter:
    nulls = [{tally.rule: tally for tally in tallies} for tallies in simulated.with_overall]
    overall = nulls[-1]
    return Chapter(
        title="False promotions and power",
        about=(
            "Years of 365 nights in which no challenger is better: the share with at least one false promotion (95 % Wilson "
            "interval). Then the share of years in which a truly better challenger comes into force, and the median wait. "
            "Kingmaker: the default policy (`promote: proven`, `proof: ranking`), two looks. The peers: the plain rule "
            "(`promote: point`), and a nightly one-sided p < .05 of DeLong's test."
        ),
        findings=(*(_null_finding(rules) for rules in nulls), *_power_findings(simulated.powers)),
        notes=(
            *(_one_look(rules) for rules in nulls),
            _of_both(overall),
            f"DeLong's test alone, one look, bounds any challenger of equal AUC: {interval_text(overall['AUC alone'])}.",
            "False promotions a year: "
            + ", ".join(f"{rule} {_yearly(tally)}" for rule, tally in overall.items())
            + ".",
            "The null years demand no smallest improvement, so that the error budget alone is tried; the default demands .002.",
            _power_note(simulated.powers),
            *_both_proven(simulated.powers),
            f"AUC of the champion {simulated.champion_auc:.3f}; test windows of 60 or 180 days that move a day a night.",
            f"Seed {simulated.seed}; {simulated.cpu_seconds / 60:.0f} minutes of CPU time in one process.",
        ),
    )


def interval_text(tally: Tally) -> str:
    low, high = tally.interval
    return f"{tally.share:.1%} of {tally.years} ({low:.1%} to {high:.1%})"


def wait_text(power: Power) -> str:
    share = f"{power.promoted / power.years:.0%}"
    return share if power.median_days is None else f"{share}, {power.median_days:.0f} days"


def _yearly(tally: Tally) -> str:
    return f"{tally.promotions / tally.years:.2f}"


def _null_finding(rules: dict[str, Tally]) -> Finding:
    proven = rules["proven"]
    return Finding(
        what=f"false promotion: {proven.setting}",
        ours=interval_text(proven),
        peer=f"plain {rules['point'].share:.0%}, p < .05 {rules['p < .05'].share:.0%}",
        ratio="",
        goal=f"<= {LIMIT:.0%}",
        met=proven.share <= LIMIT,
    )


def _power_findings(powers: Sequence[Power]) -> list[Finding]:
    by_case = {(power.bads, power.gain, power.rule): power for power in powers}
    return [
        Finding(
            what=f"truly better by {gain:.3f} AUC, {bads:,} bads",
            ours=wait_text(by_case[bads, gain, "proven"]),
            peer=f"plain {wait_text(by_case[bads, gain, 'point'])}",
            ratio="",
        )
        for bads, gain in dict.fromkeys((power.bads, power.gain) for power in powers)
    ]


def _power_note(powers: Sequence[Power]) -> str:
    years = max((power.years for power in powers), default=0)
    return f"Power: {years} years each of the default policy, looks a week apart, errors correlated .8, 10 % bads."


def _one_look(rules: dict[str, Tally]) -> str:
    tally = rules["proven, one look"]
    return f"With one look instead of two, {tally.setting}: {interval_text(tally)}."


def _of_both(rules: dict[str, Tally]) -> str:
    twice, once = interval_text(rules["both proven"]), interval_text(rules["both proven, one look"])
    return f"With `proof: both`: {twice} of all null years, with one look {once}."


def _both_proven(powers: Sequence[Power]) -> list[str]:
    """What it costs to prove the false kill too."""
    found = [power for power in powers if power.rule == "both proven"]
    told = {
        bads: ", ".join(f"+{power.gain:.3f}: {wait_text(power)}" for power in found if power.bads == bads)
        for bads in dict.fromkeys(power.bads for power in found)
    }
    return [f"With `proof: both`, {bads:,} bads: {waits}." for bads, waits in told.items()]


if __name__ == "__main__":
    print("\n".join(page_of(bench(quick="--quick" in sys.argv))))
