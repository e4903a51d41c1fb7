"""An endpoint takes what is newer and proven, and nothing else."""

from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
import pytest
from tests.serving.publisher import PIPELINE, Publisher, contents_of

from kingmaker.adapters.depots.folder import FolderDepot
from kingmaker.bundle.keys import SigningKey
from kingmaker.bundle.pointers import sealed_pointer
from kingmaker.domain.champion import TurnReason
from kingmaker.domain.pointer import Placed
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


def test_the_depot_is_told_what_is_served(publisher: Publisher, start: Start):
    first = publisher.crown(1)
    endpoint = start(name="here-1")
    told = publisher.vault / "endpoints" / PIPELINE / "here-1.json"
    until(told.exists)
    second = publisher.crown(2)
    endpoint.serves(second.version)
    until(lambda: msgspec.json.decode(told.read_bytes())["version"] == second.version)
    report = msgspec.json.decode(told.read_bytes())
    assert set(report) == {
        *("endpoint", "pipeline", "version", "edition", "turn", "since", "state", "why", "at", "release")
    }
    assert (report["endpoint"], report["pipeline"], report["edition"], report["turn"]) == ("here-1", PIPELINE, 2, 2)
    assert (report["state"], report["why"]) == ("serving", "")
    assert first.version != second.version


def test_reports_repeat_and_tell_a_failure(publisher: Publisher, start: Start):
    publisher.crown(1)
    start(report=0.1)
    told = publisher.vault / "endpoints" / PIPELINE / "here.json"
    until(told.exists)
    publisher.write_pointer(b"{}")
    until(lambda: msgspec.json.decode(told.read_bytes())["state"] == "behind")
    assert "this is not a pointer" in msgspec.json.decode(told.read_bytes())["why"]


def test_a_depot_that_takes_no_report_is_followed_all_the_same(publisher: Publisher, start: Start):
    (publisher.vault / "endpoints").write_bytes(b"in the way")
    first = publisher.crown(1)
    endpoint = start(report=0.05)
    endpoint.serves(first.version)
    until(lambda: endpoint.reading("report_failures") > 1)
    assert endpoint.follower.state().condition is Condition.SERVING


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


def test_a_restart_without_the_depot_serves_the_last_good_champion_with_its_companions(
    publisher: Publisher, start: Start, stranger: SigningKey, tmp_path: Path
):
    good, shadow = publisher.publish(1), publisher.publish(3)
    publisher.announce(publisher.pointer_to(good, shadows=(shadow,)))
    endpoint = start()
    until(lambda: bool(endpoint.seat.standing and endpoint.standing.shadows))
    publisher.announce(publisher.pointer_to(wrongly_signed(publisher, stranger)))
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
    (tmp_path / "cache").mkdir()
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
