"""The follower: learns of a new pointer, believes it only if it is newer and proven, and takes the seat with what it names."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from importlib.metadata import version
from math import inf
from threading import Event, Thread
from time import monotonic
from typing import Any, Final

from kingmaker.bundle.keys import PublicKey
from kingmaker.bundle.pointers import read_pointer
from kingmaker.domain.errors import NotFound, PointerRefused, StorageFailed
from kingmaker.domain.pointer import Pointer
from kingmaker.ports.depot import Depot, Marked
from kingmaker.serving.admission import Seen, admit
from kingmaker.serving.assembling import Assembler
from kingmaker.serving.backing_off import BackingOff
from kingmaker.serving.cache import Cache, Remembered
from kingmaker.serving.following import Failure, Following, failure_of, is_same, news_for_callers, report_of
from kingmaker.serving.pace import Pace
from kingmaker.serving.readings import Reading
from kingmaker.serving.reporting import Reporter
from kingmaker.serving.seat import Seat, Standing
from kingmaker.serving.tally import Tally

_STOP_SECONDS: Final = 5.0
_SHORTEST_WAIT: Final = 0.75
_RELEASE: Final = version("kingmaker")


@dataclass(frozen=True, slots=True)
class _Wanted:
    """An admitted pointer, and the signed bytes that it came in."""

    pointer: Pointer
    data: bytes

    @property
    def archives(self) -> tuple[str, ...]:
        return tuple(placed.archive for placed in self.pointer.placed)


class Follower:
    """Fills the seat in a thread of its own. Whatever fails, what sits there stays; `state()` says what and why.

    `trusted` are the pinned public keys. `endpoint` names this process in its reports.
    """

    def __init__(  # noqa: PLR0913
        self,
        seat: Seat,
        depot: Depot,
        pipeline: str,
        trusted: Sequence[PublicKey],
        cache: Cache,
        *,
        endpoint: str = "endpoint",
        pace: Pace | None = None,
        served: Callable[[], object] = lambda: None,
    ) -> None:
        """`served` is told in reports: how requests were served."""
        self._seat = seat
        self._depot = depot
        self._pipeline = pipeline
        self._trusted = tuple(trusted)
        self._cache = cache
        self._pace = pace or Pace()
        self._served_so_far = served
        self._assembler = Assembler(depot, cache, pipeline, self._trusted)
        self._remembered = self._written = Remembered(pipeline=pipeline)
        self._refusal: Failure | None = None
        self._marked: Marked | None = None
        self._read_at = -inf
        self._wanted: _Wanted | None = None
        self._due: float | None = None
        self._retries = BackingOff(self._pace.first_delay, self._pace.longest_delay, self._pace.chance)
        self._calls = BackingOff(self._pace.first_delay, self._pace.longest_delay, self._pace.chance)
        self._following = Following(pipeline=pipeline, endpoint=endpoint)
        self._tally = Tally(monotonic())
        self._reporter = Reporter(depot, pipeline, endpoint, self._report, self._pace.report)
        self._served, self._over = Event(), Event()
        self._thread = Thread(target=self._run, name="kingmaker-follow", daemon=True)

    def start(self) -> None:
        """Begin, with what the cache has at first. Once."""
        self._thread.start()
        self._reporter.start()

    def stop(self) -> None:
        """End within moments; what sits in the seat goes on answering. The depot still takes segments and reports."""
        self._over.set()
        self._depot.stop_waiting()
        if self._thread.is_alive():
            self._thread.join(_STOP_SECONDS)
        self._reporter.stop(_STOP_SECONDS)
        self._cache.close()

    def wait_until_served(self, timeout: float) -> bool:
        """Whether something answers, waiting so many seconds at most."""
        return self._served.wait(timeout)

    def state(self) -> Following:
        """As it is now, from any thread."""
        return self._following

    def readings(self) -> Iterable[Reading]:
        """Swaps, refusals, failures, edition, and how long the depot has been silent, from any thread."""
        yield from self._tally.readings(self._following, monotonic())
        yield from self._reporter.readings()

    def _run(self) -> None:
        self._resume()
        while not self._over.is_set():
            try:
                self._follow()
            except Exception as error:  # noqa: BLE001 - nothing that happens here may end it
                self._failed(error)
                self._over.wait(self._retries.delay())

    def _resume(self) -> None:
        """Serve what the last process served, without the depot."""
        self._remembered = self._written = self._cache.remembered(self._pipeline)
        if self._cache.trouble:
            self._failed(StorageFailed(self._cache.trouble))
        try:
            if self._remembered.pointer:
                pointer = read_pointer(self._remembered.pointer, trusted=self._trusted, where="the cached pointer")
                admit(pointer, self._pipeline, Seen())
                standing = self._assembler.crown(pointer, None, offline=True)
                assembled = self._assembler.accompany(standing, offline=True)
                self._sit(assembled.standing)
                self._tell(from_cache=True, missing=assembled.missing)
        except Exception as error:  # noqa: BLE001 - the depot has the same, or better
            self._failed(error)
        self._tell(newest=self._remembered.seen.edition)

    def _follow(self) -> None:
        try:
            marked = self._news()
        except Exception as error:  # noqa: BLE001 - the depot's own errors, and what its libraries let through
            self._bear_silence(error)
            return
        self._calls.reset()
        self._tally.contact = monotonic()
        self._tell(contact=self._pace.clock(), silence=None)
        if marked is not None:
            is_only_retagged = self._marked is not None and marked.data == self._marked.data
            self._consider(marked)
            if is_only_retagged:  # as by a server that tags every answer anew: it is not asked without a pause
                self._over.wait(self._pace.absent_delay)
        elif self._wanted is not None and self._due is not None and monotonic() >= self._due:
            self._pursue(self._wanted)
        elif self._cache.trouble:
            self._cache.mend()
            self._remember(self._remembered)

    def _news(self) -> Marked | None:
        """Another pointer than the one considered last, or None after a while, at the latest when a retry is due."""
        reread = monotonic() - self._read_at > self._pace.reread
        known = self._marked.tag if self._marked and not reread else ""
        wait = self._pace.wait * self._pace.chance.uniform(_SHORTEST_WAIT, 1.0)  # a fleet must not ask in step
        if self._due is not None:
            wait = min(wait, max(0.0, self._due - monotonic()))
        marked = self._depot.pointer(self._pipeline, known=known, wait=wait)
        if marked is None:
            return None
        self._read_at = monotonic()
        return None if marked == self._marked else marked

    def _bear_silence(self, error: Exception) -> None:
        if self._over.is_set():
            return
        absent = isinstance(error, NotFound)
        delay = self._pace.absent_delay if absent else self._calls.delay()
        self._tally.count(error)
        failure = failure_of(error, self._pace.clock())
        self._tell(silence=failure, last_failure=failure)
        self._over.wait(delay)

    def _consider(self, marked: Marked) -> None:
        self._marked = marked
        self._assembler.forget_refusals()
        try:
            pointer = read_pointer(marked.data, trusted=self._trusted, where=f"the pointer of {self._pipeline}")
            seen = admit(pointer, self._pipeline, self._remembered.seen)
        except PointerRefused as error:
            self._refusal = self._failed(error)
            return
        self._refusal = None
        self._remembered = replace(self._remembered, seen=seen)
        self._tell(newest=seen.edition)
        self._wanted = _Wanted(pointer, marked.data)
        self._retries.reset()
        self._pursue(self._wanted)

    def _pursue(self, wanted: _Wanted) -> None:
        """The champion first; its companions are not waited for."""
        try:
            standing = self._assembler.crown(wanted.pointer, self._seat.standing)
        except Exception as error:  # noqa: BLE001 - also what onnxruntime raises on a graph that it cannot run
            self._failed(error)
            self._try_again(may_pass=not self._assembler.has_refused(wanted.pointer.champion))
            self._remember(self._remembered)
            return
        self._take(standing, wanted)
        assembled = self._assembler.accompany(standing)
        self._take(assembled.standing, wanted)
        for one in assembled.missing:
            self._tally.count(one.error)
        self._tell(missing=assembled.missing, failure=self._refusal, from_cache=False)
        self._try_again(may_pass=any(one.may_pass for one in assembled.missing))

    def _try_again(self, *, may_pass: bool) -> None:
        """Later, if that can help; else when the pointer changes."""
        if not may_pass:
            self._due = None
            self._tell(next_try=None)
            return
        delay = self._retries.delay()
        self._due = monotonic() + delay
        self._tell(next_try=self._pace.clock() + timedelta(seconds=delay))

    def _take(self, standing: Standing, wanted: _Wanted) -> None:
        now = self._seat.standing
        if now is None or not is_same(standing, now):
            self._sit(standing)
        self._remember(self._remembered.followed_by(wanted.data, wanted.archives))

    def _sit(self, standing: Standing) -> None:
        now, pointer = self._seat.standing, standing.pointer
        self._seat.take(standing)
        self._served.set()
        if now is None or now.champion.version != standing.champion.version:
            self._tally.swaps += 1
            notes = news_for_callers(now.champion, standing.champion) if now else ()
            self._tell(version=standing.champion.version, since=self._pace.clock(), notes=notes)
        self._tell(edition=pointer.edition, turn=pointer.turn)
        self._reporter.nudge()

    def _remember(self, remembered: Remembered) -> None:
        """On the disk, where it is not there already; the bundles that it no longer asks for go."""
        if remembered != self._written or self._cache.trouble:
            self._cache.remember(remembered)
            wanted = self._wanted.archives if self._wanted else ()
            self._cache.prune(remembered.archives.union(wanted))
        self._remembered = self._written = remembered
        self._tell()

    def _failed(self, error: Exception) -> Failure:
        """Count it, and tell it as what stands in the way."""
        self._tally.count(error)
        failure = failure_of(error, self._pace.clock())
        self._tell(failure=failure, last_failure=failure)
        return failure

    def _tell(self, **changes: Any) -> None:
        self._following = replace(self._following, cache=self._cache.trouble, **changes)

    def _report(self) -> bytes:
        served = self._served_so_far()
        return report_of(self._following, at=self._pace.clock(), release=_RELEASE, served=served)
