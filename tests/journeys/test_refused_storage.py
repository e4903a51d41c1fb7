"""Disks that fill up, files and rows that somebody changed, homes that cannot be written."""

import os
import resource
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.journeys.book import AFTER_THE_SHIFT, BEFORE_THE_SHIFT, loans, write_book, write_pipeline
from tests.journeys.console import Console
from tests.journeys.journal import PLACE
from tests.journeys.listener import listening

RUN = ("run", "book.yaml", "--as-of", BEFORE_THE_SHIFT)
DISK = 24_000_000
LEFT = 130_000
"""Bytes that are left for judging and publishing: less than a bundle needs twice."""


def _archive(console: Console) -> Path:
    digest = console.rows("SELECT archive FROM model_version")[0][0]
    return console.home / "vault" / digest[:2] / digest[2:]


def _flip_a_bit(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.chmod(0o644)
    path.write_bytes(data)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own with little room; needs the right to mount."""
    place = tmp_path / "home"
    place.mkdir()
    mount = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", str(place)], check=False, capture_output=True
    )
    if mount.returncode:
        pytest.skip(f"a small disk cannot be mounted here: {mount.stderr.decode().strip()}")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_a_disk_that_fills_up_while_publishing_leaves_no_bundle(small_disk: Path, tmp_path: Path) -> None:
    write_book(tmp_path)
    write_pipeline(tmp_path, learners="tests.journeys.journal:JournalLearner", trials=1)
    journal = tmp_path / "journal"
    console = Console(tmp_path, {PLACE: str(journal), "PYTHONPATH": str(Path(__file__).parents[2])})
    with listening(journal) as hear:
        process = console.start(*RUN)
        hear(process, 1)
        free = os.statvfs(small_disk).f_bavail * os.statvfs(small_disk).f_frsize
        (small_disk / "ballast").write_bytes(bytes(free - LEFT))
        _, err = process.communicate()
    assert process.returncode == 2, err
    assert "disk" in err
    assert "unexpected" not in err
    (small_disk / "ballast").unlink()
    assert not console.rows("SELECT 1 FROM champion_turn")
    assert not console.rows("SELECT 1 FROM model_version")
    assert not list((small_disk / "vault" / "incoming").iterdir())
    answer = console.does(*RUN)
    assert answer["recorded"]["verdict"]["reason"] == "first_champion"
    assert not journal.exists()
    assert console.does("audit", "verify")["intact"] is True


def test_a_limit_on_file_sizes_is_a_refusal_and_not_a_death(tmp_path: Path) -> None:
    write_book(tmp_path)
    write_pipeline(tmp_path, learners="scorecard", trials=1)
    console = Console(tmp_path)
    limit = 200 * 1024
    error = console.refuses(*RUN, before=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))
    assert "refused" in error
    assert "run again" in error
    assert console.does(*RUN)["recorded"]["verdict"]["reason"] == "first_champion"


@pytest.mark.parametrize("harm", ["changed", "missing"])
def test_a_damaged_bundle_is_found_wherever_it_is_used(crowned: Console, harm: str) -> None:
    archive = _archive(crowned)
    if harm == "changed":
        _flip_a_bit(archive)
    else:
        archive.unlink()
    loans(20).drop("went_bad").write_csv(crowned.folder / "applicants.csv")
    error = crowned.refuses("score", "applicants.csv", "scores.csv")
    assert crowned.does("champion")["version"][:12] in error
    assert harm in error
    assert "rollback" in error
    assert not (crowned.folder / "scores.csv").exists()
    checks = {check["name"]: check for check in crowned.says("doctor", "--json").document}
    assert not checks["champions"]["healthy"]
    assert checks["vault"]["healthy"] is (harm == "missing")
    assert harm in crowned.refuses("run", "book.yaml", "--as-of", AFTER_THE_SHIFT)
    assert crowned.does("champion")["turn"] == 1


def test_a_bundle_signed_by_a_key_that_is_not_trusted_is_refused(crowned: Console) -> None:
    (crowned.home / "keys" / "signing.key").unlink()
    loans(20).drop("went_bad").write_csv(crowned.folder / "applicants.csv")
    error = crowned.refuses("score", "applicants.csv", "scores.csv")
    assert "not trusted here" in error
    assert not (crowned.folder / "scores.csv").exists()


def test_a_line_that_is_no_trusted_key_is_named(crowned: Console) -> None:
    (crowned.home / "keys" / "trusted.keys").write_text("\nnot a key\n")
    loans(20).drop("went_bad").write_csv(crowned.folder / "applicants.csv")
    error = crowned.refuses("score", "applicants.csv", "scores.csv")
    assert "trusted.keys:2" in error
    assert "kingmaker-public-key-1:" in error


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("UPDATE champion_turn SET why = 'because'", "champion_turn/book/1"),
        ("UPDATE model_version SET learner = 'xgboost'", "model_version/book"),
        ("UPDATE verdict SET record = replace(record, 'first_champion', 'proven_better')", "verdict/1"),
        ("UPDATE run SET as_of = '2016-01-01'", "run/1"),
        ("UPDATE audit SET why = 'x' WHERE number = 2", "audit entry 2"),
        ("DELETE FROM champion_turn", "champion_turn/book/1"),
    ],
)
def test_a_row_that_somebody_edited_is_named(crowned: Console, statement: str, named: str) -> None:
    crowned.edit(statement)
    error = crowned.refuses("audit", "verify")
    assert named in error
    assert "restore" in error


def test_a_home_that_cannot_be_written_is_named(console: Console) -> None:
    console.home.write_text("a file where the folder should be")
    for command in (("runs",), ("doctor",)):
        error = console.refuses(*command)
        assert str(console.home) in error
        assert "--home" in error


def test_a_ledger_that_is_no_database_is_named(console: Console) -> None:
    console.home.mkdir()
    (console.home / "ledger.db").write_bytes(b"not a database" * 100)
    assert "ledger.db" in console.refuses(*RUN)
