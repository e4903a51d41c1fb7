"""A bundle that is not as it should be leaves the old one in the seat, and is tried again where that may help."""

from dataclasses import replace

import pytest
from tests.serving.publisher import Publisher, contents_of

from kingmaker.bundle.keys import SigningKey
from kingmaker.domain.pointer import Placed
from kingmaker.serving.following import Condition

from .conftest import Start


def truncated(publisher: Publisher, stranger: SigningKey) -> Placed:
    placed = publisher.publish(2)
    path = publisher.place_of(placed)
    path.write_bytes(path.read_bytes()[:1000])
    return placed


def tampered(publisher: Publisher, stranger: SigningKey) -> Placed:
    placed = publisher.publish(2)
    path = publisher.place_of(placed)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    return placed


def tampered_before_it_was_named(publisher: Publisher, stranger: SigningKey) -> Placed:
    placed = publisher.publish(2)
    data = bytearray(publisher.place_of(placed).read_bytes())
    data[len(data) // 2] ^= 1
    return publisher.put(bytes(data), placed.version)


def longer(publisher: Publisher, stranger: SigningKey) -> Placed:
    placed = publisher.publish(2)
    with publisher.place_of(placed).open("ab") as file:
        file.truncate(placed.size + (1 << 30))
    return placed


def wrongly_signed(publisher: Publisher, stranger: SigningKey) -> Placed:
    return publisher.publish(2, stranger)


def of_another_pipeline(publisher: Publisher, stranger: SigningKey) -> Placed:
    return publisher.publish(contents_of(2, pipeline="cards"))


def of_another_version(publisher: Publisher, stranger: SigningKey) -> Placed:
    return replace(publisher.publish(2), version=publisher.publish(3).version)


def no_bundle(publisher: Publisher, stranger: SigningKey) -> Placed:
    return publisher.put(b"PK" * 1000, "d" * 64)


def never_stored(publisher: Publisher, stranger: SigningKey) -> Placed:
    placed = publisher.publish(2)
    publisher.place_of(placed).unlink()
    return placed


def breaking_its_promises(publisher: Publisher, stranger: SigningKey) -> Placed:
    contents = contents_of(2)
    golden = contents.golden
    rows = (replace(golden.rows[0], pd=golden.rows[0].pd / 2), *golden.rows[1:])
    return publisher.publish(replace(contents, golden=replace(golden, rows=rows)))


@pytest.mark.parametrize(
    ("broken", "code"),
    [
        (truncated, "depot_unreachable"),
        (tampered, "tamper_found"),
        (longer, "tamper_found"),
        (never_stored, "not_found"),
        (tampered_before_it_was_named, "bundle_refused"),
        (wrongly_signed, "bundle_refused"),
        (of_another_pipeline, "bundle_refused"),
        (of_another_version, "bundle_refused"),
        (no_bundle, "bundle_refused"),
        (breaking_its_promises, "bundle_refused"),
    ],
)
def test_a_bundle_that_is_not_as_it_should_be_leaves_the_old_one_in_the_seat(
    publisher: Publisher, start: Start, stranger: SigningKey, broken, code: str
):
    first = publisher.crown(1)
    endpoint = start()
    endpoint.serves(first.version)
    standing = endpoint.standing
    publisher.announce(publisher.pointer_to(broken(publisher, stranger)))
    assert endpoint.fails(code)
    assert endpoint.seat.standing is standing
    state = endpoint.follower.state()
    assert (state.condition, state.edition, state.newest) == (Condition.BEHIND, 1, 2)
    assert (state.next_try is None) == (code == "bundle_refused")
    sound = publisher.publish(4)
    publisher.announce(publisher.pointer_to(sound))
    endpoint.serves(sound.version)
    endpoint.recovers()
    assert endpoint.follower.state().last_failure is not None


def test_a_bundle_that_comes_right_is_served_without_another_pointer(
    publisher: Publisher, start: Start, stranger: SigningKey
):
    first = publisher.crown(1)
    endpoint = start()
    endpoint.serves(first.version)
    second = truncated(publisher, stranger)
    publisher.announce(publisher.pointer_to(second))
    endpoint.fails("depot_unreachable")
    assert publisher.publish(2) == second
    endpoint.serves(second.version)
    endpoint.recovers()


def test_a_corrected_pointer_is_tried_at_once_however_long_the_next_try_is_away(
    publisher: Publisher, start: Start, stranger: SigningKey
):
    first = publisher.crown(1)
    endpoint = start(first_delay=600.0, longest_delay=600.0)
    endpoint.serves(first.version)
    publisher.announce(publisher.pointer_to(never_stored(publisher, stranger)))
    endpoint.fails("not_found")
    assert endpoint.follower.state().next_try is not None
    sound = publisher.crown(3)
    assert endpoint.serves(sound.version) < 1.0
