"""Documents that were read before, for as long as what tells of a change says that they are the same."""

from collections.abc import Callable, Hashable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Final

AT_ONCE: Final = 16

Read = Callable[[str], bytes | None]


class Remembered:
    """By name, with the stamp under which each was read. Safe for several threads: a name is replaced whole."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[Hashable, bytes]] = {}

    def documents(self, stamps: Mapping[str, Hashable], read: Read, *, at_once: int = 1) -> dict[str, bytes]:
        """Those of `stamps` that are (still) there, by name in ascending order; only what has changed is read.

        A stamp is taken before its document is read, so that what changes in between is read again the next time.
        A stamp of None says nothing: its document is read each time. Up to `at_once` are read at the same time.
        """
        changed = [name for name, stamp in stamps.items() if stamp is None or self._stamp_of(name) != stamp]
        found = dict(zip(changed, _read_all(changed, read, at_once), strict=True))
        for name, data in found.items():
            if data is None:
                self._known.pop(name, None)
            else:
                self._known[name] = (stamps[name], data)
        known = {name: self._known.get(name) for name in sorted(stamps)}
        return {name: told[1] for name, told in known.items() if told is not None}

    def _stamp_of(self, name: str) -> Hashable:
        known = self._known.get(name)
        return None if known is None else known[0]


def _read_all(names: list[str], read: Read, at_once: int) -> list[bytes | None]:
    if at_once == 1 or len(names) < 2:
        return [read(name) for name in names]
    with ThreadPoolExecutor(min(at_once, len(names)), thread_name_prefix="documents") as threads:
        return list(threads.map(read, names))
