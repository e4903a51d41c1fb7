"""The endpoint's benchmark reads wrk rightly, judges rounds against one another, and really loads our endpoint."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from benchmarks.contest import ROOT
from benchmarks.serving.bench import bench, what_is_missing
from benchmarks.serving.contenders.contender import Place
from benchmarks.serving.contenders.everyone import EVERYONE, named
from benchmarks.serving.contenders.ours import OURS
from benchmarks.serving.environments import absent, need_all
from benchmarks.serving.goals import findings
from benchmarks.serving.load import HELLOS, POINTS, Load, read
from benchmarks.serving.measure import cpu_seconds, family, memory
from benchmarks.serving.page import contenders_table, document, page
from benchmarks.serving.questions import load_questions
from benchmarks.serving.rounds import Measured, measure
from benchmarks.serving.server import free_port

ANSWERED = """\
Running 1s test @ http://127.0.0.1:50877/score
  1 threads and 8 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     7.32ms    2.40ms  22.66ms   77.37%
    Req/Sec     1.10k    73.78     1.23k    70.00%
  1098 requests in 1.00s, 161.92KB read
Requests/sec:   1092.78
Transfer/sec:    161.15KB
measured {"requests": 1098, "microseconds": 1004774, "p50": 6870.0, "p99": 15554.0, "refused": 0, "broken": 0}
"""
REFUSED = """\
Running 1s test @ http://127.0.0.1:50877/score
  1 threads and 8 connections
  11863 requests in 1.10s, 1.74MB read
  Non-2xx or 3xx responses: 11863
measured {"requests": 11863, "microseconds": 1103652, "p50": 559.0, "p99": 4848.0, "refused": 11863, "broken": 0}
"""


def measured(name: str, speed: float, *, hellos: bool = False, p99: float = 1.0) -> Measured:
    load = Load(requests_per_second=speed, p50_ms=0.5, p99_ms=p99, errors=0, cpu_us=10.0)
    hello = Load(requests_per_second=speed * 2, p50_ms=0.2, p99_ms=0.9, errors=0, cpu_us=5.0)
    loads = {point.name: load for point in POINTS} | ({point.name: hello for point in HELLOS} if hellos else {})
    return Measured(
        contender=name,
        first_answer_seconds=1.0,
        rss_mb=120.0,
        pss_mb=100.0,
        largest_difference=1e-7,
        unlogged_rows=0,
        loads=loads,
    )


@pytest.fixture
def rounds() -> dict[str, list[Measured]]:
    return {
        "kingmaker": [measured("kingmaker", speed, hellos=True) for speed in (9_000.0, 20_000.0, 10_000.0)],
        "fastapi": [measured("fastapi", speed, p99=6.0) for speed in (1_000.0, 2_000.0, 2_000.0)],
    }


def test_requests_a_second_are_those_of_the_time_wrk_really_took() -> None:
    load = read(ANSWERED, cpu_seconds=1.098)
    assert load.requests_per_second == pytest.approx(1_092.78, abs=0.01)
    assert (load.p50_ms, load.p99_ms) == (6.87, 15.554)
    assert load.cpu_us == pytest.approx(1_000.0)
    assert load.errors == 0


def test_a_refused_request_is_an_error_however_fast_it_was() -> None:
    assert read(REFUSED, cpu_seconds=1.0).errors == 11_863


def test_output_without_a_measurement_is_told_not_guessed() -> None:
    with pytest.raises(ValueError, match="no measurement"):
        read("unable to connect to 127.0.0.1:1 Connection refused\n", cpu_seconds=0.0)


def test_a_ratio_is_of_one_round_and_its_median_is_judged(rounds: dict[str, list[Measured]]) -> None:
    found = {finding.what: finding for finding in findings(rounds)}
    faster = found["requests/s over FastAPI + xgboost, 8 connections, one row"]
    assert faster.ratio == "9.00 (5.00 to 10.00)"
    assert faster.met
    assert not any("mlflow" in what for what in found), "who took no part is not judged against"


METRICS = """\
# HELP kingmaker_journal_on 1 when answers are logged.
kingmaker_journal_on 1.0
kingmaker_journal_written_rows_total 563836.0
kingmaker_journal_dropped_rows_total{cause="queue"} 40.0
kingmaker_journal_dropped_rows_total{cause="disk"} 2.0
kingmaker_scoring_answered_rows_total{role="champion"} 565893.0
"""


def test_rows_that_our_log_drops_are_counted_and_a_log_that_is_off_is_refused() -> None:
    assert OURS.unlogged(METRICS) == 42
    with pytest.raises(ValueError, match="logs nothing"):
        OURS.unlogged(METRICS.replace("journal_on 1.0", "journal_on 0.0"))


def test_a_request_that_failed_under_load_misses_the_goal(rounds: dict[str, list[Measured]]) -> None:
    failed = rounds["kingmaker"][0].loads["c64 r1"]
    rounds["kingmaker"][0].loads["c64 r1"] = Load(**{**failed.told(), "errors": 3})
    told = next(finding for finding in findings(rounds) if "not answered" in finding.what)
    assert (told.ours, told.met) == ("3", False)


def test_the_table_has_a_line_for_each_contender_and_one_for_the_hello(rounds: dict[str, list[Measured]]) -> None:
    head, rule, ours, hello, fastapi = contenders_table(rounds)
    assert len({line.count("|") for line in (head, rule, ours, hello, fastapi)}) == 1
    assert ours.startswith("| Kingmaker | 10,000; 0.50 / 1.00; 10 |")
    assert hello.startswith("| Kingmaker: `/health/live` | 20,000;")
    assert fastapi.startswith("| FastAPI + xgboost | 2,000;")
    assert head in page(rounds)


def test_every_number_of_every_round_is_in_the_document(rounds: dict[str, list[Measured]]) -> None:
    told = json.loads(document(rounds))["rounds"]
    assert [one["loads"]["c8 r1"]["requests_per_second"] for one in told["kingmaker"]] == [9_000.0, 20_000.0, 10_000.0]


def test_a_missing_environment_is_told_with_how_to_make_it(tmp_path: Path) -> None:
    assert OURS not in absent(EVERYONE, tmp_path)
    with pytest.raises(SystemExit, match=r"fastapi, mlserver, bentoml, mlflow.*--install"):
        need_all(EVERYONE, tmp_path)


@pytest.mark.skipif(not what_is_missing(), reason="everything that the contest needs is here")
def test_among_all_benchmarks_the_endpoint_s_is_left_out_aloud_where_something_is_missing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert bench(quick=True) is None
    told = capsys.readouterr().out
    assert "SKIPPED: benchmarks.serving" in told
    assert what_is_missing() in told


def test_an_unknown_contender_is_told_with_those_there_are() -> None:
    with pytest.raises(SystemExit, match="There is no contender triton; there are kingmaker, fastapi"):
        named(["kingmaker", "triton"])


def test_every_package_of_a_peer_has_one_version_and_no_address() -> None:
    for contender in EVERYONE:
        lines = contender.requirements.read_text().splitlines()[1:] if contender.requirements else []
        assert all(line.count("==") == 1 and "/" not in line for line in lines), contender.name


def test_a_server_is_charged_for_its_children_too() -> None:
    working = "import time\nwhile time.process_time() < .2: pass\nprint(1, flush=True)\ninput()"
    parent = f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {working!r}])"
    with subprocess.Popen(
        [sys.executable, "-c", parent], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        assert len(family(process.pid)) == 2
        assert cpu_seconds(process.pid) >= 0.2
        used = memory(process.pid)
        assert 0 < used.pss_mb <= used.rss_mb
        process.communicate("\n")
    assert family(process.pid) == []


@pytest.mark.slow
def test_our_endpoint_answers_as_xgboost_does_and_refuses_nothing_under_load(tmp_path: Path) -> None:
    if not shutil.which("wrk"):
        pytest.skip("wrk is not installed: our endpoint was NOT put under load (on Debian, `apt-get install wrk`)")
    subprocess.run([sys.executable, "-m", "benchmarks.serving.model", tmp_path], cwd=ROOT, check=True)
    place = Place(folder=tmp_path, programs=Path(sys.executable).parent, port=free_port())
    found = measure(OURS, place, load_questions(tmp_path), seconds=1)
    assert found.largest_difference <= 1e-5
    assert found.unlogged_rows == 0
    assert {name: load.errors for name, load in found.loads.items() if load.errors} == {}
    assert all(load.requests_per_second > 0 for load in found.loads.values())
