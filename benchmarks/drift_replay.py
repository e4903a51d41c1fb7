"""Two simulated lenders replayed by the real command: one whose risk drifts for years, one whose risk stands still.

What the proven rule is worth on a book that nobody tuned it to: where the world moves it must follow, where it stands still it
must stay. `python -m benchmarks.drift_replay [drifts] [still]`, some ten minutes on two cores.
"""

import json
import subprocess
import sys
import tempfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

LOANS_A_DAY = 30
FIRST, LAST = date(2010, 1, 1), date(2019, 12, 31)
DRIFT = (date(2013, 1, 1), date(2017, 1, 1))
"""Within these days the risk turns from one set of columns to another."""
BEFORE = np.array([1.0, 0.6, 0.4, 0.0, 0.0, 0.2])
AFTER = np.array([0.2, 0.0, 0.4, 1.0, 0.6, 0.2])
PIPELINE = """\
pipeline: simulated
source:
  file: loans.parquet
id: id
applied_at: applied
amount: amount
outcome:
  observed_at: defaulted
  horizon: 12 months
training:
  learners: [scorecard]
  trials: 1
"""


def loans(*, drifts: bool, seed: int) -> pl.DataFrame:
    """Loans of ten years, about 8 % bad within a year."""
    random = np.random.default_rng(seed)
    days = (LAST - FIRST).days + 1
    day = np.repeat(np.arange(days), LOANS_A_DAY)
    start, end = ((moment - FIRST).days for moment in DRIFT)
    turned = np.clip((day - start) / (end - start), 0.0, 1.0)[:, None] if drifts else np.zeros((day.size, 1))
    values = random.normal(size=(day.size, BEFORE.size))
    risk = (values * (BEFORE * (1.0 - turned) + AFTER * turned)).sum(axis=1)
    bad = random.random(day.size) < 1.0 / (1.0 + np.exp(3.1 - risk))
    known = day + random.integers(30, 360, day.size)
    dates = np.array([FIRST + timedelta(days=int(number)) for number in range(days + 400)])
    return pl.DataFrame(
        {
            "id": np.arange(day.size),
            "applied": pl.Series(dates[day].tolist(), dtype=pl.Date),
            "defaulted": pl.Series([dates[k] if b else None for k, b in zip(known, bad, strict=True)], dtype=pl.Date),
            "amount": random.lognormal(9.0, 0.5, day.size).round(2),
            **{f"x{number}": values[:, number].round(4) for number in range(BEFORE.size)},
        }
    )


def replayed(folder: Path, *, drifts: bool, seed: int) -> dict[str, Any]:
    loans(drifts=drifts, seed=seed).write_parquet(folder / "loans.parquet")
    (folder / "simulated.yaml").write_text(PIPELINE, encoding="utf-8")
    asked = [
        *("--home", str(folder / "home"), "replay", str(folder / "simulated.yaml")),
        *("--from", "2013-12", "--to", "2018-09", "--every", "quarter", "--json"),
    ]
    told = subprocess.run(
        [sys.executable, "-m", "kingmaker", *asked], check=True, stdout=subprocess.PIPE, text=True
    ).stdout
    result: dict[str, Any] = json.loads(told)
    return result


def main() -> None:
    worlds = sys.argv[1:] or ["drifts", "still"]
    for drifts in (world == "drifts" for world in worlds):
        print(f"\nThe risk {'drifts from 2013 to 2017' if drifts else 'stands still'}")
        print("| policy | AUC, by bads / plain | false kill | promotions | worse in hindsight |\n|---|---|---|---|---|")
        with tempfile.TemporaryDirectory() as folder:
            result = replayed(Path(folder), drifts=drifts, seed=1)
        for told in result["policies"]:
            print(row_of(told))


def row_of(told: dict[str, Any]) -> str:
    weighed, plain = told["by_bads"], told["by_period"]
    return (
        f"| {told['policy']} | {weighed['auc']:.3f} / {plain['auc']:.3f} | {100 * weighed['false_kill']:.2f} / "
        f"{100 * plain['false_kill']:.2f} % | {told['promotions']} | {told['worse']} |"
    )


if __name__ == "__main__":
    main()
