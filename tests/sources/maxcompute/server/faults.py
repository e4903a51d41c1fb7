"""What goes wrong, and when: switches of the server, each for so many requests of one kind."""

import threading
from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """What a request is about."""

    PROJECT = "project"
    SUBMIT = "submit"
    STATUS = "status"
    STOP = "stop"
    TABLE = "table"
    SESSION = "session"
    DATA = "data"
    OTHER = "other"


class Act(StrEnum):
    DROP_BEFORE = "drop before"
    """Closed before anything is done."""
    DROP_AFTER = "drop after"
    """Done, but the answer is lost."""
    THROTTLE = "throttle"
    """429 FlowExceeded."""
    UNAVAILABLE = "unavailable"
    """503."""
    HOLD_BEFORE = "hold before"
    """Nothing is done until `release`."""
    HOLD_AFTER = "hold after"
    """Done, but not answered until `release`."""
    CUT = "cut"
    """The stream of rows ends after `size` bytes, with the connection."""
    END = "end"
    """The stream of rows ends after `size` bytes as if that were all."""
    SPOIL = "spoil"
    """A byte of the stream is another one."""
    STALL = "stall"
    """After `size` bytes of the stream nothing comes until `release`."""
    FORGET = "forget"
    """The download session is not known any more."""
    NO_ARROW = "no arrow"
    """400 for rows in Arrow."""


@dataclass(slots=True)
class Fault:
    kind: Kind
    act: Act
    times: int = 1
    size: int = 0
    skip: int = 0
    """So many requests of the kind go well first."""


@dataclass
class Faults:
    """Which faults are still to come, and how many requests of each kind came. Used by many threads."""

    pending: list[Fault] = field(default_factory=list)
    seen: Counter[Kind] = field(default_factory=Counter)
    held: Counter[Kind] = field(default_factory=Counter)
    changed: threading.Condition = field(default_factory=threading.Condition)
    released: threading.Event = field(default_factory=threading.Event)

    def add(self, kind: Kind, act: Act, times: int = 1, *, size: int = 0, skip: int = 0) -> None:
        with self.changed:
            self.released.clear()
            self.pending.append(Fault(kind, act, times, size, skip))

    def clear(self) -> None:
        """Everything goes well from here on, and what was held goes on."""
        with self.changed:
            self.pending.clear()
        self.released.set()

    def next(self, kind: Kind) -> Fault | None:
        """Counts the request, and takes the fault that it meets."""
        with self.changed:
            self.seen[kind] += 1
            self.changed.notify_all()
            for fault in self.pending:
                if fault.kind is kind and fault.times > 0:
                    if fault.skip > 0:
                        fault.skip -= 1
                        return None
                    fault.times -= 1
                    return fault
        return None

    def hold(self, kind: Kind) -> None:
        """Until `clear`."""
        with self.changed:
            self.held[kind] += 1
            self.changed.notify_all()
        self.released.wait(60)

    def wait_until_held(self, kind: Kind, count: int = 1) -> None:
        with self.changed:
            assert self.changed.wait_for(lambda: self.held[kind] >= count, timeout=60), f"nothing held {kind}"

    def wait_for(self, kind: Kind, count: int) -> None:
        with self.changed:
            assert self.changed.wait_for(lambda: self.seen[kind] >= count, timeout=60), f"{self.seen[kind]} {kind}"
