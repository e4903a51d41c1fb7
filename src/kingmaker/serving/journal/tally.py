"""What the journal counts. Each number has one writer, so that none needs a lock."""

from dataclasses import dataclass


@dataclass(slots=True)
class Tally:
    """In rows, from the start of the process; `last_shipped` is in seconds since 1970, 0 before the first."""

    recorded: int = 0
    drained: int = 0
    written: int = 0
    unreadable: int = 0
    queue: int = 0
    disk: int = 0
    retention: int = 0
    segments_shipped: int = 0
    pending_bytes: int = 0
    last_shipped: float = 0.0
    batch_failure: str = ""
    writing_failure: str = ""
    shipping_failure: str = ""
