"""An endpoint that follows a sealed home, and the log of answers that it leaves there."""

from collections import deque
from pathlib import Path

import pytest
from tests.endpoint.process.running import APPLICANT, running
from tests.serving.journal.answers import Desk, batch
from tests.serving.publisher import PIPELINE, Publisher

from kingmaker.adapters.depots.folder import FolderDepot
from kingmaker.bundle.keys import SigningKey
from kingmaker.control.office.depot import DepotOffice
from kingmaker.domain.access import owner
from kingmaker.domain.errors import Conflict, StorageFailed, TamperFound
from kingmaker.endpoint_wiring import open_source
from kingmaker.loop.monitoring.segments import answers_in
from kingmaker.ports.depot import DepotUnreachable
from kingmaker.ports.house import House
from kingmaker.sealing.keyring import Keyring, KeyringLocked
from kingmaker.sealing.stream import is_sealed
from kingmaker.serving.journal.packing import pack, rows_in
from kingmaker.serving.journal.reading import SegmentUnreadable, read_segments
from kingmaker.settings import Settings
from kingmaker.wiring import open_house

MASTER = "5a" * 32


@pytest.fixture(autouse=True)
def _keyed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MASTER", MASTER)
    monkeypatch.setenv("KINGMAKER_MASTER_KEY", "env:MASTER")


@pytest.fixture
def house(tmp_path: Path) -> House:
    return open_house(Settings(home=tmp_path / "home", master_key="env:MASTER"))


@pytest.fixture
def publisher(house: House) -> Publisher:
    return Publisher(house.home / "vault", SigningKey.create(house.home / "keys" / "signing.key"))


@pytest.fixture
def keyring(house: House) -> Keyring:
    house.sealing.state()
    return Keyring(house.home / "keys" / "data.keys", "env:MASTER")


def test_a_bundle_that_lies_sealed_arrives_as_it_was_published(publisher: Publisher, house: House, tmp_path: Path):
    placed = publisher.crown(1)
    published = publisher.place_of(placed).read_bytes()
    assert list(house.sealing.seal_plain()) == [placed.archive]
    stored = publisher.place_of(placed).read_bytes()
    assert is_sealed(stored)
    assert published[:4] not in stored
    depot = open_source(str(house.home), ()).depot
    for part in (b"", published[:1], published[:1000], published):
        (tmp_path / "part").write_bytes(part)
        depot.fetch(placed.archive, placed.size, tmp_path / "part")
        assert (tmp_path / "part").read_bytes() == published


def test_an_endpoint_without_the_keyring_says_what_it_needs(publisher: Publisher, house: House, tmp_path: Path):
    placed = publisher.crown(1)
    assert list(house.sealing.seal_plain())
    with pytest.raises(DepotUnreachable, match="this endpoint has no keyring"):
        FolderDepot(house.home).fetch(placed.archive, placed.size, tmp_path / "part")


def test_an_endpoint_of_a_sealed_home_does_not_begin_without_the_master_key(
    house: House, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
):
    house.sealing.state()
    monkeypatch.delenv("KINGMAKER_MASTER_KEY")
    with pytest.raises(KeyringLocked, match="Set KINGMAKER_MASTER_KEY"):
        open_source(str(house.home), (publisher.key.public.text,))


def test_a_bundle_that_was_changed_does_not_arrive(publisher: Publisher, house: House, tmp_path: Path):
    placed = publisher.crown(1)
    assert list(house.sealing.seal_plain())
    path = publisher.place_of(placed)
    stored = bytearray(path.read_bytes())
    stored[-1] ^= 1
    path.chmod(0o644)
    path.write_bytes(stored)
    with pytest.raises(TamperFound):
        open_source(str(house.home), ()).depot.fetch(placed.archive, placed.size, tmp_path / "part")
    assert not (tmp_path / "part").exists()


def closed(folder: Path, rows: int = 300) -> Path:
    desk = Desk(folder)
    desk.writer.drain(deque([batch(rows)]))
    desk.writer.close()
    [path] = desk.place.waiting()
    return path


def test_a_segment_is_sealed_when_it_is_packed_and_read_with_the_keyring_alone(keyring: Keyring, tmp_path: Path):
    sealed = pack(closed(tmp_path / "log"), lambda _: None, keyring=keyring)
    assert is_sealed(sealed.read_bytes())
    assert [entry.id for entry in read_segments([sealed], keyring)] == [f"application-{row}" for row in range(300)]
    assert (rows_in(sealed, keyring), rows_in(sealed)) == (300, 0)
    with pytest.raises(KeyringLocked, match="the segment is sealed"):
        list(read_segments([sealed]))


def test_a_sealed_segment_under_anothers_name_or_changed_does_not_open(keyring: Keyring, tmp_path: Path):
    sealed = pack(closed(tmp_path / "log"), lambda _: None, keyring=keyring)
    renamed = sealed.rename(sealed.with_name("20260101T000000Z-aaaa-000001.jsonl.gz"))
    with pytest.raises((TamperFound, SegmentUnreadable)):
        list(read_segments([renamed], keyring))


def test_a_segment_that_cannot_be_sealed_waits(keyring: Keyring, tmp_path: Path):
    path = closed(tmp_path / "log")
    with pytest.raises((KeyringLocked, StorageFailed)):
        pack(path, lambda _: None, keyring=Keyring(tmp_path / "none.keys", ""))
    assert path.exists()
    assert [one.name for one in path.parent.glob("*.part")] == []


def test_a_control_centre_takes_segments_sealed_or_plain_and_keeps_them_sealed(
    keyring: Keyring, house: House, tmp_path: Path
):
    house.ledger.declare("loans", "pipeline: loans", digest="d" * 64, declared_in="loans.yaml", by="ann")
    office = DepotOffice(house, owner("ann"), {})
    for sealing, folder in ((keyring, "one"), (None, "two")):
        left = pack(closed(tmp_path / folder, rows=10 if sealing else 20), lambda _: None, keyring=sealing)
        name = f"inbox/loans/{folder}/{left.name}"
        for _ in range(2):
            office.take_segment("loans", folder, left.name, left)
        assert is_sealed((house.home / "vault" / name).read_bytes())
        assert len(list(answers_in(house.vault.named(name), name))) == (10 if sealing else 20)
        other = tmp_path / "other"
        other.write_bytes(b"other")
        with pytest.raises(Conflict, match="never rewritten"):
            office.take_segment("loans", folder, left.name, other)


@pytest.mark.slow
def test_an_endpoint_serves_a_sealed_bundle_and_its_answers_lie_sealed_in_the_inbox(
    publisher: Publisher, house: House, tmp_path: Path
):
    placed = publisher.crown(1)
    assert list(house.sealing.seal_plain())
    with running(tmp_path, "--log", str(tmp_path / "log"), environment={"TMPDIR": str(tmp_path)}) as endpoint:
        assert endpoint.is_ready_in_the_end()["version"] == placed.version
        assert endpoint.asked("/score", {**APPLICANT, "loan": "marked-9f3k"})[0] == 200
        assert endpoint.leaves() == 0
    [name] = house.vault.names(f"inbox/{PIPELINE}/")
    stored = (house.home / "vault" / name).read_bytes()
    assert is_sealed(stored)
    assert [one.id for one in answers_in(house.vault.named(name), name)] == ["marked-9f3k"]
    assert not [path for path in (tmp_path / "log").rglob("*") if path.is_file() and b"9f3k" in path.read_bytes()]
