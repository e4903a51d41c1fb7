"""The hot path: recording never waits for anything, and what it had to drop is told."""

import socket
import threading
from pathlib import Path

from tests.serving.journal.answers import answers, batch, folder_depot, ids, inbox

from kingmaker.adapters.depots.answers import Site
from kingmaker.adapters.depots.http import HttpDepot
from kingmaker.serving.journal.journal import Journal
from kingmaker.serving.journal.limits import JournalLimits, Pace, Rotation
from kingmaker.serving.journal.place import Place


def readings(journal: Journal) -> dict[str, float]:
    named = {
        reading.name + "".join(f".{text}" for _, text in reading.labels): reading for reading in journal.readings()
    }
    return {name: reading.value for name, reading in named.items()}


def test_beyond_its_bound_the_queue_drops_whole_batches_and_counts_their_rows(tmp_path: Path) -> None:
    journal = Journal(Place(tmp_path, "loans", "till-1"), None, JournalLimits(waiting_rows=10))
    for size in (4, 4, 4, 2, 1):
        journal.record(batch(size))
    assert readings(journal)["journal_waiting_rows"] == 10
    assert readings(journal)["journal_dropped_rows.queue"] == 5
    assert journal.state().dropped == 5


def test_stopping_writes_and_ships_everything_that_was_recorded(tmp_path: Path) -> None:
    journal = Journal(Place(tmp_path / "log", "loans", "till-1"), folder_depot(tmp_path / "depot"))
    journal.start()
    for first in range(0, 5000, 50):
        journal.record(batch(50, first=first))
    journal.stop()
    assert ids(inbox(tmp_path / "depot")) == [f"application-{number}" for number in range(5000)]
    assert list((tmp_path / "log").rglob("*.jsonl*")) == []
    told = readings(journal)
    assert told["journal_written_rows"] == 5000
    assert told["journal_shipped_segments"] == 1
    assert told["journal_pending_bytes"] == 0
    assert told["journal_seconds_since_shipped"] < 60
    assert journal.state().failure == ""


def test_what_is_recorded_after_stopping_is_forgotten(tmp_path: Path) -> None:
    journal = Journal(Place(tmp_path / "log", "loans", "till-1"), None)
    journal.start()
    journal.stop()
    journal.record(batch(3))
    assert readings(journal)["journal_waiting_rows"] == 0


def test_several_threads_record_and_nothing_is_lost(tmp_path: Path) -> None:
    journal = Journal(Place(tmp_path / "log", "loans", "till-1"), None, JournalLimits(flush=0.001))
    journal.start()
    threads = [
        threading.Thread(target=lambda first=first: [journal.record(batch(3, first=first + 3 * i)) for i in range(200)])
        for first in (0, 600, 1200)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    journal.stop()
    entries = answers(list((tmp_path / "log").rglob("*.jsonl.gz")))
    assert {entry.id for entry in entries} == {f"application-{number}" for number in range(1800)}
    assert len(entries) == len({entry.entry for entry in entries}) == 1800


def test_without_a_folder_the_journal_is_off_and_says_so(tmp_path: Path) -> None:
    journal = Journal(None, folder_depot(tmp_path / "depot"))
    journal.start()
    journal.record(batch(3))
    journal.stop()
    assert readings(journal) == {"journal_on": 0.0}
    assert journal.state().on is False
    assert inbox(tmp_path / "depot") == []


def test_a_depot_that_is_away_all_the_time_stops_neither_recording_nor_writing(tmp_path: Path) -> None:
    depot = folder_depot(tmp_path / "depot")
    (tmp_path / "depot").rmdir()
    journal = Journal(Place(tmp_path / "log", "loans", "till-1"), depot, JournalLimits(waiting_rows=1000, flush=0.001))
    journal.start()
    for number in range(500):
        journal.record(batch(10, first=10 * number))
    journal.stop()
    told = readings(journal)
    assert told["journal_written_rows"] + told["journal_dropped_rows.queue"] == 5000
    assert told["journal_dropped_rows.disk"] == 0
    assert told["journal_shipped_segments"] == 0
    assert told["journal_pending_bytes"] > 0
    assert "cannot be used" in journal.state().failure
    (tmp_path / "depot").mkdir()
    after = Journal(Place(tmp_path / "log", "loans", "till-1"), depot)
    after.start()
    after.stop()
    assert len(answers(inbox(tmp_path / "depot"))) == told["journal_written_rows"]


def test_a_depot_that_takes_a_segment_and_falls_silent_holds_up_nobody(tmp_path: Path) -> None:
    limits = JournalLimits(flush=0.001, rotation=Rotation(age=0.0), pace=Pace(look=0.001))
    with socket.create_server(("127.0.0.1", 0)) as server:
        depot = HttpDepot(Site(f"http://127.0.0.1:{server.getsockname()[1]}"))
        journal = Journal(Place(tmp_path, "loans", "till-1"), depot, limits)
        journal.start()
        journal.record(batch(10))
        silent, _ = server.accept()
        for number in range(1, 100):
            journal.record(batch(10, first=10 * number))
        journal.stop(timeout=0.3)
        told = readings(journal)
        silent.close()
    journal.stop()
    assert told["journal_written_rows"] == 1000
    assert told["journal_shipped_segments"] == 0
    closed = answers(sorted(tmp_path.rglob("*.jsonl*")))
    assert len({entry.id for entry in closed}) == 1000
