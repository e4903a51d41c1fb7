"""What a journal may take of memory and disk."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotation:
    """A segment is closed beyond so many bytes or seconds; after a refusal the disk is tried again after `probe` seconds."""

    size: int = 32 << 20
    age: float = 60.0
    probe: float = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """Bytes of closed segments on the disk, beyond which the oldest go, and hours for which shipped ones are kept."""

    local_bytes: int = 2 << 30
    keep_hours: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """In seconds: between two looks at the closed segments, and to wait after a failure, doubled with each up to `longest`."""

    look: float = 1.0
    first: float = 1.0
    longest: float = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalLimits:
    """Rows that may wait in memory, and seconds until they are in the file."""

    waiting_rows: int = 50_000
    flush: float = 0.1
    rotation: Rotation = field(default_factory=Rotation)
    retention: Retention = field(default_factory=Retention)
    pace: Pace = field(default_factory=Pace)
