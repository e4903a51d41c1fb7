"""The watched room."""

from pathlib import Path

import pytest
from tests.privacy.room import Room


@pytest.fixture
def room(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Room:
    room = Room(tmp_path, capsys)
    monkeypatch.setattr("tempfile.tempdir", room.console.variables["TMPDIR"])
    return room
