"""The sealed form: everything comes back, and nothing that was touched opens."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kingmaker.domain.errors import TamperFound
from kingmaker.sealing.stream import (
    HEADER_BYTES,
    TAG_BYTES,
    DataKey,
    Opener,
    Sealer,
    is_sealed,
    seal,
    sealed_size,
    unseal,
)

KEY = DataKey.make()
POWER = 6
CHUNK = 1 << POWER
EDGES = st.builds(lambda chunks, off: max(0, chunks * CHUNK + off), st.integers(0, 4), st.integers(-2, 2))


def sealed(data: bytes, context: bytes = b"", cuts: tuple[int, ...] = ()) -> bytes:
    """Sealed in chunks of 64 bytes, however it is fed."""
    sealer = Sealer(KEY, context, power=POWER)
    places = sorted({0, *(cut % (len(data) + 1) for cut in cuts), len(data)})
    parts = [sealer.update(data[start:end]) for start, end in pairwise(places)]
    return b"".join((*parts, sealer.finish()))


def opened(data: bytes, context: bytes = b"", cuts: tuple[int, ...] = ()) -> bytes:
    opener = Opener(lambda _: KEY, context)
    places = sorted({0, *(cut % (len(data) + 1) for cut in cuts), len(data)})
    parts = [opener.update(data[start:end]) for start, end in pairwise(places)]
    return b"".join((*parts, opener.finish()))


CUTS = st.lists(st.integers(0, 500), max_size=4).map(tuple)


@settings(deadline=None, max_examples=150)
@given(size=EDGES, fed=CUTS, read=CUTS)
def test_every_size_around_a_chunks_edge_comes_back_however_it_is_fed_and_read(size, fed, read):
    data = bytes(index % 251 for index in range(size))
    found = sealed(data, cuts=fed)
    assert is_sealed(found)
    assert len(found) == sealed_size(size, POWER)
    assert opened(found, cuts=read) == data


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK])
def test_no_byte_can_be_changed(size: int):
    found = sealed(bytes(size))
    for place in range(len(found)):
        changed = found[:place] + bytes([found[place] ^ 1]) + found[place + 1 :]
        with pytest.raises(TamperFound):
            opened(changed)


@pytest.mark.parametrize("size", [0, 1, CHUNK, 2 * CHUNK, 2 * CHUNK + 5])
def test_no_end_can_be_cut_off_and_nothing_be_added(size: int):
    found = sealed(bytes(size))
    for length in range(len(found)):
        with pytest.raises(TamperFound):
            opened(found[:length])
    with pytest.raises(TamperFound):
        opened(found + b"\0")
    with pytest.raises(TamperFound):
        opened(found + found[HEADER_BYTES:])


def test_chunks_can_be_neither_swapped_nor_repeated_nor_left_out():
    found = sealed(bytes(4 * CHUNK))
    header, body, step = found[:HEADER_BYTES], found[HEADER_BYTES:], CHUNK + TAG_BYTES
    first, second, third, last = (body[start : start + step] for start in range(0, len(body), step))
    for order in (
        (second, first, third, last),
        (first, first, third, last),
        (first, third, last),
        (last,),
        (first, second),
    ):
        with pytest.raises(TamperFound):
            opened(header + b"".join(order))


def test_a_chunk_of_another_file_does_not_fit():
    one, other = sealed(bytes(2 * CHUNK)), sealed(bytes(2 * CHUNK))
    middle = HEADER_BYTES + CHUNK + TAG_BYTES
    with pytest.raises(TamperFound):
        opened(one[:middle] + other[middle:])


def test_what_was_sealed_for_one_place_does_not_open_in_another():
    found = sealed(b"January's answers", b"inbox/january")
    assert opened(found, b"inbox/january") == b"January's answers"
    with pytest.raises(TamperFound, match="another's place"):
        opened(found, b"inbox/february")


def test_another_key_of_the_same_name_does_not_open_it():
    with pytest.raises(TamperFound):
        unseal(seal(b"rows", KEY), lambda name: DataKey(name, bytes(32)))


def test_the_same_bytes_are_sealed_differently_each_time():
    assert seal(b"rows", KEY) != seal(b"rows", KEY)


def test_a_key_never_shows_its_secret():
    assert KEY.secret.hex() not in repr(KEY)
    assert repr(KEY.secret) not in repr(KEY)
