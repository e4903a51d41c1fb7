"""Scoring reports to nobody."""

import os
import subprocess
import sys
from pathlib import Path

LOADED = """
import os
import kingmaker.bundle.scorer
print(len(os.listdir("/proc/self/task")), os.environ["ORT_DISABLE_TELEMETRY"])
"""


def test_the_runtime_leaves_no_identifier_behind_and_starts_no_uploader(tmp_path: Path) -> None:
    surroundings = {name: value for name, value in os.environ.items() if name not in {"CI", "ORT_DISABLE_TELEMETRY"}}
    own = {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache"), "OPENBLAS_NUM_THREADS": "1"}
    told = subprocess.run(
        [sys.executable, "-c", LOADED], capture_output=True, text=True, check=True, env={**surroundings, **own}
    )
    assert told.stdout.split() == ["1", "1"]
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
