"""What was fetched once is kept: over a restart, a silence and a roll-back, as long as the disk takes it."""

from pathlib import Path

from tests.serving.publisher import PIPELINE, Publisher

from kingmaker.adapters.depots.folder import FolderDepot
from kingmaker.bundle.keys import SigningKey
from kingmaker.domain.champion import TurnReason
from kingmaker.serving.following import Condition

from .conftest import Start
from .waiting import until


def test_a_restart_without_the_depot_serves_the_last_good_champion_with_its_companions(
    publisher: Publisher, start: Start, stranger: SigningKey, tmp_path: Path
):
    good, shadow = publisher.publish(1), publisher.publish(3)
    publisher.announce(publisher.pointer_to(good, shadows=(shadow,)))
    endpoint = start()
    until(lambda: bool(endpoint.seat.standing and endpoint.standing.shadows))
    publisher.announce(publisher.pointer_to(publisher.publish(2, stranger)))
    endpoint.fails("bundle_refused")
    endpoint.follower.stop()
    again = start(FolderDepot(tmp_path / "nowhere"))
    again.serves(good.version)
    until(lambda: again.follower.state().silence is not None)
    assert [one.version for one in again.standing.shadows] == [shadow.version]
    state = again.follower.state()
    assert (state.condition, state.from_cache, state.edition, state.newest) == (Condition.SILENT, True, 1, 2)


def test_a_cache_that_was_tampered_with_serves_nothing_of_it(publisher: Publisher, start: Start, tmp_path: Path):
    good = publisher.crown(1)
    endpoint = start()
    endpoint.serves(good.version)
    endpoint.follower.stop()
    [bundle] = (tmp_path / "cache").glob("*.bundle")
    bundle.write_bytes(bundle.read_bytes()[::-1])
    offline = start(FolderDepot(tmp_path / "nowhere"))
    until(lambda: offline.follower.state().silence is not None)
    assert offline.seat.standing is None
    offline.follower.stop()
    start().serves(good.version)


def test_a_memory_that_was_lost_is_told_and_made_anew(publisher: Publisher, start: Start, tmp_path: Path):
    good = publisher.crown(1)
    endpoint = start()
    endpoint.serves(good.version)
    endpoint.follower.stop()
    memory = tmp_path / "cache" / f"{PIPELINE}.remembered.json"
    memory.write_bytes(memory.read_bytes()[:100])
    again = start()
    again.serves(good.version)
    again.recovers()
    failure = again.follower.state().last_failure
    assert failure is not None
    assert "what was served and seen before cannot be read" in failure.what
    assert again.follower.state().cache == ""


def test_a_roll_back_needs_no_bundle_from_the_depot(publisher: Publisher, start: Start):
    first, second = publisher.crown(1), publisher.publish(2)
    endpoint = start()
    endpoint.serves(first.version)
    publisher.announce(publisher.pointer_to(second))
    endpoint.serves(second.version)
    publisher.place_of(first).unlink()
    publisher.announce(publisher.pointer_to(first, reason=TurnReason.ROLLED_BACK))
    assert endpoint.serves(first.version) < 1.0


def test_old_bundles_go_and_the_last_few_stay(publisher: Publisher, start: Start, tmp_path: Path):
    endpoint = start()
    champions = []
    for number in range(7):
        champions.append(publisher.crown(number))
        endpoint.serves(champions[-1].version)
    expected = {f"{one.archive}.bundle" for one in champions[-4:]}
    until(lambda: {path.name for path in (tmp_path / "cache").glob("*.bundle")} == expected)


def test_a_disk_that_takes_nothing_does_not_stop_serving(publisher: Publisher, start: Start, tmp_path: Path):
    (tmp_path / "cache").write_bytes(b"a file in the way")
    first = publisher.crown(1)
    endpoint = start()
    endpoint.serves(first.version)
    second = publisher.crown(2)
    endpoint.serves(second.version)
    until(lambda: "cannot be remembered over a restart" in endpoint.follower.state().why)
    assert endpoint.follower.state().condition is Condition.SERVING


def test_a_disk_that_takes_bundles_again_is_used_again(publisher: Publisher, start: Start, tmp_path: Path):
    (tmp_path / "cache").write_bytes(b"a file in the way")
    first = publisher.crown(1)
    endpoint = start(wait=0.1)
    endpoint.serves(first.version)
    until(lambda: "bundles cannot be kept" in endpoint.follower.state().cache)
    (tmp_path / "cache").unlink()
    (tmp_path / "cache").mkdir(exist_ok=True)  # the endpoint may have been sooner
    until(lambda: endpoint.follower.state().cache == "", 10.0, lambda: str(endpoint.follower.state()))
    endpoint.follower.stop()
    start(FolderDepot(tmp_path / "nowhere")).serves(first.version)


def test_two_endpoints_share_a_cache(publisher: Publisher, start: Start):
    first = publisher.crown(1)
    endpoints = [start(name=name) for name in ("one", "two")]
    for number in (2, 3, 4):
        champion = publisher.crown(number)
        for endpoint in endpoints:
            endpoint.serves(champion.version)
    assert [endpoint.follower.state().failure for endpoint in endpoints] == [None, None]
    assert first.version != endpoints[0].version
