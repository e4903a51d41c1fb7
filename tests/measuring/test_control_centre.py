"""The control centre's benchmark reads answers rightly, and really loads `kingmaker control`."""

import json
from pathlib import Path

import pytest
from benchmarks.control_centre.measuring import Load, Measured, News, measure
from benchmarks.control_centre.page import document, page

LOAD = Load(endpoints=1000, listings_a_second=50.0, seconds=30.0, rounds=3, runs=200)


@pytest.fixture
def measured() -> Measured:
    return Measured(
        idle_mb=100.0,
        waiting_mb=140.0,
        waiting_cpu=0.01,
        listing_cpu=0.3,
        listing_mb=145.0,
        p50_ms=7.0,
        p99_ms=30.0,
        slowest_ms=90.0,
        listings=1500,
        lines=50,
        failures=0,
        news=tuple(News(first=0.1 * n, median=0.2 * n, last=0.3 * n, cpu=0.5) for n in (3, 1, 2)),
    )


def test_announcements_are_told_by_their_middle_with_the_best_and_the_worst(measured: Measured) -> None:
    told = page(measured, LOAD)
    assert "0.20 (0.10 to 0.30), 0.40 (0.20 to 0.60), 0.60 (0.30 to 0.90) s, of 3 announcements" in told
    assert "| 50 listings a second of 50 runs meanwhile: p50 / p99 / slowest | 7.0 / 30.0 / 90 ms |" in told


def test_every_number_is_in_the_document(measured: Measured) -> None:
    told = json.loads(document(measured, LOAD))
    assert told["load"]["endpoints"] == 1000
    assert [one["last"] for one in told["measured"]["news"]] == pytest.approx([0.9, 0.3, 0.6])


@pytest.mark.slow
def test_a_real_control_centre_tells_everybody_and_lists_its_runs(tmp_path: Path) -> None:
    found = measure(tmp_path, Load(endpoints=20, listings_a_second=10.0, seconds=1.0, rounds=2, runs=51))
    assert (found.failures, found.lines, found.listings) == (0, 50, 10)
    assert all(0.0 < news.first <= news.median <= news.last < 10.0 for news in found.news)
    assert (tmp_path / "control.log").read_text().count("Traceback") == 0
