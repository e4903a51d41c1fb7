import stat
from pathlib import Path

import pytest

from kingmaker.bundle.contents import Signature
from kingmaker.bundle.keys import PublicKey, SigningKey
from kingmaker.domain.errors import BundleRefused, NotFound


def test_a_new_key_lies_in_a_file_that_only_its_owner_may_read(tmp_path: Path) -> None:
    SigningKey.create(tmp_path / "signing.key")
    assert stat.S_IMODE((tmp_path / "signing.key").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["signing.key"]


def test_a_key_is_never_overwritten(tmp_path: Path) -> None:
    made = SigningKey.create(tmp_path / "signing.key")
    with pytest.raises(BundleRefused, match="there is a signing key already"):
        SigningKey.create(tmp_path / "signing.key")
    assert SigningKey.load(tmp_path / "signing.key").public == made.public


def test_a_key_that_others_may_read_is_not_used(tmp_path: Path) -> None:
    SigningKey.create(tmp_path / "signing.key")
    (tmp_path / "signing.key").chmod(0o640)
    with pytest.raises(BundleRefused, match="chmod 600"):
        SigningKey.load(tmp_path / "signing.key")


def test_a_missing_key_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="there is no signing key"):
        SigningKey.load(tmp_path / "signing.key")


def test_a_file_that_holds_no_key_is_refused(tmp_path: Path) -> None:
    (tmp_path / "signing.key").write_text("kingmaker-signing-key-1:beef\n")
    (tmp_path / "signing.key").chmod(0o600)
    with pytest.raises(BundleRefused, match="this is not a signing key"):
        SigningKey.load(tmp_path / "signing.key")


def test_a_public_key_is_one_line_that_reads_back(key: SigningKey) -> None:
    assert "\n" not in key.public.text
    assert PublicKey.of(f"  {key.public.text}\n") == key.public


@pytest.mark.parametrize(
    "text", ["", "ssh-ed25519 AAAA", "kingmaker-public-key-1:" + "0" * 62, "kingmaker-public-key-1:xyz"]
)
def test_what_is_no_public_key_is_refused(text: str) -> None:
    with pytest.raises(BundleRefused, match="this is not a public key"):
        PublicKey.of(text)


def test_a_signature_fits_its_manifest_and_no_other(key: SigningKey) -> None:
    signature = key.sign(b"manifest")
    assert key.public.verifies(signature, b"manifest")
    assert not key.public.verifies(signature, b"manifest ")


def test_signing_twice_gives_one_signature(key: SigningKey) -> None:
    assert key.sign(b"manifest") == key.sign(b"manifest")


def test_a_signature_that_is_no_hexadecimal_number_does_not_verify(key: SigningKey) -> None:
    nonsense = Signature(algorithm="ed25519", context="", key=key.public.id, signature="nonsense")
    assert not key.public.verifies(nonsense, b"manifest")
