"""The lines of docs/bundle.md that open and score a bundle run as printed, and load no training library."""

import re
import subprocess
import sys
from pathlib import Path

from kingmaker.bundle.names import LISTED, MANIFEST, SIGNATURE

PAGE = (Path(__file__).parents[2] / "docs/bundle.md").read_text(encoding="utf-8")
TRAINING = (
    "polars",
    "pyarrow",
    "duckdb",
    "sqlalchemy",
    "pydantic",
    "xgboost",
    "lightgbm",
    "sklearn",
    "interpret",
    "optuna",
)


def snippet() -> str:
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL)
    return code


def test_the_documented_lines_score_a_row_with_the_base_install(tmp_path, key, bundle_file):
    (tmp_path / "champion.kingmaker").write_bytes(bundle_file.path.read_bytes())
    (tmp_path / "publisher.key").write_text(key.public.text + "\n")
    check = f"\nimport sys\nprint(sorted(set({TRAINING!r}) & set(sys.modules)))\n"
    done = subprocess.run(
        [sys.executable, "-c", snippet() + check], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=True
    )
    answer, loaded = done.stdout.splitlines()
    assert answer.startswith(bundle_file.version[:12])
    assert loaded == "[]"


def test_verifying_and_scoring_takes_at_most_fifteen_lines():
    assert len(snippet().strip().splitlines()) <= 15


def test_every_file_of_a_bundle_is_documented():
    assert all(f"| `{name}` |" in PAGE for name in (*LISTED, MANIFEST, SIGNATURE))
