"""The watched room."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.privacy.room import Room


@pytest.fixture
def room(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Room]:
    """This process's temporary folder lies in it too."""
    room = Room(tmp_path, capsys)
    before, tempfile.tempdir = tempfile.tempdir, room.console.variables["TMPDIR"]
    yield room
    tempfile.tempdir = before
