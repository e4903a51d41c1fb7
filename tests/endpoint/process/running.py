"""`kingmaker endpoint` as a process of its own, following a home with a champion."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from tests.serving.publisher import PIPELINE

APPLICANT = {"loan": "L1", "amount": 5.0}


@dataclass(frozen=True, slots=True)
class Running:
    process: subprocess.Popen[str]
    url: str

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    def asked(self, path: str, body: object = None) -> tuple[int, Any]:
        """Status and document of an answer."""
        data = None if body is None else json.dumps(body).encode()
        try:
            with urlopen(Request(self.url + path, data, {"Content-Type": "application/json"}), timeout=10) as answer:
                return answer.status, json.load(answer)
        except HTTPError as error:
            with error:
                return error.code, json.load(error)

    def is_ready_in_the_end(self) -> Any:
        """What /health/ready says once there is a model."""
        while (answer := self.asked("/health/ready"))[0] != 200:
            assert self.process.poll() is None, "it ended"
        return answer[1]

    def news(self) -> Any:
        """The next line that it prints."""
        assert self.process.stdout is not None
        return json.loads(self.process.stdout.readline())

    def leaves(self) -> int:
        """Its exit code after SIGTERM."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(20)


@contextmanager
def running(
    folder: Path,
    *options: str,
    program: tuple[str, ...] = ("-m", "kingmaker"),
    environment: Mapping[str, str] | None = None,
) -> Iterator[Running]:
    """Follows `folder/home` unless the options say otherwise, and keeps everything of its own in `folder`."""
    own = ["--pipeline", PIPELINE, "--port", "0", "--json", "--cache", str(folder / "cache")]
    source = [] if "--from" in options else ["--from", str(folder / "home")]
    process = subprocess.Popen(
        [sys.executable, *program, "endpoint", *own, *source, *options],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **(environment or {})},
        cwd=folder,
    )
    assert process.stdout is not None
    with process:
        try:
            yield Running(process, json.loads(process.stdout.readline())["url"])
        finally:
            process.kill()
