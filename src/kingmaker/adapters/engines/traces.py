"""The files a task leaves behind, by its number: spec in, value or error out, and whatever it printed."""

from dataclasses import dataclass
from pathlib import Path

LAST_WORDS = 4000
"""Characters of a dead task's output that are kept."""


@dataclass(frozen=True, slots=True)
class Traces:
    folder: Path
    number: int

    @property
    def spec(self) -> Path:
        return self.folder / f"{self.number}.spec"

    @property
    def value(self) -> Path:
        """The result, whole only when the process ended with `Ending.OK`."""
        return self.folder / f"{self.number}.value"

    @property
    def error(self) -> Path:
        """JSON [message, traceback] of a task that raised."""
        return self.folder / f"{self.number}.error"

    @property
    def output(self) -> Path:
        """Everything the task and its native libraries printed."""
        return self.folder / f"{self.number}.output"

    def last_words(self) -> str:
        if not self.output.exists():
            return ""
        return self.output.read_text(errors="replace")[-LAST_WORDS:].strip()

    def clear(self) -> None:
        for path in (self.spec, self.value, self.error, self.output):
            path.unlink(missing_ok=True)
