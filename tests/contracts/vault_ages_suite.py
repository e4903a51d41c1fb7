"""What every vault owes whoever removes files that nobody needs, and whoever puts one of them again meanwhile."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from kingmaker.adapters.vaults.ages import REMOVABLE_SECONDS, RENEWED_SECONDS
from kingmaker.domain.errors import NotFound
from kingmaker.ports.vault import Vault

from .vault_process import SetClock
from .vault_suite import digest, large_file, process


def later(seconds: float) -> Callable[[], float]:
    return lambda: time.time() + seconds


class VaultAgesContract:
    def stored(self, size: int) -> int:
        """The bytes that a file of this size takes there."""
        return size

    def open_at(self, folder: Path, now: Callable[[], float]) -> Vault:
        """Another opening of the vault there, by whose clock it is `now`."""
        raise NotImplementedError

    @pytest.fixture
    def home(self, tmp_path: Path) -> Path:
        return tmp_path / "home"

    @pytest.fixture
    def aged(self, home: Path) -> Vault:
        """Whoever opens it finds what was put today old."""
        return self.open_at(home, later(REMOVABLE_SECONDS + 60))

    def test_an_old_file_is_removed_with_its_size(self, home: Path, aged: Vault, tmp_path: Path):
        path = large_file(tmp_path)
        name = self.open_at(home, time.time).put(path)
        assert aged.has(name)
        assert aged.remove(name, dry=True) == self.stored(path.stat().st_size)
        assert aged.has(name)
        assert aged.remove(name) == self.stored(path.stat().st_size)
        assert not aged.has(name)
        assert list(aged.digests()) == []
        with pytest.raises(NotFound):
            aged.fetch(name)

    def test_a_young_file_stays(self, home: Path):
        vault = self.open_at(home, later(REMOVABLE_SECONDS - 60))
        name = self.open_at(home, time.time).put_bytes(b"young")
        assert vault.remove(name, dry=True) is vault.remove(name) is None
        assert vault.read(name) == b"young"

    def test_what_is_not_there_is_not_removed(self, aged: Vault):
        for name in (digest(b"unknown"), "", "../../etc/passwd", "A" * 64):
            assert aged.remove(name) is None
            assert aged.renew(name) is False

    def test_a_removed_file_may_be_put_again(self, home: Path, aged: Vault):
        name = self.open_at(home, time.time).put_bytes(b"back")
        aged.remove(name)
        assert aged.put_bytes(b"back") == name
        assert aged.read(name) == b"back"

    def test_a_young_file_is_renewed_without_a_trace(self, home: Path):
        vault = self.open_at(home, later(RENEWED_SECONDS - 60))
        name = self.open_at(home, time.time).put_bytes(b"young")
        assert vault.renew(name) is True
        assert vault.read(name) == b"young"


class VaultRacesContract:
    """Of vaults that remove on a condition."""

    kind: str

    def stored(self, size: int) -> int:
        """The bytes that a file of this size takes there."""
        return size

    def open_at(self, folder: Path, now: Callable[[], float]) -> Vault:
        raise NotImplementedError

    @pytest.mark.parametrize("again", ["put", "renewed"])
    def test_what_is_put_or_renewed_again_is_young_again(self, tmp_path: Path, again: str):
        clock = SetClock(time.time())
        vault = self.open_at(tmp_path / "home", clock)
        name = vault.put_bytes(b"again")
        clock.now += REMOVABLE_SECONDS - 60
        assert vault.put_bytes(b"again") == name if again == "put" else vault.renew(name)
        clock.now += 120
        assert vault.remove(name) is None
        assert vault.read(name) == b"again"

    def test_whoever_puts_a_file_while_another_removes_it_finds_it_there(self, tmp_path: Path):
        clock = SetClock(time.time())
        vault = self.open_at(tmp_path / "home", clock)
        name = vault.put_bytes(b"wanted")
        with process(self.kind, tmp_path, "remove forever", name) as remover:
            for _ in range(60):
                clock.now += REMOVABLE_SECONDS + 1
                print(clock.now, file=remover.stdin, flush=True)
                assert vault.put_bytes(b"wanted") == name
                assert remover.stdout.readline() in {f"{self.stored(6)}\n", "None\n"}
                assert vault.has(name)
                assert vault.read(name) == b"wanted"
            remover.stdin.close()
