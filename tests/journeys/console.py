"""The command line as a person uses it: a process of its own for each command, in a temporary home."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

COMMAND = (sys.executable, "-m", "kingmaker")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command said and how it ended."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The one JSON document on standard output."""
        return json.loads(self.out)

    @property
    def error(self) -> str:
        """The refusal, as one text with single blanks, without the progress before it. Empty when there is none."""
        _, found, after = self.err.rpartition("error: ")
        return " ".join(after.split()) if found else ""


@dataclass(frozen=True, slots=True)
class Console:
    """Commands typed in `folder`, whose home is `folder/home`."""

    folder: Path
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def home(self) -> Path:
        return self.folder / "home"

    @property
    def variables(self) -> dict[str, str]:
        temporary = self.folder / "temporary"
        temporary.mkdir(exist_ok=True)
        own = {"KINGMAKER_HOME": str(self.home), "KINGMAKER_USER": "ada", "TMPDIR": str(temporary), "COLUMNS": "200"}
        return {**os.environ, **own, **self.environment}

    def start(self, *arguments: str, before: Callable[[], None] | None = None) -> subprocess.Popen[str]:
        """A command in a process group of its own, not waited for."""
        return subprocess.Popen(
            [*COMMAND, *arguments],
            cwd=self.folder,
            env=self.variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            preexec_fn=before,  # noqa: PLW1509 - nothing here uses threads
        )

    def says(self, *arguments: str, before: Callable[[], None] | None = None) -> Answer:
        process = self.start(*arguments, before=before)
        out, err = process.communicate(timeout=240)
        return Answer(process.returncode, out, err)

    def does(self, *arguments: str) -> Any:
        """A command that must succeed, with `--json`: its document, and nothing else on standard output."""
        answer = self.says(*arguments, "--json")
        assert answer.code == 0, answer.err
        return answer.document

    def refuses(self, *arguments: str, before: Callable[[], None] | None = None) -> str:
        """A command that must be refused: exit code 2 and one sentence, which is returned."""
        answer = self.says(*arguments, before=before)
        assert answer.code == 2, answer.out + answer.err
        assert answer.error, answer.err
        for word in ("Traceback", "unexpected", "KINGMAKER_DEBUG"):
            assert word not in answer.err, answer.err
        return answer.error

    def copied_to(self, folder: Path) -> "Console":
        """The same pipeline files, data and home in another place."""
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        return Console(folder, self.environment)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What a stranger with sqlite3 sees in the ledger."""
        with sqlite3.connect(self.home / "ledger.db") as connection:
            found = connection.execute(query).fetchall()
        connection.close()
        return found

    def edit(self, statement: str) -> None:
        """What a stranger with sqlite3 does to the ledger."""
        with sqlite3.connect(self.home / "ledger.db") as connection:
            assert connection.execute(statement).rowcount > 0, statement
        connection.close()
