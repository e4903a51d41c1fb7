"""Scoring a file of applicants: a bundle against mlflow.pyfunc and pandas, Parquet to Parquet, the same XGBoost model.

mlflow lives in an environment of its own, which the benchmark makes from `peers.txt` the first time.
"""

import subprocess
import sys
from statistics import median

from benchmarks.contest import DATA, ROOT, Contender, Measured, hold, ratio, run
from benchmarks.findings import Chapter, Finding, page_of, span

FOLDER = DATA / "scoring"
SIZES, QUICK_SIZES, ROUNDS = (500_000, 1_000_000, 2_000_000), (50_000, 100_000, 200_000), 3
FASTER, LEANER, EQUAL, FLAT = 1.3, 3.0, 1e-5, 1.1


def bench(*, quick: bool) -> Chapter:
    sizes = QUICK_SIZES if quick else SIZES
    python = _peers()
    subprocess.run([sys.executable, "-m", "benchmarks.scoring_model", FOLDER, *map(str, sizes)], cwd=ROOT, check=True)
    run(_mlflow(python, sizes[0]))  # leaves the model in mlflow's own form
    found = {rows: hold([_ours(rows), _mlflow(python, rows)], ROUNDS if rows == sizes[-1] else 1) for rows in sizes}
    largest = found[sizes[-1]]
    told = run(
        Contender(name="equality", module="benchmarks.scoring_equality", arguments=(_out("ours"), _out("mlflow")))
    )
    return Chapter(
        title="Batch scoring",
        about=(
            f"{sizes[-1]:,} applicants of 30 float32 columns, Parquet to Parquet, XGBoost with 300 trees of depth 6. The peer"
            " is mlflow.pyfunc on pandas, and writes the pd alone; Kingmaker writes pd, score, grade, decision and version."
        ),
        findings=(
            *_speed(largest["ours"], largest["mlflow"]),
            _growth({rows: one["ours"] for rows, one in found.items()}),
            _equality(float(str(told.facts["largest"]))),
        ),
        notes=("Ratios are peer over Kingmaker within a round, median (lowest to highest) of the rounds.",),
    )


def _peers() -> str:
    """The peers' Python, installed when it is not there yet."""
    folder = DATA / "peers"
    python = folder / "bin" / "python"
    if not (folder / "ready").exists():
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "-r", ROOT / "benchmarks" / "peers.txt"], check=True)
        (folder / "ready").touch()
    return str(python)


def _out(name: str) -> str:
    return str(FOLDER / f"scored_by_{name}.parquet")


def _ours(rows: int) -> Contender:
    return Contender(name="ours", module="benchmarks.scoring_ours", arguments=(str(FOLDER), str(rows), _out("ours")))


def _mlflow(python: str, rows: int) -> Contender:
    arguments = (str(FOLDER), str(rows), _out("mlflow"))
    return Contender(name="mlflow", module="benchmarks.scoring_mlflow", arguments=arguments, python=python)


def _speed(ours: list[Measured], peers: list[Measured]) -> tuple[Finding, ...]:
    wall = ratio(ours, peers, lambda one: one.seconds)
    work = ratio(ours, peers, lambda one: one.cpu_seconds)
    peak = ratio(ours, peers, lambda one: one.peak_mb)
    return (
        Finding(
            what="rows a second",
            ours=_seconds(ours),
            peer=_seconds(peers),
            ratio=span(*wall),
            goal=f">= {FASTER}",
            met=wall[1] >= FASTER,
        ),
        Finding(what="CPU time", ours=_cpu(ours), peer=_cpu(peers), ratio=span(*work)),
        Finding(
            what="peak memory",
            ours=f"{median(one.peak_mb for one in ours):,.0f} MB",
            peer=f"{median(one.peak_mb for one in peers):,.0f} MB",
            ratio=span(*peak),
            goal=f">= {LEANER}",
            met=peak[1] >= LEANER,
        ),
    )


def _seconds(measured: list[Measured]) -> str:
    return f"{median(one.seconds for one in measured):.1f} s"


def _cpu(measured: list[Measured]) -> str:
    return f"{median(one.cpu_seconds for one in measured):.1f} s"


def _growth(ours: dict[int, list[Measured]]) -> Finding:
    peaks = {rows: median(one.peak_mb for one in measured) for rows, measured in ours.items()}
    first, *_, last = peaks.values()
    return Finding(
        what="our peak memory at four times the rows",
        ours=", ".join(f"{rows:,}: {peak:,.0f} MB" for rows, peak in peaks.items()),
        peer="",
        ratio=f"{last / first:.2f}",
        goal=f"<= {FLAT}",
        met=last / first <= FLAT,
    )


def _equality(difference: float) -> Finding:
    return Finding(
        what="largest difference in pd",
        ours="",
        peer="",
        ratio=f"{difference:.1e}",
        goal=f"<= {EQUAL:g}",
        met=difference <= EQUAL,
    )


if __name__ == "__main__":
    print("\n".join(page_of(bench(quick="--quick" in sys.argv))))
