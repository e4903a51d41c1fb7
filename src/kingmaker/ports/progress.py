"""How the loop tells a person (or nobody) where it is, without knowing what a terminal is."""

from typing import Protocol


class Progress(Protocol):
    """Cheap to call; never raises. A stage that does not call `advance` shows as busy."""

    def stage(self, name: str, sentence: str) -> None: ...

    def advance(self, done: int, total: int, note: str = "") -> None: ...

    def say(self, sentence: str) -> None: ...


class Silence:
    """Progress for nobody."""

    def stage(self, name: str, sentence: str) -> None: ...

    def advance(self, done: int, total: int, note: str = "") -> None: ...

    def say(self, sentence: str) -> None: ...
