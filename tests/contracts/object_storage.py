"""A storage that speaks S3, on loopback, in a process of its own."""

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic
from urllib.error import URLError
from urllib.request import Request, urlopen

PATIENCE_SECONDS = 30.0
BUCKET = "vaults"


@dataclass(frozen=True, slots=True)
class ObjectStorage:
    """`bucket` is the URL of a bucket that exists; `variables` are what a process needs to use it."""

    endpoint: str
    bucket: str

    @property
    def variables(self) -> dict[str, str]:
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "key",
            "AWS_SECRET_ACCESS_KEY": "secret",
        }


@contextmanager
def object_storage() -> Iterator[ObjectStorage]:
    """Serving, with one empty bucket."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    storage = ObjectStorage(f"http://127.0.0.1:{port}", f"s3://{BUCKET}")
    command = [sys.executable, "-W", "ignore", "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    quiet = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=quiet) as server:
        try:
            _make_bucket(storage.endpoint)
            yield storage
        finally:
            server.kill()


def _make_bucket(endpoint: str) -> None:
    deadline = monotonic() + PATIENCE_SECONDS
    while True:
        try:
            urlopen(Request(f"{endpoint}/{BUCKET}", method="PUT"), timeout=5.0).close()
        except (URLError, ConnectionError):
            if monotonic() > deadline:
                raise
            threading.Event().wait(0.05)
        else:
            return
