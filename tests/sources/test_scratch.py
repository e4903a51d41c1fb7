"""What a reading works with lies where its rows are to be, so that whoever clears up after a kill leaves nothing anywhere."""

import subprocess
import sys
from datetime import date
from pathlib import Path

from kingmaker.adapters.sources.files import FileSource
from kingmaker.pipeline.declaration import SourceDeclaration
from kingmaker.ports.source import Reading

TASKS = [
    {"name": "a", "sql": "CREATE TABLE a AS SELECT * FROM source"},
    {"name": "b", "sql": "CREATE TABLE loans AS SELECT id FROM a"},
]
KILLED = """
import os, signal, sys
from pathlib import Path
from tests.sources.test_scratch import read
read(Path(sys.argv[1]), lambda sentence: os.kill(os.getpid(), signal.SIGKILL))
"""


def read(folder: Path, told: object) -> None:
    declaration = SourceDeclaration.model_validate({"file": "loans.csv", "tasks": TASKS})
    FileSource().extract(Reading(declaration=declaration, folder=folder, as_of=date.max), folder / "made", told)


def given(folder: Path) -> Path:
    (folder / "loans.csv").write_text("id\n" + "\n".join(map(str, range(500))), encoding="utf-8")
    (folder / "made").mkdir()
    return folder / "made"


def test_it_works_in_its_own_folder_and_leaves_only_the_rows(tmp_path: Path) -> None:
    made, seen = given(tmp_path), []
    read(tmp_path, lambda _: seen.extend(path.name for path in made.rglob("*")))
    assert "work.duckdb" in seen
    assert [path.name for path in made.rglob("*")] == ["raw.parquet"]


def test_what_a_killed_reading_left_goes_with_the_next(tmp_path: Path) -> None:
    made, elsewhere = given(tmp_path), tmp_path / "temporary"
    elsewhere.mkdir()
    command = [sys.executable, "-c", KILLED, str(tmp_path)]
    path = {"PYTHONPATH": ":".join(sys.path), "TMPDIR": str(elsewhere)}
    assert subprocess.run(command, check=False, env=path).returncode == -9
    assert list(made.glob("*/work.duckdb"))
    assert list(elsewhere.iterdir()) == []
    read(tmp_path, lambda _: None)
    assert [path.name for path in made.rglob("*")] == ["raw.parquet"]
