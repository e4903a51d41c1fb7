"""The key of pseudonyms: made once, for its owner's eyes, or named; never told."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from kingmaker.domain.errors import KingmakerError, StorageFailed
from kingmaker.privacy.keys import KEY_BYTES, pseudonym_key
from kingmaker.privacy.secrets import SecretMissing, secret_of
from kingmaker.settings import SettingError, Settings
from kingmaker.wiring import open_house

SECRET = "5ecre7" * 8


def test_a_home_makes_its_key_on_first_use_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "pseudonym.key"
    key = pseudonym_key("", path)
    assert len(key) == KEY_BYTES
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert pseudonym_key("", path) == key
    assert [one.name for one in path.parent.iterdir()] == ["pseudonym.key"]


def test_of_several_who_make_it_at_once_all_get_the_one_that_was_kept(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: pseudonym_key("", tmp_path / "keys" / "pseudonym.key"), range(8)))
    assert len(keys) == 1


def test_homes_that_are_given_one_key_agree_and_a_homes_own_key_can_be_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "one" / "pseudonym.key"
    key = pseudonym_key("", own)
    monkeypatch.setenv("THE_KEY", own.read_text(encoding="ascii"))
    assert pseudonym_key(f"file:{own}", tmp_path / "two") == pseudonym_key("env:THE_KEY", tmp_path / "three") == key
    assert not (tmp_path / "two").exists()


def test_a_house_takes_the_key_that_its_settings_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THE_KEY", SECRET)
    house = open_house(Settings(home=tmp_path / "home", pseudonym_key="env:THE_KEY"))
    assert house.pseudonym_key() == SECRET.encode()
    assert SECRET not in repr(house)
    house.close()


def test_a_key_that_can_be_guessed_is_refused_and_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THE_KEY", "hunter2")
    with pytest.raises(SecretMissing, match="fewer than 32 characters") as refused:
        pseudonym_key("env:THE_KEY", Path("/nowhere"))
    assert "hunter2" not in told(refused.value)


@pytest.mark.parametrize("broken", ["", "no hexadecimal digits", "abcd"])
def test_a_broken_key_file_is_refused_and_never_replaced(tmp_path: Path, broken: str) -> None:
    path = tmp_path / "pseudonym.key"
    path.write_text(broken, encoding="ascii")
    with pytest.raises(StorageFailed, match="another key is other pseudonyms"):
        pseudonym_key("", path)
    assert path.read_text(encoding="ascii") == broken


def test_a_secret_that_is_missing_is_told_by_its_reference(tmp_path: Path) -> None:
    for reference in ("env:NO_SUCH_VARIABLE", f"file:{tmp_path / 'none'}"):
        with pytest.raises(SecretMissing) as refused:
            secret_of(reference)
        assert reference in str(refused.value)


def test_a_key_written_where_its_reference_belongs_is_not_told() -> None:
    with pytest.raises(SettingError) as refused:
        Settings.from_environment({"KINGMAKER_PSEUDONYM_KEY": SECRET})
    assert SECRET not in told(refused.value)


def test_settings_that_are_printed_tell_no_password() -> None:
    settings = Settings(ledger=f"postgresql://kingmaker:{SECRET}@db/ledger", token=SECRET)
    assert SECRET not in repr(settings)


def told(error: KingmakerError) -> str:
    return " ".join((repr(error), str(error), error.sentence(), repr(error.__cause__), repr(error.__context__)))
