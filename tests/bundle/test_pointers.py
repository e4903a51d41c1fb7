"""The signed pointer: the same bytes for the same facts, believed under its publisher's key, and refused as a sentence."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kingmaker.bundle.archive import MAX_ARCHIVE_BYTES
from kingmaker.bundle.keys import SigningKey
from kingmaker.bundle.pointers import MAX_POINTER_BYTES, MAX_SHADOWS, POINTER_CONTEXT, read_pointer, sealed_pointer
from kingmaker.domain.champion import TurnReason
from kingmaker.domain.errors import PointerRefused
from kingmaker.domain.pointer import Canary, Placed, Pointer

OLD = Placed(version="a" * 64, archive="b" * 64, size=1000)
NEW = Placed(version="c" * 64, archive="d" * 64, size=2000)
POINTER = Pointer(
    pipeline="loans",
    edition=5,
    turn=3,
    champion=OLD,
    since=datetime(2026, 3, 1, 12, tzinfo=UTC),
    reason=TurnReason.ROLLED_BACK,
    why="complaints from a branch: “误杀率” rose",
    shadows=(NEW,),
    canary=Canary(placed=NEW, share=0.05),
)


def read(data: bytes, *keys: SigningKey, where: str = "there") -> Pointer:
    return read_pointer(data, trusted=[key.public for key in keys], where=where)


def signed(body: bytes, signer: SigningKey, **changed: str) -> bytes:
    """An envelope around any body, as only the holder of the key could make it."""
    signature = msgspec.to_builtins(signer.sign(body, context=POINTER_CONTEXT)) | changed
    return json.dumps({"body": body.decode(), "signature": signature}).encode()


def body_of(**changed: Any) -> bytes:
    return json.dumps(msgspec.to_builtins(POINTER) | changed).encode()


@pytest.fixture(scope="session")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> SigningKey:
    return SigningKey.create(tmp_path_factory.mktemp("stranger") / "signing.key")


@pytest.mark.parametrize("pointer", [POINTER, replace(POINTER, shadows=(), canary=None)])
def test_a_pointer_comes_back_as_it_was_sealed_and_is_sealed_in_one_way(pointer: Pointer, key: SigningKey) -> None:
    data = sealed_pointer(pointer, key)
    assert read(data, key) == pointer
    assert sealed_pointer(pointer, key) == data


def test_the_envelope_may_be_written_anew_as_long_as_the_body_is_the_same_text(key: SigningKey) -> None:
    opened = json.loads(sealed_pointer(POINTER, key))
    assert read(json.dumps(opened, indent=4).encode(), key) == POINTER


def test_while_keys_are_rotated_either_is_believed(key: SigningKey, stranger: SigningKey) -> None:
    assert read(sealed_pointer(POINTER, stranger), key, stranger) == POINTER


def test_a_key_that_is_not_pinned_is_not_believed(key: SigningKey, stranger: SigningKey) -> None:
    with pytest.raises(PointerRefused, match=rf"signed by key {stranger.public.id}, which is not trusted here"):
        read(sealed_pointer(POINTER, stranger), key)
    with pytest.raises(PointerRefused, match=r"\(trusted: none\)"):
        read(sealed_pointer(POINTER, key))


def test_an_edited_body_is_refused(key: SigningKey) -> None:
    data = sealed_pointer(POINTER, key).replace(b'\\"edition\\":5', b'\\"edition\\":6')
    with pytest.raises(PointerRefused, match="changed after signing") as refused:
        read(data, key)
    assert refused.value.where == "there"
    assert "kingmaker doctor" in refused.value.remedy


def test_a_bundles_signature_is_no_pointers_and_a_pointers_no_bundles(key: SigningKey) -> None:
    body = body_of()
    as_bundle = key.sign(body)
    for claimed in (as_bundle, replace(as_bundle, context=POINTER_CONTEXT)):
        envelope = {"body": body.decode(), "signature": msgspec.to_builtins(claimed)}
        with pytest.raises(PointerRefused, match=r"which is not a pointer's signature|changed after signing"):
            read(json.dumps(envelope).encode(), key)
    assert not key.public.verifies(key.sign(body, context=POINTER_CONTEXT), body)
    assert not key.public.verifies(as_bundle, body, context=POINTER_CONTEXT)


@pytest.mark.parametrize("changed", [{"algorithm": "none"}, {"context": "another"}, {"signature": "ff"}, {"key": "x"}])
def test_a_signature_of_another_kind_is_refused(key: SigningKey, changed: dict[str, str]) -> None:
    with pytest.raises(PointerRefused):
        read(signed(body_of(), key, **changed), key)


def test_what_a_later_release_adds_is_ignored(key: SigningKey) -> None:
    assert read(signed(body_of(mirrors=["https://elsewhere"]), key), key) == POINTER


def read_or_refused(data: bytes, key: SigningKey) -> Pointer | None:
    try:
        return read(data, key)
    except PointerRefused:
        return None


def placed(**changed: Any) -> dict[str, Any]:
    return msgspec.to_builtins(OLD) | changed


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"edition": 0}, "counted from 1"),
        ({"turn": 0}, "counted from 1"),
        ({"since": "2026-03-01T12:00:00"}, "time zone"),
        ({"canary": {"placed": placed(), "share": 1.0}}, "between 0 and 1"),
        ({"canary": {"placed": placed(), "share": 0.0}}, "between 0 and 1"),
        ({"champion": placed(version="../../etc/passwd")}, "must be digests"),
        ({"shadows": [placed(version="e" * 64, archive="E" * 64)]}, "must be digests"),
        ({"champion": placed(size=0)}, "which no bundle has"),
        ({"champion": placed(size=MAX_ARCHIVE_BYTES + 1)}, "which no bundle has"),
        ({"shadows": [placed(version=f"{n:064x}") for n in range(MAX_SHADOWS + 1)]}, "17 shadows"),
        ({"reason": "bribed"}, "not a pointer"),
        ({"champion": None}, "not a pointer"),
    ],
)
def test_a_signed_pointer_that_says_what_none_may_say_is_refused(
    key: SigningKey, changed: dict[str, Any], said: str
) -> None:
    with pytest.raises(PointerRefused, match=said):
        read(signed(body_of(**changed), key), key)


def test_a_pointer_larger_than_a_mebibyte_is_not_even_parsed(key: SigningKey) -> None:
    with pytest.raises(PointerRefused, match="1,048,577 bytes"):
        read(b"[" * (MAX_POINTER_BYTES + 1), key)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"null",
        b"[" * 100_000,
        b'{"body": 1}',
        b"\xff\xfe",
        b'{"body": "\\ud800", "signature": {}}',
        b'{"body": ""}',
    ],
)
def test_what_is_no_pointer_is_refused(key: SigningKey, data: bytes) -> None:
    with pytest.raises(PointerRefused):
        read(data, key)


@settings(deadline=None, max_examples=200)
@given(data=st.binary(max_size=300))
def test_any_bytes_are_refused_with_a_sentence(key: SigningKey, data: bytes) -> None:
    with pytest.raises(PointerRefused):
        read(data, key)


@settings(deadline=None, max_examples=200)
@given(at=st.integers(min_value=0), byte=st.integers(0, 255))
def test_one_altered_byte_is_refused_or_changes_nothing(key: SigningKey, at: int, byte: int) -> None:
    data = bytearray(sealed_pointer(POINTER, key))
    data[at % len(data)] = byte
    assert read_or_refused(bytes(data), key) in (POINTER, None)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@settings(deadline=None, max_examples=200)
@given(field=st.sampled_from(sorted(msgspec.to_builtins(POINTER))), value=VALUES)
def test_a_signed_body_with_any_value_in_any_field_is_read_or_refused(key: SigningKey, field: str, value: Any) -> None:
    found = read_or_refused(signed(body_of(**{field: value}), key), key)
    assert found is None or sealed_pointer(found, key)
