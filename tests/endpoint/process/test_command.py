"""`kingmaker endpoint` as a person or an orchestrator runs it."""

import http.server
import json
import signal
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from threading import Thread
from time import monotonic

import pytest
from tests.endpoint.wire.caller import calling, get
from tests.endpoint.wire.certificates import self_signed
from tests.serving.publisher import PIPELINE, Publisher

from kingmaker.endpoint_wiring import open_source
from kingmaker.interfaces.cli.app import run_command_line
from kingmaker.wiring import open_house

from .running import APPLICANT, running

COMMAND = (sys.executable, "-m", "kingmaker", "endpoint", "--pipeline", PIPELINE)
TOKEN = "a-token-of-enough-letters"


def test_it_answers_with_the_champion_and_with_the_next_one_soon_after(publisher: Publisher, tmp_path: Path) -> None:
    first = publisher.crown(1)
    with running(tmp_path) as endpoint:
        ready = endpoint.is_ready_in_the_end()
        assert (ready["version"], ready["edition"], ready["state"]) == (first.version, 1, "serving")
        status, answer = endpoint.asked("/score", APPLICANT)
        assert (status, answer["version"], answer["id"]) == (200, first.version[:12], "L1")
        second = publisher.crown(2)
        begun = monotonic()
        while endpoint.asked("/score", APPLICANT)[1]["version"] != second.version[:12]:
            assert monotonic() - begun < 10
        assert endpoint.leaves() == 0


def test_it_runs_before_there_is_a_champion_and_says_that_it_is_not_ready(publisher: Publisher, tmp_path: Path) -> None:
    with running(tmp_path) as endpoint:
        status, told = endpoint.asked("/health/ready")
        assert (status, told["ready"], told["state"]) == (503, False, "waiting")
        assert endpoint.asked("/health/live") == (200, {"live": True})
        assert endpoint.asked("/score", APPLICANT)[0] == 503
        publisher.crown(1)
        assert endpoint.is_ready_in_the_end()["edition"] == 1


def test_it_tells_why_nothing_answers_and_which_version_does(publisher: Publisher, tmp_path: Path) -> None:
    with running(tmp_path) as endpoint:
        waiting = endpoint.news()
        assert (waiting["state"], waiting["version"]) == ("waiting", "")
        assert f"champions/{PIPELINE}.json" in waiting["why"]
        first = publisher.crown(1)
        while (told := endpoint.news())["state"] == "waiting":
            pass
        assert told == {"state": "serving", "version": first.version, "edition": 1, "why": ""}


def test_it_starts_from_its_cache_when_the_source_is_away(publisher: Publisher, tmp_path: Path) -> None:
    placed = publisher.crown(1)
    with running(tmp_path) as endpoint:
        endpoint.is_ready_in_the_end()
        assert endpoint.leaves() == 0
    publisher.vault.rename(tmp_path / "away")
    with running(tmp_path) as endpoint:
        assert endpoint.is_ready_in_the_end()["version"] == placed.version
        assert endpoint.asked("/score", APPLICANT)[0] == 200


def test_answers_are_logged_until_the_last_one(publisher: Publisher, tmp_path: Path) -> None:
    publisher.crown(1)
    with running(tmp_path, "--log", str(tmp_path / "log"), "--name", "alone") as endpoint:
        endpoint.is_ready_in_the_end()
        for _ in range(5):
            endpoint.asked("/score", [APPLICANT] * 3)
        assert endpoint.leaves() == 0
    shipped = list((publisher.vault).rglob("*.jsonl.gz")) + list((tmp_path / "log").rglob("*.jsonl*"))
    assert shipped


def test_what_every_part_counts_can_be_scraped(publisher: Publisher, tmp_path: Path) -> None:
    publisher.crown(1)
    with running(tmp_path) as endpoint, calling(endpoint.port) as caller:
        endpoint.is_ready_in_the_end()
        endpoint.asked("/score", [APPLICANT] * 3)
        caller.asks(get("/nothing"))
        text = caller.asks(get("/metrics")).body.decode()
    values = dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
    assert values['kingmaker_requests_total{route="/score",status="200"}'] == "1.0"
    assert values['kingmaker_requests_total{route="unmatched",status="404"}'] == "1.0"
    assert values['kingmaker_request_seconds_count{route="/score"}'] == "1.0"
    assert values['kingmaker_request_seconds_bucket{le="+Inf",route="/score"}'] == "1.0"
    assert values['kingmaker_scoring_answered_rows_total{role="champion"}'] == "3.0"
    assert values["kingmaker_ready"] == "1.0"
    assert float(values["process_resident_memory_bytes"]) > 1e7
    names = [line.split()[2] for line in text.splitlines() if line.startswith("# TYPE")]
    assert len(names) == len(set(names)), "one family a name"


def test_a_second_signal_ends_it_at_once(publisher: Publisher, tmp_path: Path) -> None:
    publisher.crown(1)
    with running(tmp_path, "--stop-seconds", "600") as endpoint, calling(endpoint.port) as caller:
        caller.says(b"POST /score HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n")
        with calling(endpoint.port) as other:
            endpoint.process.send_signal(signal.SIGTERM)
            while not other.asks(get("/health/live")).closes:
                pass
        endpoint.process.send_signal(signal.SIGTERM)
        assert endpoint.process.wait(10) == 128 + signal.SIGTERM


def test_it_serves_behind_tls_to_those_with_a_token(publisher: Publisher, tmp_path: Path) -> None:
    publisher.crown(1)
    pair = self_signed(tmp_path)
    token = tmp_path / "token"
    token.write_text(TOKEN)
    options = ("--tls-cert", str(pair.certificate), "--tls-key", str(pair.key), "--token-file", str(token))
    with running(tmp_path, *options) as endpoint:
        assert endpoint.url.startswith("https://")
        with calling(endpoint.port, ssl.create_default_context(cafile=pair.certificate)) as caller:
            while caller.asks(get("/health/ready")).status != 200:
                pass
            assert caller.asks(get("/metrics")).status == 401
            assert caller.asks(get("/metrics", f"Authorization: Bearer {TOKEN}")).status == 200


@contextmanager
def files_of(folder: Path) -> Iterator[str]:
    """A server of static files."""
    handler = partial(Silent, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


class Silent(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


def test_it_follows_a_server_of_files_under_a_pinned_key(publisher: Publisher, tmp_path: Path) -> None:
    placed = publisher.crown(1)
    with (
        files_of(publisher.vault) as url,
        running(tmp_path, "--from", url, "--key", publisher.key.public.text) as endpoint,
    ):
        assert endpoint.is_ready_in_the_end()["version"] == placed.version
        assert endpoint.leaves() == 0


def refused(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    code = run_command_line(open_house, ["endpoint", "--pipeline", PIPELINE, *words, "--json"], open_source=open_source)
    told = capsys.readouterr()
    assert (code, told.out) == (2, "")
    error = json.loads(told.err)["error"]
    return f"{error['where']}: {error['what']}. {error['remedy']}"


def test_what_cannot_be_meant_is_refused_with_a_sentence(
    publisher: Publisher, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = str(tmp_path / "home")
    text = tmp_path / "text"
    text.write_text("no key")
    assert "no public key is pinned" in refused(capsys, "--from", str(tmp_path / "nowhere"))
    assert "no public key is pinned" in refused(capsys, "--from", "http://127.0.0.1:1")
    assert "this is not a public key" in refused(capsys, "--from", home, "--key", "kingmaker-public-key-1:abc")
    assert f"{text}:1: this is not a public key" in refused(capsys, "--from", home, "--key", str(text))
    assert "cannot be read" in refused(capsys, "--from", home, "--key", "absent.keys")
    assert "this is not a public key" in refused(capsys, "--from", home, "--key", "own: {}" + 300 * "a")
    assert "--max-body" in refused(capsys, "--from", home, "--max-body", "lots")
    assert "TLS needs" in refused(capsys, "--from", home, "--tls-cert", str(text))
    assert "the tokens cannot be read" in refused(capsys, "--from", home, "--token-file", "absent")
    assert "words" in refused(capsys, "--from", home, "--words", str(text), "--cache", str(tmp_path))


def test_a_taken_port_is_refused_with_a_sentence(publisher: Publisher, tmp_path: Path) -> None:
    with running(tmp_path) as endpoint:
        again = subprocess.run(
            [*COMMAND, "--from", "home", "--json", "--port", str(endpoint.port), "--cache", "other"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert (again.returncode, json.loads(again.stderr)["error"]["code"]) == (2, "address_refused")
