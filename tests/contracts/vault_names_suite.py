"""The behaviour every vault owes those who put documents under names. Subclass it beside `VaultContract`."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kingmaker.domain.errors import StorageFailed
from kingmaker.ports.vault import Vault

POINTER = "champions/loans.json"
NO_NAMES = [
    "", "loans.json", "/champions/loans.json", "champions/", "champions//loans.json", "champions/../loans.json",
    "../champions/loans.json", "champions/.hidden", "ab/cdef", "incoming/loans.json", "champions/loans json",
    "champions/\n", "champions/löans.json", "champions\\loans.json", "champions/" + "x" * 201, "champions/loans.json\0",
]  # fmt: skip
PART = st.from_regex(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,8}", fullmatch=True)


class VaultNamesContract:
    def open(self, folder: Path) -> Vault:
        raise NotImplementedError

    @pytest.fixture
    def vault(self, tmp_path: Path) -> Vault:
        return self.open(tmp_path / "home")

    def test_a_vault_without_documents_has_none(self, vault: Vault):
        assert vault.named(POINTER) is None
        assert vault.names("") == vault.names("champions/") == []

    def test_a_document_is_found_under_its_name_and_replaced_whole(self, vault: Vault, tmp_path: Path):
        for data in (b"first", b"the second, which is longer", b"", b"third"):
            vault.name(POINTER, data)
            assert vault.named(POINTER) == data
            assert self.open(tmp_path / "home").named(POINTER) == data
        assert vault.names("") == [POINTER]

    def test_documents_are_listed_by_how_their_names_begin(self, vault: Vault):
        for name in ("endpoints/loans/two.json", "endpoints/loans/one.json", "endpoints/loans_2/one.json", POINTER):
            vault.name(name, b"{}")
        assert vault.names("endpoints/loans/") == ["endpoints/loans/one.json", "endpoints/loans/two.json"]
        assert len(vault.names("endpoints/loans")) == 3
        assert vault.names("endpoints/Loans/") == vault.names("endpoints/cards/") == []
        assert vault.names("champions/lo") == [POINTER]

    def test_documents_are_read_in_one_go_by_how_their_names_begin(self, vault: Vault, tmp_path: Path):
        other = self.open(tmp_path / "home")
        names = [f"endpoints/loans/{number}.json" for number in range(20)]
        for name in (*names, "endpoints/loans_2/one.json", POINTER):
            vault.name(name, name.encode())
        assert vault.documents("endpoints/loans/") == {name: name.encode() for name in sorted(names)}
        assert list(vault.documents("endpoints/loans/")) == sorted(names)
        other.name(names[7], b"changed")
        other.name("endpoints/loans/new.json", b"new")
        again = vault.documents("endpoints/loans/")
        assert (again[names[7]], again["endpoints/loans/new.json"], len(again)) == (b"changed", b"new", 21)
        assert vault.documents("endpoints/Loans/") == vault.documents("endpoints/cards/") == {}
        assert len(vault.documents("endpoints/")) == 22

    def test_documents_are_no_files_by_digest_nor_the_other_way_round(self, vault: Vault):
        digest = vault.put_bytes(b"small")
        vault.name(POINTER, b"small")
        assert list(vault.digests()) == [digest]
        assert vault.names("") == [POINTER]
        assert vault.read(digest) == b"small"

    @pytest.mark.parametrize("name", NO_NAMES)
    def test_what_leads_elsewhere_names_no_document(self, vault: Vault, name: str):
        with pytest.raises(StorageFailed, match="cannot name a document"):
            vault.name(name, b"")
        with pytest.raises(StorageFailed, match="cannot name a document"):
            vault.named(name)

    @pytest.mark.parametrize("prefix", ["../", "/etc", "champions/../../", "a b", ".incoming"])
    def test_what_begins_no_name_is_not_looked_for(self, vault: Vault, prefix: str):
        with pytest.raises(StorageFailed, match="begins so"):
            vault.names(prefix)

    @settings(
        deadline=None,
        max_examples=15,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.differing_executors],
    )
    @given(
        documents=st.dictionaries(st.lists(PART, min_size=1, max_size=2).map(tuple), st.binary(max_size=50), max_size=4)
    )
    def test_every_document_comes_back_as_it_was(self, vault: Vault, documents: dict[tuple[str, ...], bytes]):
        told = {f"inbox/{len(parts)}/{'/'.join(parts)}": data for parts, data in documents.items()}
        for name, data in told.items():
            vault.name(name, data)
        assert {name: vault.named(name) for name in told} == told
        assert set(told) <= set(vault.names("inbox/"))

    def test_whoever_reads_while_it_is_replaced_sees_one_whole_document(self, vault: Vault):
        contents = [bytes([65 + number]) * 40_000 for number in range(3)]
        vault.name(POINTER, contents[0])
        over = threading.Event()
        seen: list[bytes | None] = []

        def read() -> None:
            while not over.is_set():
                seen.append(vault.named(POINTER))

        reader = threading.Thread(target=read)
        reader.start()
        try:
            for turn in range(20):
                vault.name(POINTER, contents[turn % 3])
        finally:
            over.set()
            reader.join()
        assert set(seen) <= set(contents)

    def test_two_that_name_the_first_document_at_once_both_succeed(self, vault: Vault):
        start = threading.Barrier(4)

        def write(number: int) -> None:
            start.wait()
            vault.name(POINTER, b"%d" % number)

        with ThreadPoolExecutor(4) as threads:
            list(threads.map(write, range(4)))
        assert vault.named(POINTER) in {b"0", b"1", b"2", b"3"}
