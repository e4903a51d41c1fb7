"""The behaviour every vault owes the loop. Subclass `VaultContract` and say how a vault is opened."""

import hashlib
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kingmaker.domain.errors import NotFound
from kingmaker.ports.vault import Vault

REPOSITORY = Path(__file__).parents[2]
SIZE = 9 * 1024 * 1024 + 1


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def large_file(folder: Path) -> Path:
    path = folder / "large"
    path.write_bytes(bytes(range(256)) * (SIZE // 256) + b"!")
    return path


class VaultContract:
    kind: str
    """What `vault_process.py` calls this vault."""

    def open(self, folder: Path) -> Vault:
        raise NotImplementedError

    @pytest.fixture
    def vault(self, tmp_path: Path) -> Vault:
        return self.open(tmp_path / "home")

    def test_an_empty_vault_has_nothing(self, vault: Vault):
        unknown = digest(b"unknown")
        assert (list(vault.digests()), vault.has(unknown)) == ([], False)
        with pytest.raises(NotFound):
            vault.fetch(unknown)
        with pytest.raises(NotFound):
            vault.read(unknown)

    def test_a_file_is_found_under_the_digest_of_its_bytes(self, vault: Vault, tmp_path: Path):
        path = large_file(tmp_path)
        name = vault.put(path)
        assert name == digest(path.read_bytes())
        assert vault.has(name)
        assert vault.fetch(name).read_bytes() == vault.read(name) == path.read_bytes()
        assert list(vault.digests()) == [name]

    def test_putting_the_same_twice_is_harmless(self, vault: Vault, tmp_path: Path):
        path = tmp_path / "small"
        path.write_bytes(b"small")
        assert vault.put(path) == vault.put(path) == vault.put_bytes(b"small")
        assert len(list(vault.digests())) == 1

    def test_what_is_fetched_is_read_only(self, vault: Vault):
        assert vault.fetch(vault.put_bytes(b"small")).stat().st_mode & 0o777 == 0o444

    def test_a_file_that_does_not_exist_cannot_be_put(self, vault: Vault, tmp_path: Path):
        with pytest.raises(NotFound, match="missing"):
            vault.put(tmp_path / "missing")

    @pytest.mark.parametrize("name", ["", "abc", "../../etc/passwd", "A" * 64, "g" * 64, "0" * 63 + "\n"])
    def test_what_is_no_digest_is_never_found(self, vault: Vault, name: str):
        assert not vault.has(name)
        with pytest.raises(NotFound):
            vault.fetch(name)

    def test_another_opening_sees_what_was_put(self, vault: Vault, tmp_path: Path):
        name = vault.put_bytes(b"shared")
        assert self.open(tmp_path / "home").read(name) == b"shared"

    @settings(
        deadline=None,
        max_examples=20,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.differing_executors],
    )
    @given(contents=st.lists(st.binary(max_size=100), max_size=5))
    def test_every_content_comes_back_as_it_was(self, vault: Vault, contents: list[bytes]):
        names = [vault.put_bytes(content) for content in contents]
        assert [vault.read(name) for name in names] == contents
        assert set(names) <= set(vault.digests())

    def test_a_write_the_disk_refuses_leaves_nothing_behind(self, vault: Vault, tmp_path: Path):
        path = large_file(tmp_path)
        kept = vault.put_bytes(b"kept")
        limit = (SIZE // 2, SIZE // 2)
        child = self.process(tmp_path, "put", str(path))
        resource.prlimit(child.pid, resource.RLIMIT_FSIZE, limit)
        said, _ = child.communicate("go\n")
        assert said.splitlines()[-1] == "storage_failed"
        again = self.open(tmp_path / "home")
        assert list(again.digests()) == [kept]
        assert not again.has(digest(path.read_bytes()))
        assert list((tmp_path / "home").rglob("incoming/*")) == []

    def test_a_put_killed_at_any_moment_leaves_all_or_nothing(self, tmp_path: Path):
        path = large_file(tmp_path)
        name = digest(path.read_bytes())
        child = self.process(tmp_path, "put forever", str(path))
        assert child.stdout is not None
        assert child.stdin is not None
        child.stdin.write("go\n")
        child.stdin.flush()
        assert child.stdout.readline() == "putting\n"
        child.kill()
        child.communicate()
        again = self.open(tmp_path / "home")
        assert list(again.digests()) in ([], [name])
        assert again.put(path) == name
        assert again.fetch(name).read_bytes() == path.read_bytes()

    def test_processes_that_put_the_same_file_at_once_all_succeed(self, vault: Vault, tmp_path: Path):
        path = large_file(tmp_path)
        children = [self.process(tmp_path, "put", str(path)) for _ in range(3)]
        for child in children:
            assert child.stdin is not None
            child.stdin.write("go\n")
            child.stdin.flush()
        name = digest(path.read_bytes())
        assert [child.communicate()[0].splitlines()[-1] for child in children] == [name] * 3
        assert list(vault.digests()) == [name]

    def process(self, folder: Path, verb: str, path: str) -> "subprocess.Popen[str]":
        return process(self.kind, folder, verb, path)


def process(kind: str, folder: Path, verb: str, path: str) -> "subprocess.Popen[str]":
    """A process that has opened the vault in the folder's home and waits for a line."""
    command = [sys.executable, "-m", "tests.contracts.vault_process", kind, str(folder / "home"), verb, path]
    child = subprocess.Popen(command, cwd=REPOSITORY, stdin=-1, stdout=-1, text=True)
    assert child.stdout is not None
    assert child.stdout.readline() == "ready\n"
    return child
