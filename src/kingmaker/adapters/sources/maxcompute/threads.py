"""Several things at once, in threads that nobody has to wait for once something went wrong or somebody interrupted."""

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Final, Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

GRACE_SECONDS: Final = 2.0
"""How long threads are waited for that were told to stop: one that hangs on the network hears it later."""


class StoppedError(Exception):
    """The others of its kind were given up."""


@dataclass(frozen=True, slots=True)
class _Said:
    sentence: str


class Stop:
    """Tells threads to leave off, and takes what they say to whoever waits for them."""

    def __init__(self, hear: Callable[[_Said], None]) -> None:
        self._told = threading.Event()
        self._hear = hear

    def now(self) -> None:
        self._told.set()

    def wait(self, seconds: float) -> None:
        """A pause. Raises StoppedError at once when told to stop."""
        if self._told.wait(seconds):
            raise StoppedError

    def say(self, sentence: str) -> None:
        """A sentence for the thread that waits."""
        self._hear(_Said(sentence))

    def heed(self) -> None:
        """Raises StoppedError when told to stop."""
        self.wait(0)


class _Crew(Generic[Item, Result]):
    def __init__(self, items: Sequence[Item], work: Callable[[Item, Stop], Result]) -> None:
        self.answers: SimpleQueue[Result | BaseException | _Said] = SimpleQueue()
        self.stop = Stop(self.answers.put)
        self._work = work
        self._items: SimpleQueue[Item] = SimpleQueue()
        for item in items:
            self._items.put(item)

    def start(self, threads: int) -> list[threading.Thread]:
        crew = [threading.Thread(target=self._run, name=f"slice {number}", daemon=True) for number in range(threads)]
        for one in crew:
            one.start()
        return crew

    def _run(self) -> None:
        try:
            while True:
                item = self._items.get_nowait()
                self.stop.heed()
                self.answers.put(self._work(item, self.stop))
        except Empty:
            return
        except BaseException as error:  # noqa: BLE001 - raised again where the answers are awaited
            self.answers.put(error)


def at_once(
    items: Sequence[Item], work: Callable[[Item, Stop], Result], *, threads: int, told: Callable[[str], None]
) -> Iterator[Result]:
    """The results of `work`, as they come. Raises the first error, after which the rest is given up."""
    crew = _Crew(items, work)
    started = crew.start(min(threads, len(items)))
    missing = len(items)
    try:
        while missing:
            answer = crew.answers.get()
            if isinstance(answer, _Said):
                told(answer.sentence)
            elif isinstance(answer, BaseException):
                raise answer  # noqa: TRY301 - only here the others can be told
            else:
                missing -= 1
                yield answer
    except Exception:
        crew.stop.now()
        for one in started:
            one.join(GRACE_SECONDS)
        raise
    finally:
        crew.stop.now()
