"""Imports point one way, and a deployment end needs no training code."""

import subprocess
import sys
from pathlib import Path

from .tree import ROOT, SOURCE

TRAINING = (
    "polars",
    "pyarrow",
    "xgboost",
    "lightgbm",
    "sklearn",
    "interpret",
    "optuna",
    "sqlalchemy",
    "duckdb",
    "pydantic",
)


def test_every_import_contract_is_kept(tmp_path: Path) -> None:
    """In a process of its own: the linter switches off every logger that it finds."""
    asked = f"from importlinter.cli import lint_imports; raise SystemExit(lint_imports(cache_dir={str(tmp_path)!r}))"
    answer = subprocess.run([sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stdout + answer.stderr


def test_a_bundle_is_read_and_scored_without_training_code() -> None:
    """Each module of the bundle in one fresh process, as the base install starts."""
    names = sorted(f"kingmaker.bundle.{path.stem}" for path in (SOURCE / "bundle").glob("[!_]*.py"))
    assert "kingmaker.bundle.scorer" in names
    asked = f"""
import importlib, sys
for name in {names!r}:
    importlib.import_module(name)
print(*sorted({{name.partition('.')[0] for name in sys.modules}} & set({TRAINING!r})))
"""
    answer = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.split() == [], "the base install has none of these"
