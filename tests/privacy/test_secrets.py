"""Secrets stand in the environment or in files: no byte of home, ledger, logs or messages has one."""

from pathlib import Path

import pytest
from tests.journeys.book import BEFORE_THE_SHIFT
from tests.privacy.room import Room, book, declaration, written

SECRET = "s3cr3t-0123456789abcdef0123456789abcdef"
DATABASE = "  database: {place}\n  table: loans\n"


@pytest.mark.parametrize("kind", ["env", "file"])
def test_the_password_of_a_database_that_does_not_answer_is_told_to_nobody(
    room: Room, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    url = f"postgresql://reader:{SECRET}@127.0.0.1:1/loans?sslmode=disable"
    (tmp_path / "url").write_text(url, encoding="utf-8")
    monkeypatch.setenv("LOANS_URL", url)
    place = "env:LOANS_URL" if kind == "env" else f"file:{tmp_path / 'url'}"
    text = declaration(Path("loans.csv"), source=DATABASE.replace("{place}", place), pii="")
    file = room.declare(text)
    with room.watch.looking():
        room.says_here("check", str(file))
        room.says_here("run", str(file), "--as-of", BEFORE_THE_SHIFT, code=2)
        room.says_here("explain", "1")
    assert place in "".join(room.said)
    room.nowhere((SECRET,))


def test_the_key_of_pseudonyms_is_in_no_file_of_a_run(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THE_KEY", SECRET)
    monkeypatch.setenv("KINGMAKER_PSEUDONYM_KEY", "env:THE_KEY")
    file = room.declare(declaration(written(room.data, "csv", book(300))))
    with room.watch.looking():
        room.says_here("run", str(file), "--as-of", BEFORE_THE_SHIFT, code=2)
    assert "pseudonym.key" not in room.watch.names()
    room.nowhere((SECRET, SECRET.encode().hex()))


def test_a_secret_that_is_not_there_is_told_by_its_reference_alone(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KINGMAKER_PSEUDONYM_KEY", "env:NOT_SET_ANYWHERE")
    file = room.declare(declaration(written(room.data, "csv", book(300))))
    room.says_here("run", str(file), "--as-of", BEFORE_THE_SHIFT, code=2)
    assert "env:NOT_SET_ANYWHERE" in "".join(room.said)


def test_a_secret_in_a_declaration_is_refused_before_it_is_kept(room: Room) -> None:
    text = declaration(Path("loans.csv"), source=DATABASE.replace("{place}", f"postgresql://reader:{SECRET}@db/loans"))
    file = room.declare(text)
    room.says_here("run", str(file), code=2)
    assert not [said for said in room.said if SECRET in said]
    assert (
        not (room.console.home / "ledger.db").exists()
        or SECRET.encode() not in (room.console.home / "ledger.db").read_bytes()
    )
