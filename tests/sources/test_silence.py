"""Reading a source prints nothing: what stands on stdout is a command's answer, and may be JSON."""

import subprocess
import sys
from pathlib import Path

import pytest

SLOW_TASK = """\
from datetime import date
from pathlib import Path
from kingmaker.adapters.sources.files import FileSource
from kingmaker.pipeline.declaration import SourceDeclaration
from kingmaker.ports.source import Reading

sql = "CREATE TABLE loans AS SELECT *, (SELECT sum(hash(i) % 7) FROM range(400000000) r(i)) AS s FROM source"
declaration = SourceDeclaration.model_validate({"file": "loans.csv", "tasks": [{"name": "slow", "sql": sql}]})
FileSource().extract(Reading(declaration=declaration, folder=Path(), as_of=date.max), Path(), lambda _: None)
"""


@pytest.mark.slow
def test_a_task_of_many_seconds_in_a_process_without_a_program_file_draws_no_progress_bar(tmp_path: Path) -> None:
    (tmp_path / "loans.csv").write_text("id,amount\n1,5\n2,7\n")
    done = subprocess.run(
        [sys.executable, "-c", SLOW_TASK], cwd=tmp_path, capture_output=True, text=True, check=True, timeout=120
    )
    assert done.stdout == ""
    assert (tmp_path / "raw.parquet").is_file()
