"""The keyring: rotation and another master key rewrite no data, and no moment leaves half a file."""

import subprocess
import sys
from pathlib import Path

import pytest

from kingmaker.domain.errors import KingmakerError, TamperFound
from kingmaker.sealing.keyring import DataKeyUnknown, Keyring, KeyringLocked
from kingmaker.sealing.master import MasterKeyRefused, master_key
from kingmaker.sealing.stream import seal, unseal
from kingmaker.settings import SettingError, Settings

FIRST, SECOND = "1f" * 32, "2e" * 32
REWRAPPING_FOREVER = """
import itertools, sys
from pathlib import Path
from kingmaker.sealing.keyring import Keyring
path, first, second = sys.argv[1:]
keyring = Keyring(Path(path), first)
for reference in itertools.cycle((second, first)):
    keyring.rewrap(reference)
    keyring.rotate()
    print("done", flush=True)
"""


@pytest.fixture
def masters(tmp_path: Path) -> tuple[str, str]:
    """References of two master keys."""
    for name, text in (("first", FIRST), ("second", SECOND)):
        (tmp_path / name).write_text(text + "\n")
    return f"file:{tmp_path}/first", f"file:{tmp_path}/second"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "home" / "keys" / "data.keys"


def test_the_first_use_makes_a_keyring_that_its_owner_alone_may_read(path: Path, masters: tuple[str, str]):
    made = Keyring(path, masters[0]).newest()
    assert path.stat().st_mode & 0o777 == 0o600
    assert Keyring(path, masters[0]).newest() == made
    assert made.secret.hex() not in path.read_text()


def test_after_a_rotation_another_key_seals_and_the_old_one_still_opens(path: Path, masters: tuple[str, str]):
    keyring, other = Keyring(path, masters[0]), Keyring(path, masters[0])
    before = seal(b"old", other.newest())
    keyring.rotate()
    after = seal(b"new", other.newest())
    assert before[8:16] != after[8:16]
    fresh = Keyring(path, masters[0])
    assert [unseal(data, fresh.key_of) for data in (before, after)] == [b"old", b"new"]


def test_another_master_key_opens_the_same_data_keys_and_the_old_one_none(path: Path, masters: tuple[str, str]):
    keyring = Keyring(path, masters[0])
    data = seal(b"kept", keyring.newest())
    keyring.rewrap(masters[1])
    assert unseal(data, Keyring(path, masters[1]).key_of) == b"kept"
    assert unseal(data, keyring.key_of) == b"kept"
    with pytest.raises(MasterKeyRefused, match="was wrapped with master key") as refused:
        Keyring(path, masters[0]).newest()
    assert FIRST not in refused.value.sentence()


def test_without_a_master_key_a_sealed_home_says_which_setting_is_missing(path: Path, masters: tuple[str, str]):
    Keyring(path, masters[0]).newest()
    with pytest.raises(KeyringLocked, match="Set KINGMAKER_MASTER_KEY to"):
        Keyring(path, "").newest()


def test_no_byte_of_a_keyring_can_be_changed_unseen(path: Path, masters: tuple[str, str]):
    Keyring(path, masters[0]).newest()
    whole = path.read_bytes()
    known = Keyring(path, masters[0]).state()
    for place in range(len(whole)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        try:
            found = Keyring(path, masters[0]).state()
        except KingmakerError:
            continue
        assert found == known, place  # blanks between the fields


def test_a_key_that_is_not_in_the_keyring_is_named(path: Path, masters: tuple[str, str], tmp_path: Path):
    data = seal(b"elsewhere", Keyring(tmp_path / "other.keys", masters[0]).newest())
    keyring = Keyring(path, masters[0])
    keyring.newest()
    with pytest.raises(DataKeyUnknown, match=data[8:16].hex()):
        unseal(data, keyring.key_of)


def test_a_rewrap_or_rotation_killed_at_any_moment_leaves_a_keyring_that_opens(path: Path, masters: tuple[str, str]):
    data = seal(b"kept", Keyring(path, masters[0]).newest())
    references = masters
    for round_ in range(3):
        command = [sys.executable, "-c", REWRAPPING_FOREVER, str(path), *references]
        with subprocess.Popen(command, stdout=-1, text=True) as child:
            assert child.stdout is not None
            for _ in range(2 + round_):
                assert child.stdout.readline() == "done\n"
            child.kill()
        opens = [one for one in masters if _opens(path, one, data)]
        assert len(opens) == 1
        references = (opens[0], next(one for one in masters if one != opens[0]))


def _opens(path: Path, reference: str, data: bytes) -> bool:
    try:
        return unseal(data, Keyring(path, reference).key_of) == b"kept"
    except MasterKeyRefused:
        return False


@pytest.mark.parametrize("text", [FIRST, "Hx8f" * 10 + "Hx8=", "Hx8f" * 10 + "Hx8=\n"])
def test_a_master_key_is_told_in_hexadecimal_digits_or_base64(text: str):
    assert master_key("env:KEY", {"KEY": text}).secret == bytes.fromhex(FIRST)


@pytest.mark.parametrize("text", ["", "secret", "1f" * 31, "Hx8f"])
def test_what_is_no_key_is_refused_without_being_told(text: str):
    with pytest.raises(MasterKeyRefused) as refused:
        master_key("env:KEY", {"KEY": text})
    assert not text or text not in refused.value.sentence()


def test_a_command_may_print_the_key(tmp_path: Path):
    assert master_key(f"command:echo {FIRST}").secret == bytes.fromhex(FIRST)
    for command in ("false", str(tmp_path / "missing"), "echo no key", "'"):
        with pytest.raises(MasterKeyRefused, match="master key"):
            master_key(f"command:{command}")


def test_a_setting_that_holds_the_key_itself_is_refused_without_telling_it():
    with pytest.raises(SettingError, match="holds no reference") as refused:
        Settings.from_environment({"KINGMAKER_MASTER_KEY": FIRST})
    assert FIRST not in refused.value.sentence()
    assert FIRST not in repr(Settings(master_key=f"command:show {FIRST}"))


def test_half_a_keyring_is_told_as_damage(path: Path, masters: tuple[str, str]):
    Keyring(path, masters[0]).newest()
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(TamperFound, match="the keyring is damaged"):
        Keyring(path, masters[0]).newest()
