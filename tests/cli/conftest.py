"""A home with one champion, whose pipeline has a task, and a terminal to type commands into."""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.journeys.book import BEFORE_THE_SHIFT, write_book, write_pipeline

from kingmaker.interfaces.cli.app import run_command_line
from kingmaker.wiring import open_house

TASK = """\
  file: loans.csv
  tasks:
    - name: areas
      sql: CREATE TABLE loans AS SELECT * EXCLUDE (region), upper(region) AS area FROM source
"""


@dataclass(frozen=True, slots=True)
class Terminal:
    """Commands typed in a folder, eighty columns wide."""

    capture: pytest.CaptureFixture[str]

    def says(self, *words: str, code: int = 0) -> tuple[str, str]:
        """What a command wrote on standard output and on the error stream."""
        self.capture.readouterr()
        ended = run_command_line(open_house, words)
        out, err = self.capture.readouterr()
        assert ended == code, out + err
        return out, err

    def shows(self, *words: str) -> str:
        return self.says(*words)[0]

    def document(self, *words: str) -> Any:
        return json.loads(self.shows(*words, "--json"))

    def refuses(self, *words: str) -> str:
        return self.says(*words, code=2)[1]


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[[Path], Terminal]:
    def terminal(folder: Path) -> Terminal:
        monkeypatch.chdir(folder)
        monkeypatch.setenv("KINGMAKER_HOME", str(folder / "home"))
        monkeypatch.setenv("KINGMAKER_USER", "ada")
        monkeypatch.setenv("COLUMNS", "80")
        return Terminal(capsys)

    return terminal


@pytest.fixture
def empty(tmp_path: Path, at: Callable[[Path], Terminal]) -> Terminal:
    """No home yet; a book and its pipeline file."""
    write_book(tmp_path)
    write_pipeline(tmp_path, learners="scorecard", trials=1)
    return at(tmp_path)


@pytest.fixture(scope="session")
def _crowned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("crowned")
    write_book(folder)
    file = write_pipeline(folder, learners="scorecard", trials=1)
    file.write_text(file.read_text(encoding="utf-8").replace("  file: loans.csv\n", TASK), encoding="utf-8")
    run = ["--home", str(folder / "home"), "run", str(file), "--as-of", BEFORE_THE_SHIFT]
    assert run_command_line(open_house, run) == 0
    return folder


@pytest.fixture
def crowned(_crowned: Path, tmp_path: Path, at: Callable[[Path], Terminal]) -> Terminal:
    """A copy of a home with its first champion: run 1."""
    shutil.copytree(_crowned, tmp_path, dirs_exist_ok=True)
    return at(tmp_path)
