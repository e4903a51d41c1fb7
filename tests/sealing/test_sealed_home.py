"""A sealed home: no byte of it is a row, what was touched is found, and no kill loses anything."""

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from tests.journeys.book import BEFORE_THE_SHIFT, loans, write_book, write_pipeline
from tests.journeys.console import Console

from kingmaker.adapters.vaults.private_copies import PrivateCopies
from kingmaker.domain.errors import KingmakerError, TamperFound
from kingmaker.loop.monitoring.intake import answers_of
from kingmaker.loop.monitoring.segments import SegmentDamaged, segment_of
from kingmaker.ports.house import House
from kingmaker.sealing.keyring import KeyringLocked
from kingmaker.sealing.master import MasterKeyRefused
from kingmaker.sealing.stream import MAGIC, is_sealed
from kingmaker.settings import Settings
from kingmaker.wiring import open_house

MASTER, OTHER = "5a" * 32, "6b" * 32
FORMS = {"Parquet": b"PAR1", "NumPy": b"\x93NUMPY", "zip": b"PK\x03\x04", "ONNX": b"onnx", "gzip": b"\x1f\x8b\x08"}
"""What rows, matrices, bundles, models and segments would show of themselves."""
SEALING = """
import sys
from pathlib import Path
from kingmaker.settings import Settings
from kingmaker.wiring import open_house
for name in open_house(Settings(home=Path(sys.argv[1]), master_key="env:MASTER")).sealing.seal_plain():
    print(name, flush=True)
"""


@pytest.fixture(autouse=True)
def _keyed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MASTER", MASTER)
    monkeypatch.setenv("OTHER", OTHER)


def opened(folder: Path, master_key: str = "env:MASTER") -> House:
    return open_house(Settings(home=folder / "home", master_key=master_key))


def stored(house: House, digest: str) -> Path:
    return house.home / "vault" / digest[:2] / digest[2:]


def test_a_home_without_a_master_key_stores_what_it_always_did(tmp_path: Path):
    house = opened(tmp_path, "")
    name = house.vault.put_bytes(b"rows")
    house.vault.name("monitoring/loans/readings.json", b"{}")
    assert stored(house, name).read_bytes() == b"rows"
    assert (house.home / "vault/monitoring/loans/readings.json").read_bytes() == b"{}"
    assert house.sealing is None
    assert list((house.home / "keys").iterdir()) == []


def test_files_and_documents_lie_sealed_and_pointers_and_reports_plain(tmp_path: Path):
    house = opened(tmp_path)
    name = house.vault.put_bytes(b"rows")
    for document in ("inbox/loans/till-1/x.jsonl.gz", "monitoring/loans/readings.json"):
        house.vault.name(document, b"marked")
        assert is_sealed((house.home / "vault" / document).read_bytes())
        assert house.vault.named(document) == b"marked"
    for document in ("champions/loans.json", "endpoints/loans/till-1.json"):
        house.vault.name(document, b"{}")
        assert (house.home / "vault" / document).read_bytes() == house.vault.named(document) == b"{}"
    assert is_sealed(stored(house, name).read_bytes())
    assert opened(tmp_path).vault.read(name) == b"rows"


def test_no_byte_of_a_stored_file_can_be_changed_unseen(tmp_path: Path):
    house = opened(tmp_path)
    name = house.vault.put_bytes(b"rows of loans")
    path = stored(house, name)
    whole = path.read_bytes()
    path.chmod(0o644)
    for place in range(len(whole)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        for act in (house.vault.read, house.vault.fetch, house.vault.prove):
            with pytest.raises(KingmakerError, match=r"not what was put in|not in the keyring|does not open"):
                act(name)


def test_a_sealed_file_in_anothers_place_is_found(tmp_path: Path):
    house = opened(tmp_path)
    one, other = house.vault.put_bytes(b"one"), house.vault.put_bytes(b"other")
    path = stored(house, one)
    path.chmod(0o644)
    path.write_bytes(stored(house, other).read_bytes())
    with pytest.raises(TamperFound):
        house.vault.read(one)
    house.vault.name("inbox/loans/till-1/one", b"one")
    house.vault.name("inbox/loans/till-1/two", b"two")
    folder = house.home / "vault/inbox/loans/till-1"
    shutil.copyfile(folder / "one", folder / "copy")
    with pytest.raises(TamperFound, match="another's place"):
        house.vault.named("inbox/loans/till-1/copy")


def test_what_was_stored_before_stays_readable_and_is_sealed_when_asked(tmp_path: Path):
    plain = opened(tmp_path, "")
    old = plain.vault.put_bytes(b"old")
    plain.vault.name("inbox/loans/till-1/one", b"old answers")
    house = opened(tmp_path)
    new = house.vault.put_bytes(b"new")
    assert [house.vault.read(name) for name in (old, new)] == [b"old", b"new"]
    assert house.vault.named("inbox/loans/till-1/one") == b"old answers"
    count = house.sealing.count()
    assert (count.files, count.plain_files, count.plain_documents) == (1, 1, 1)
    assert list(house.sealing.seal_plain()) == [old, "inbox/loans/till-1/one"]
    assert list(house.sealing.seal_plain()) == []
    assert is_sealed(stored(house, old).read_bytes())
    assert opened(tmp_path).vault.read(old) == b"old"


def test_a_vault_in_the_database_is_sealed_in_place_and_what_was_plain_is_in_no_file(tmp_path: Path):
    rows = b"marked-9f3k" * 100_000
    settings = Settings(home=tmp_path / "home", vault="database")
    plain = open_house(settings)
    names = [plain.vault.put_bytes(rows), plain.vault.put_bytes(b"marked-9f3k, small")]
    assert plain.vault.fetch(names[0]).read_bytes() == rows
    plain.close()
    house = open_house(replace(settings, master_key="env:MASTER"))
    assert sorted(house.sealing.seal_plain()) == sorted(names)
    assert [house.vault.read(name) for name in names] == [rows, b"marked-9f3k, small"]
    house.close()
    holding = [path.name for path in (tmp_path / "home").rglob("*") if path.is_file() and b"9f3k" in path.read_bytes()]
    assert holding == []


def test_a_sealing_that_is_killed_goes_on_where_it_was(tmp_path: Path):
    plain = opened(tmp_path, "")
    contents = [os.urandom(1 << 20) for _ in range(12)]
    names = [plain.vault.put_bytes(content) for content in contents]
    for round_ in range(3):
        with subprocess.Popen([sys.executable, "-c", SEALING, str(tmp_path / "home")], stdout=-1, text=True) as child:
            assert child.stdout is not None
            for _ in range(round_ + 1):
                assert child.stdout.readline()
            child.kill()
        house = opened(tmp_path)
        assert [house.vault.read(name) for name in names] == contents
    sealed = house.sealing.count().files
    assert sealed >= 6
    assert len(list(house.sealing.seal_plain())) == 12 - sealed


def test_a_lost_or_wrong_master_key_is_one_sentence_and_nothing_is_stored_plain(tmp_path: Path):
    house = opened(tmp_path)
    name = house.vault.put_bytes(b"rows")
    for wrong, refusal in (("", KeyringLocked), ("env:OTHER", MasterKeyRefused), ("env:MISSING", MasterKeyRefused)):
        other = opened(tmp_path, wrong)
        for act in (lambda vault: vault.read(name), lambda vault: vault.put_bytes(b"new")):
            with pytest.raises(refusal) as refused:
                act(other.vault)
            assert "\n" not in refused.value.sentence()
    assert list(house.vault.digests()) == [name]


def test_neither_rotation_nor_another_master_key_writes_data(tmp_path: Path):
    house = opened(tmp_path)
    name = house.vault.put_bytes(b"rows")
    before = stored(house, name).stat()
    house.sealing.rotate()
    house.sealing.rewrap("env:OTHER")
    after = stored(house, name).stat()
    assert (before.st_mtime_ns, before.st_ino) == (after.st_mtime_ns, after.st_ino)
    assert opened(tmp_path, "env:OTHER").vault.read(name) == house.vault.read(name) == b"rows"
    later = stored(house, house.vault.put_bytes(b"later")).read_bytes()
    assert later[len(MAGIC) + 1 :][:8] != stored(house, name).read_bytes()[len(MAGIC) + 1 :][:8]


def test_homes_of_replays_use_the_keyring_of_the_home_they_lie_in(tmp_path: Path):
    house = opened(tmp_path)
    house.vault.put_bytes(b"rows")
    for home in ("home/replays", "home/replays/7"):
        replays = open_house(Settings(home=tmp_path / home, master_key="env:MASTER"))
        assert replays.vault.read(replays.vault.put_bytes(b"rows")) == b"rows"
        assert not (tmp_path / home / "keys/data.keys").exists()
        with pytest.raises(KeyringLocked):
            open_house(Settings(home=tmp_path / home)).vault.put_bytes(b"rows")


def test_opened_copies_are_their_owners_and_go_with_the_vault(tmp_path: Path):
    (tmp_path / "memory").mkdir()
    for room in (1 << 40, 0):
        copies = PrivateCopies(tmp_path / "disk", memory=tmp_path / "memory", available=lambda room=room: room)
        path = copies.make("rows", [b"ro", b"ws"], 4)
        assert path.read_bytes() == b"rows"
        assert path.parent.stat().st_mode & 0o777 == 0o700
        assert path.parents[1].name == ("memory" if room else "disk")
        del copies
        assert not path.parent.exists()


def test_copies_of_a_killed_process_are_removed_by_the_next(tmp_path: Path):
    script = (
        "import sys, time; from pathlib import Path; "
        "from kingmaker.adapters.vaults.private_copies import PrivateCopies; "
        "copies = PrivateCopies(Path(sys.argv[1]), memory=Path(sys.argv[1])); "
        "print(copies.make('rows', [b'rows'], 4), flush=True); sys.stdin.read()"
    )
    with subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], stdin=-1, stdout=-1, text=True) as child:
        assert child.stdout is not None
        left = Path(child.stdout.readline().strip())
        held = PrivateCopies(tmp_path, memory=tmp_path).make("other", [b""], 0)
        assert left.exists()
        child.kill()
    assert left.exists()
    held = PrivateCopies(tmp_path, memory=tmp_path)
    held.make("other", [b""], 0)
    assert not left.exists()


@pytest.mark.slow
def test_after_a_real_run_no_byte_of_the_home_is_a_row_a_matrix_a_model_or_a_bundle(tmp_path: Path):
    write_book(tmp_path)
    write_pipeline(tmp_path, learners="scorecard", trials=1)
    console = Console(tmp_path, {"MASTER": MASTER, "KINGMAKER_MASTER_KEY": "env:MASTER"})
    console.does("run", "book.yaml", "--as-of", BEFORE_THE_SHIFT)
    files = [path for path in console.home.rglob("*") if path.is_file() and not path.name.startswith("ledger.db")]
    marks = {**FORMS, **{name: name.encode() for name in loans(50)["loan"].to_list()}}
    assert [(path, name) for path in files for name, mark in marks.items() if mark in path.read_bytes()[:64]] == []
    rows = [mark for name, mark in marks.items() if name not in FORMS] + [b"savings", b"inquiries"]
    assert [(path, mark) for path in files for mark in rows if mark in path.read_bytes()] == []
    assert len([path for path in files if is_sealed(path.read_bytes())]) > 8
    assert {one["name"]: one["healthy"] for one in console.does("doctor")}["sealing"] is True
    locked = Console(tmp_path, {"MASTER": MASTER, "KINGMAKER_MASTER_KEY": ""})
    assert "Set KINGMAKER_MASTER_KEY" in locked.refuses("explain", "1")
    console.does("key", "rotate")
    console.does("key", "rewrap", "--to", f"command:echo {OTHER}")
    moved = Console(tmp_path, {"KINGMAKER_MASTER_KEY": f"command:echo {OTHER}"})
    moved.does("export", "champion", str(tmp_path / "champion.kingmaker"))
    assert (tmp_path / "champion.kingmaker").read_bytes()[:4] == FORMS["zip"]
    assert moved.does("audit", "verify")["intact"] is True


def test_a_sealed_segment_that_was_cut_off_is_a_damaged_one_and_no_other_is_lost(tmp_path: Path):
    house = opened(tmp_path)
    lines = b'{"segment":{"format":1}}\n'
    names = [f"inbox/loans/till/20261105T100000Z-token-00000{number}.jsonl" for number in (1, 2)]
    for name in names:
        house.vault.name(name, lines)
    path = house.home / "vault" / names[0]
    path.write_bytes(path.read_bytes()[:-1])
    torn, whole = (segment for name in names if (segment := segment_of(name)))
    with pytest.raises(SegmentDamaged, match="does not open"):
        answers_of(house, torn)
    assert answers_of(house, whole) == []
