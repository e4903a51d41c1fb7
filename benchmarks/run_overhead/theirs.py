"""Prefect: its server on SQLite, a process that serves the flow and looks for work every second, and runs asked for."""

import json
import os
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import Event

from benchmarks.run_overhead.measured import Measured

PEERS = Path(__file__).parent / "peers"
PORT = 4297
STAGES, WORK = 5, 0.2
"""As in peers/prefect_flow.py."""


def measure(python: Path, folder: Path, runs: int) -> list[Measured]:
    """The first run warms up and is left out."""
    environment = {
        **os.environ,
        "PREFECT_HOME": str(folder),
        "PREFECT_API_URL": f"http://127.0.0.1:{PORT}/api",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_LOGGING_LEVEL": "WARNING",
        "PREFECT_RUNNER_POLL_FREQUENCY": "1",
    }
    with _served(python, environment), _running([python, PEERS / "prefect_flow.py"], environment):
        Event().wait(15)
        asked = subprocess.run(
            [python, PEERS / "prefect_ask.py", str(runs + 1)],
            env=environment,
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
    answers = [json.loads(line) for line in asked.stdout.splitlines()]
    return [Measured(waited=one["waited"], whole=one["whole"], work=STAGES * WORK) for one in answers[1:]]


@contextmanager
def _served(python: Path, environment: Mapping[str, str]) -> Iterator[None]:
    with _running([python.parent / "prefect", "server", "start", "--port", str(PORT)], environment):
        while not _is_healthy():
            Event().wait(0.5)
        yield


def _is_healthy() -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/api/health", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


@contextmanager
def _running(command: list[Path | str], environment: Mapping[str, str]) -> Iterator[None]:
    with subprocess.Popen(
        command, env=dict(environment), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    ) as process:
        try:
            yield
        finally:
            process.terminate()
