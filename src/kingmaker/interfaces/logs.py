"""Logs on the error stream: lines for people, or one JSON object a line, each with the run that it is about."""

import logging
import sys
from contextvars import ContextVar
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

import msgspec

current_run: Final[ContextVar[int | None]] = ContextVar("current_run", default=None)
"""The run that this thread works on; every line that it logs says so."""


class LogForm(StrEnum):
    TEXT = "text"
    JSON = "json"


def configure_logs(form: LogForm, *, level: int = logging.INFO) -> None:
    """Send everything that is logged in this process to the error stream in that form."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if form is LogForm.JSON else Lines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for noisy in ("uvicorn", "httpx2", "alembic"):
        logging.getLogger(noisy).setLevel(max(level, logging.WARNING))


class Lines(logging.Formatter):
    """`2026-03-01 12:00:00 WARNING run 12: ...`"""

    def format(self, record: logging.LogRecord) -> str:
        run = current_run.get()
        about = f"run {run}: " if run is not None else ""
        line = f"{_moment(record):%Y-%m-%d %H:%M:%S} {record.levelname} {about}{record.getMessage()}"
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line


class JsonLines(logging.Formatter):
    """`at` (UTC), `level`, `logger`, `message`; `run` and `traceback` where there are any."""

    def format(self, record: logging.LogRecord) -> str:
        told: dict[str, object] = {
            "at": _moment(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        run = current_run.get()
        if run is not None:
            told["run"] = run
        if record.exc_info:
            told["traceback"] = self.formatException(record.exc_info)
        return msgspec.json.encode(told).decode()


def _moment(record: logging.LogRecord) -> datetime:
    return datetime.fromtimestamp(record.created, UTC)
