"""A bundle and its key leave the home as two files, and open elsewhere."""

from pathlib import Path

import pytest

from kingmaker.bundle.keys import PublicKey, SigningKey
from kingmaker.bundle.proof import prove
from kingmaker.bundle.reading import open_bundle

from .conftest import Terminal


def test_the_champion_leaves_as_a_bundle_that_opens_with_the_public_key(crowned: Terminal) -> None:
    told = crowned.shows("export", "champion", "champion.kingmaker")
    key = PublicKey.of(crowned.shows("keys", "--public"))
    bundle = open_bundle(Path("champion.kingmaker"), trusted=[key])
    prove(bundle)
    assert bundle.version == crowned.document("champion")["version"]
    assert bundle.short in told


def test_a_version_leaves_by_its_first_digits(crowned: Terminal) -> None:
    (published,) = crowned.document("versions")
    exported = crowned.document("export", published["version"][:8], "old.kingmaker")
    assert (exported["version"], exported["digest"]) == (published["version"], published["archive"])
    assert Path("old.kingmaker").stat().st_size == exported["bytes"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("abcdef", "out.kingmaker"), "abcdef"),
        (("champion", "nowhere/out.kingmaker"), "nowhere/out.kingmaker: the bundle cannot be written (No such file"),
    ],
)
def test_what_cannot_be_exported_is_told_in_one_sentence(crowned: Terminal, words: tuple[str, ...], said: str) -> None:
    assert said in crowned.refuses("export", *words)


def test_a_bundle_that_was_changed_in_the_vault_does_not_leave(crowned: Terminal) -> None:
    archive = crowned.document("versions")[0]["archive"]
    stored = Path("home/vault") / archive[:2] / archive[2:]
    stored.chmod(0o600)
    stored.write_bytes(stored.read_bytes()[:-1] + b"?")
    assert "was changed in the vault" in crowned.refuses("export", "champion", "out.kingmaker")
    assert not Path("out.kingmaker").exists()


def test_without_a_champion_there_is_nothing_to_export(empty: Terminal) -> None:
    assert "no pipeline has run" in empty.refuses("export", "champion", "out.kingmaker")


def test_keys_shows_the_own_key_and_those_that_are_trusted(empty: Terminal, tmp_path: Path) -> None:
    alone = empty.document("keys")
    assert alone["trusted"] == [alone["own"]]
    other = SigningKey.create(tmp_path / "other.key").public
    Path("home/keys/trusted.keys").write_text(other.text + "\n", encoding="utf-8")
    assert empty.document("keys")["trusted"] == [alone["own"], {"id": other.id, "text": other.text}]
    told = empty.shows("keys")
    assert {alone["own"]["id"], other.id, other.text} <= set(told.replace(":\n", "\n").split())
    assert "signing-key" not in told
