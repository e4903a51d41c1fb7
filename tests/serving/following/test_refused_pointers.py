"""A pointer that is old, forked, foreign or signed by a stranger changes nothing."""

from dataclasses import replace

from tests.serving.publisher import Publisher

from kingmaker.bundle.keys import SigningKey
from kingmaker.bundle.pointers import sealed_pointer
from kingmaker.domain.champion import TurnReason
from kingmaker.serving.following import Condition

from .conftest import Start
from .waiting import until


def test_a_replayed_older_pointer_is_refused(publisher: Publisher, start: Start):
    first, second = publisher.publish(1), publisher.publish(2)
    replayed = publisher.announce(publisher.pointer_to(first))
    endpoint = start()
    endpoint.serves(first.version)
    newest = publisher.announce(publisher.pointer_to(second))
    endpoint.serves(second.version)
    publisher.write_pointer(replayed)
    assert "edition 2 was seen before, so this one is a replay" in endpoint.fails("pointer_replayed")
    assert endpoint.version == second.version
    state = endpoint.follower.state()
    assert (state.condition, state.next_try) == (Condition.BEHIND, None)
    assert endpoint.reading("refusals", "pointer_replayed") == 1
    publisher.write_pointer(newest)
    endpoint.recovers()
    assert endpoint.follower.state().condition is Condition.SERVING


def test_a_replay_is_also_refused_after_a_restart(publisher: Publisher, start: Start):
    first, second = publisher.publish(1), publisher.publish(2)
    replayed = publisher.announce(publisher.pointer_to(first))
    publisher.announce(publisher.pointer_to(second))
    endpoint = start()
    endpoint.serves(second.version)
    endpoint.follower.stop()
    publisher.write_pointer(replayed)
    again = start()
    again.fails("pointer_replayed")
    assert again.version == second.version


def test_a_signed_roll_back_is_followed_and_a_silent_one_is_not(publisher: Publisher, start: Start):
    first, second = publisher.crown(1), publisher.publish(2)
    endpoint = start()
    endpoint.serves(first.version)
    publisher.announce(publisher.pointer_to(second))
    endpoint.serves(second.version)
    back = publisher.pointer_to(first)
    publisher.announce(back)
    endpoint.fails("pointer_reverted")
    assert endpoint.version == second.version
    publisher.announce(replace(back, reason=TurnReason.ROLLED_BACK))
    endpoint.serves(first.version)
    endpoint.recovers()


def test_a_pointer_that_says_something_else_under_its_old_number_is_refused(publisher: Publisher, start: Start):
    first, second = publisher.publish(1), publisher.publish(2)
    pointer = publisher.pointer_to(first)
    publisher.announce(pointer)
    endpoint = start()
    endpoint.serves(first.version)
    publisher.announce(replace(pointer, champion=second))
    endpoint.fails("pointer_forked")
    publisher.announce(replace(pointer, champion=second, edition=2))
    until(lambda: endpoint.reading("refusals", "pointer_forked") == 2)
    assert endpoint.version == first.version


def test_a_pointer_that_nobody_trusted_signed_is_refused(publisher: Publisher, start: Start, stranger: SigningKey):
    first, second = publisher.crown(1), publisher.publish(2)
    endpoint = start()
    endpoint.serves(first.version)
    pointer = publisher.pointer_to(second)
    publisher.announce(pointer, stranger)
    assert "not trusted here" in endpoint.fails("pointer_refused")
    for damaged in (b"", b"{}", sealed_pointer(pointer, publisher.key).replace(b"better", b"BETTER")):
        publisher.write_pointer(damaged)
        endpoint.fails("pointer_refused")
    assert endpoint.version == first.version
    publisher.announce(pointer)
    endpoint.serves(second.version)


def test_another_pipelines_pointer_is_refused(publisher: Publisher, start: Start):
    first, second = publisher.crown(1), publisher.publish(2)
    endpoint = start()
    endpoint.serves(first.version)
    publisher.announce(replace(publisher.pointer_to(second), pipeline="cards"))
    endpoint.fails("pointer_foreign")
    assert endpoint.version == first.version
