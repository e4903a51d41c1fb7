"""Memory is bounded: a million rows need hardly more than a hundred thousand."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.sources.databases.banks import Bank

READ = """
import sys
from datetime import date
from pathlib import Path
from kingmaker.adapters.sources.databases.source import DatabaseSource
from kingmaker.pipeline.declaration import SourceDeclaration
from kingmaker.ports.source import Reading
declared = SourceDeclaration.model_validate({"database": "env:LOANS_URL", "query": sys.argv[1]})
reading = Reading(declaration=declared, folder=Path(), as_of=date(2021, 1, 1))
extracted = DatabaseSource().extract(reading, Path(sys.argv[2]), lambda said: None)
status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
print(extracted.rows, int(status["VmHWM"].split()[0]) // 1024)
"""
"""Not `ru_maxrss`, which a process that was forked begins at its parent's."""
MOST_MORE = 60
"""Megabytes."""


def peak(bank: Bank, rows: int, folder: Path) -> int:
    folder.mkdir()
    query = (
        "SELECT n AS id, n / 7.0 AS a, n * 3 AS b, MD5(CONCAT(n, 'x')) AS c, MD5(CONCAT(n, 'y')) AS d, {{ as_of }} AS e "
        f"FROM {bank.rows.format(rows)}"
    )
    answer = subprocess.run(
        [sys.executable, "-c", READ, query, folder],
        env={**os.environ, "LOANS_URL": bank.url},
        capture_output=True,
        text=True,
        check=True,
    )
    read, megabytes = map(int, answer.stdout.split())
    assert read == rows
    return megabytes


@pytest.mark.slow
def test_a_million_rows_need_no_more_memory_than_a_few(bank: Bank, tmp_path: Path) -> None:
    few, many = peak(bank, 150_000, tmp_path / "few"), peak(bank, 1_000_000, tmp_path / "many")
    assert many <= few + MOST_MORE
    assert many <= 450
