"""An endpoint takes what is newer and proven, and nothing else."""

from dataclasses import replace

import numpy as np
from tests.serving.publisher import Publisher, contents_of

from kingmaker.bundle.pointers import sealed_pointer
from kingmaker.serving.following import Condition

from .conftest import Start
from .waiting import until


def test_a_new_champion_is_served_within_a_second(publisher: Publisher, start: Start):
    first = publisher.crown(1)
    endpoint = start()
    endpoint.serves(first.version)
    second = publisher.publish(2)
    pointer = publisher.pointer_to(second)
    publisher.announce(pointer)
    assert endpoint.serves(second.version) < 1.0
    assert endpoint.standing.pointer == pointer
    scored = endpoint.standing.champion.scorer.score(np.array([[5.0]]), None)
    assert scored.pd[0] != 0.0
    state = endpoint.follower.state()
    assert (state.condition, state.version, state.edition, state.turn) == (Condition.SERVING, second.version, 2, 2)


def test_an_endpoint_waits_for_the_first_champion(publisher: Publisher, start: Start):
    endpoint = start()
    until(lambda: endpoint.follower.state().silence is not None)
    assert not endpoint.follower.wait_until_served(0.0)
    assert endpoint.follower.state().condition is Condition.WAITING
    champion = publisher.crown(1)
    assert endpoint.follower.wait_until_served(1.0)
    endpoint.serves(champion.version)
    assert endpoint.follower.state().silence is None


def test_a_version_that_reads_more_is_served_and_told(publisher: Publisher, start: Start):
    first = publisher.crown(1)
    endpoint = start()
    endpoint.serves(first.version)
    second = publisher.crown(contents_of(2, column="income"))
    endpoint.serves(second.version)
    until(lambda: bool(endpoint.follower.state().notes))
    assert f"Version {second.version[:12]} reads income, which" in endpoint.follower.state().why
    publisher.crown(contents_of(3, column="income"))
    until(lambda: not endpoint.follower.state().notes)


def test_the_depot_goes_away_and_comes_back(publisher: Publisher, start: Start):
    first = publisher.crown(1)
    endpoint = start()
    endpoint.serves(first.version)
    home, away = publisher.vault.parent, publisher.vault.parent.with_name("away")
    home.rename(away)
    until(lambda: endpoint.follower.state().silence is not None)
    assert endpoint.follower.state().condition is Condition.SILENT
    until(lambda: endpoint.reading("depot_silence_seconds") > 0.2)
    assert endpoint.version == first.version
    away.rename(home)
    second = publisher.crown(2)
    endpoint.serves(second.version)
    assert endpoint.follower.state().condition is Condition.SERVING
    assert endpoint.reading("depot_silence_seconds") < 5.0


def test_a_stopped_follower_leaves_its_champion_in_the_seat(publisher: Publisher, start: Start):
    first = publisher.crown(1)
    endpoint = start()
    endpoint.serves(first.version)
    endpoint.follower.stop()
    publisher.crown(2)
    endpoint.follower.stop()
    assert endpoint.version == first.version


def test_the_same_pointer_signed_anew_changes_nothing(publisher: Publisher, start: Start):
    first = publisher.publish(1)
    pointer = publisher.pointer_to(first)
    publisher.announce(pointer)
    endpoint = start()
    endpoint.serves(first.version)
    until(lambda: endpoint.follower.state().contact is not None)
    standing = endpoint.standing
    data = sealed_pointer(pointer, publisher.key)
    publisher.write_pointer(data.replace(b"}\n", b" }\n"))
    publisher.write_pointer(data)
    publisher.announce(replace(pointer, edition=2, champion=publisher.publish(2), turn=2))
    until(lambda: endpoint.standing.pointer.edition == 2)
    assert standing.pointer == pointer
    assert endpoint.follower.state().last_failure is None
