"""Shadows and a canary come, go and fail without a word to the champion."""

from tests.serving.publisher import Publisher

from kingmaker.bundle.keys import SigningKey
from kingmaker.serving.following import Condition

from .conftest import Start
from .waiting import until


def test_what_is_deployed_is_never_proven_again(publisher: Publisher, start: Start):
    first, other = publisher.publish(1), publisher.publish(2)
    publisher.announce(publisher.pointer_to(first, shadows=(other,)))
    endpoint = start()
    until(lambda: bool(endpoint.seat.standing and endpoint.standing.shadows))
    before = endpoint.standing
    publisher.announce(publisher.pointer_to(first, canary=other))
    until(lambda: endpoint.standing.pointer.edition == 2)
    assert endpoint.standing.champion is before.champion
    assert endpoint.standing.canary is before.shadows[0]
    publisher.announce(publisher.pointer_to(other, shadows=(first,)))
    until(lambda: endpoint.standing.pointer.edition == 3)
    assert endpoint.standing.champion is before.shadows[0]
    assert endpoint.standing.shadows == (before.champion,)
    assert endpoint.reading("champion_swaps") == 2


def test_companions_that_fail_do_not_hold_up_the_champion_and_join_when_they_can(
    publisher: Publisher, start: Start, stranger: SigningKey
):
    champion, sound, late = publisher.publish(1), publisher.publish(2), publisher.publish(3)
    refused = publisher.publish(4, stranger)
    kept = publisher.place_of(late).read_bytes()
    publisher.place_of(late).unlink()
    publisher.announce(publisher.pointer_to(champion, canary=late, shadows=(refused, sound)))
    endpoint = start()
    endpoint.serves(champion.version)
    until(lambda: len(endpoint.follower.state().missing) == 2)
    assert endpoint.standing.canary is None
    assert [one.version for one in endpoint.standing.shadows] == [sound.version]
    state = endpoint.follower.state()
    assert state.condition is Condition.SERVING
    assert [(one.role, one.version, one.may_pass) for one in state.missing] == [
        ("canary", late.version, True),
        ("shadow", refused.version, False),
    ]
    assert f"The canary {late.version[:12]} is missing" in state.why
    before = endpoint.standing.champion
    publisher.put(kept, late.version)
    until(lambda: endpoint.standing.canary is not None)
    assert endpoint.standing.champion is before
    until(lambda: len(endpoint.follower.state().missing) == 1)
