"""The behaviour every depot owes an endpoint. Subclass `DepotContract` and say what lies where, and how it is opened."""

import hashlib
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from pathlib import Path
from time import monotonic
from typing import Protocol

import pytest

from kingmaker.domain.errors import NotFound, StorageFailed, TamperFound
from kingmaker.ports.depot import Depot, DepotUnreachable

LARGE = bytes(range(256)) * (5 << 12) + b"!"
"""Five mebibytes and a byte."""
PLACE = "champions/loans.json"


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


class Vault(Protocol):
    """The publisher's side: what lies where."""

    def put(self, place: str, data: bytes) -> None: ...
    def get(self, place: str) -> bytes: ...
    def depot(self) -> Depot: ...


class DepotContract:
    def open(self, folder: Path) -> AbstractContextManager[Vault]:
        raise NotImplementedError

    @pytest.fixture
    def vault(self, tmp_path: Path) -> Iterator[Vault]:
        with self.open(tmp_path / "vault") as vault:
            yield vault

    @pytest.fixture
    def depot(self, vault: Vault) -> Depot:
        return vault.depot()

    @pytest.fixture
    def into(self, tmp_path: Path) -> Path:
        return tmp_path / "arriving"

    @pytest.fixture
    def stored(self, vault: Vault) -> str:
        archive = digest(LARGE)
        vault.put(f"{archive[:2]}/{archive[2:]}", LARGE)
        return archive

    def test_a_pipeline_without_a_pointer_is_not_found(self, vault: Vault, depot: Depot):
        vault.put("champions/others.json", b"{}")
        with pytest.raises(NotFound):
            depot.pointer("loans")
        with pytest.raises(NotFound):
            depot.pointer("loans", known="a tag", wait=5.0)

    def test_a_pointer_comes_as_it_was_written_and_again_only_when_it_changed(self, vault: Vault, depot: Depot):
        vault.put(PLACE, b'{"edition": 1}')
        first = depot.pointer("loans")
        assert first is not None
        assert first.data == b'{"edition": 1}'
        assert depot.pointer("loans", known=first.tag) is None
        assert depot.pointer("loans") == first
        vault.put(PLACE, b'{"edition": 2}')
        second = depot.pointer("loans", known=first.tag)
        assert second is not None
        assert (second.data, second.tag != first.tag) == (b'{"edition": 2}', True)

    def test_an_unchanged_pointer_is_waited_for_as_long_as_asked(self, vault: Vault, depot: Depot):
        vault.put(PLACE, b"{}")
        marked = depot.pointer("loans")
        assert marked is not None
        began = monotonic()
        assert depot.pointer("loans", known=marked.tag, wait=1.2) is None
        assert 1.0 <= monotonic() - began < 5.0

    def test_a_pointer_that_changes_is_told_while_it_is_waited_for(self, vault: Vault, depot: Depot):
        vault.put(PLACE, b"{}")
        marked = depot.pointer("loans")
        assert marked is not None
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(depot.pointer, "loans", known=marked.tag, wait=60.0)
            vault.put(PLACE, b'{"edition": 2}')
            told = waiting.result(5.0)
        assert told is not None
        assert told.data == b'{"edition": 2}'

    def test_who_waits_is_let_go_and_reports_and_segments_still_go_out(
        self, vault: Vault, depot: Depot, tmp_path: Path
    ):
        vault.put(PLACE, b"{}")
        marked = depot.pointer("loans")
        assert marked is not None
        ended = threading.Event()

        def wait() -> None:
            try:
                depot.pointer("loans", known=marked.tag, wait=60.0)
            except DepotUnreachable:
                pass
            finally:
                ended.set()

        threading.Thread(target=wait, daemon=True).start()
        assert not ended.wait(0.2)
        depot.stop_waiting()
        assert ended.wait(2.0)
        depot.report("loans", "here", b"{}")
        (tmp_path / "segment").write_bytes(b"rows")
        depot.leave("loans/here/1.log", tmp_path / "segment")
        assert vault.get("inbox/loans/here/1.log") == b"rows"

    def test_a_bundle_arrives_whole(self, depot: Depot, stored: str, into: Path):
        depot.fetch(stored, len(LARGE), into)
        assert into.read_bytes() == LARGE

    @pytest.mark.parametrize("held", [1, len(LARGE) // 2, len(LARGE) - 1, len(LARGE)])
    def test_a_bundle_goes_on_from_the_part_that_is_there(self, depot: Depot, stored: str, into: Path, held: int):
        into.write_bytes(LARGE[:held])
        depot.fetch(stored, len(LARGE), into)
        assert into.read_bytes() == LARGE

    @pytest.mark.parametrize("part", [b"?" * 1000, b"?" * len(LARGE), b"?" * (len(LARGE) + 1)])
    def test_a_part_of_something_else_does_no_harm(self, depot: Depot, stored: str, into: Path, part: bytes):
        into.write_bytes(part)
        depot.fetch(stored, len(LARGE), into)
        assert into.read_bytes() == LARGE

    @pytest.mark.parametrize("name", ["ab" * 32, "not a digest", "../../champions/loans.json"])
    def test_a_bundle_that_nobody_stored_is_not_found(self, depot: Depot, into: Path, name: str):
        with pytest.raises(NotFound):
            depot.fetch(name, 10, into)

    def test_other_bytes_are_refused_and_removed(self, vault: Vault, depot: Depot, stored: str, into: Path):
        vault.put(f"{stored[:2]}/{stored[2:]}", b"?" + LARGE[1:])
        with pytest.raises(TamperFound):
            depot.fetch(stored, len(LARGE), into)
        assert not into.exists()

    def test_more_bytes_than_named_are_refused_and_removed(self, vault: Vault, depot: Depot, stored: str, into: Path):
        vault.put(f"{stored[:2]}/{stored[2:]}", LARGE + b"x" * (6 << 20))
        with pytest.raises(TamperFound, match="longer"):
            depot.fetch(stored, len(LARGE), into)
        assert not into.exists()

    def test_fewer_bytes_may_pass_and_the_part_stays(self, vault: Vault, depot: Depot, stored: str, into: Path):
        place = f"{stored[:2]}/{stored[2:]}"
        vault.put(place, LARGE[:3000])
        with pytest.raises(DepotUnreachable):
            depot.fetch(stored, len(LARGE), into)
        with pytest.raises(DepotUnreachable):
            depot.fetch(stored, len(LARGE), into)
        vault.put(place, LARGE)
        depot.fetch(stored, len(LARGE), into)
        assert into.read_bytes() == LARGE

    def test_a_disk_that_refuses_is_told_as_such(self, depot: Depot, stored: str, tmp_path: Path):
        with pytest.raises(StorageFailed):
            depot.fetch(stored, len(LARGE), tmp_path / "no such folder" / "arriving")

    def test_a_segment_is_left_whole_and_leaving_it_again_is_harmless(self, vault: Vault, depot: Depot, tmp_path: Path):
        (tmp_path / "segment").write_bytes(LARGE)
        for _ in range(2):
            depot.leave("loans/here/000001.log", tmp_path / "segment")
        assert vault.get("inbox/loans/here/000001.log") == LARGE

    def test_a_segment_that_is_gone_is_not_found(self, vault: Vault, depot: Depot, tmp_path: Path):
        vault.put(PLACE, b"{}")
        with pytest.raises(NotFound):
            depot.leave("loans/here/000001.log", tmp_path / "gone")

    def test_the_newest_report_replaces_the_one_before(self, vault: Vault, depot: Depot):
        depot.report("loans", "here-1.example", b'{"edition": 1}')
        depot.report("loans", "here-1.example", b'{"edition": 2}')
        assert vault.get("endpoints/loans/here-1.example.json") == b'{"edition": 2}'

    @pytest.mark.parametrize("name", ["../loans", "loans/../../x", "", ".hidden", "a b"])
    def test_no_name_leads_out_of_its_room(self, depot: Depot, tmp_path: Path, name: str):
        (tmp_path / "segment").write_bytes(b"rows")
        for ask in (
            lambda: depot.pointer(name),
            lambda: depot.report(name, "here", b"{}"),
            lambda: depot.report("loans", name, b"{}"),
            lambda: depot.leave(f"loans/{name}/x", tmp_path / "segment"),
        ):
            with pytest.raises(NotFound, match="a name in a depot"):
                ask()

    def test_it_is_used_from_several_threads(self, vault: Vault, depot: Depot, stored: str, tmp_path: Path):
        vault.put(PLACE, b"{}")
        with ThreadPoolExecutor(8) as pool:
            fetched = [pool.submit(depot.fetch, stored, len(LARGE), tmp_path / f"part {n}") for n in range(4)]
            asked = [pool.submit(depot.pointer, "loans") for _ in range(8)]
        assert all(one.result() is None for one in fetched)
        assert len({one.result() for one in asked}) == 1
