"""Orders of replays, made of the words of who asks."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeVar

from kingmaker.domain.errors import KingmakerError
from kingmaker.domain.replay import Holds
from kingmaker.loop.replaying.calendar import DatesMistaken, dates_of, day_of, every_of
from kingmaker.loop.replaying.plan import Order
from kingmaker.pipeline.declaration import Promote

Word = TypeVar("Word", bound=StrEnum)


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What was said. `first` and `last` are YYYY-MM (the month's last day) or YYYY-MM-DD; commas separate `policies`.

    `mark` stands before the names of what was said when one of them is refused.
    """

    first: str
    last: str
    every: str
    policies: str
    holds: str
    seed: int | None = None
    mark: str = ""


def order_of(text: str, file: str, said: Words, *, today: date) -> Order:
    """What is to be replayed of the declaration in `text`. Raises DatesMistaken, and KingmakerError for an unknown word."""
    first, last = day_of(said.first, f"{said.mark}from"), day_of(said.last, f"{said.mark}to")
    every = every_of(said.every, f"{said.mark}every")
    dates = dates_of(first, last, every)
    if dates[-1] > today:
        raise DatesMistaken(f"{dates[-1].isoformat()} is still to come", remedy="Name a last day that has passed.")
    return Order(
        text=text,
        file=file,
        dates=dates,
        last=every.after(first, len(dates)),
        every=str(every),
        policies=tuple(
            dict.fromkeys(_word(Promote, word, f"{said.mark}policies") for word in said.policies.split(","))
        ),
        holds=_word(Holds, said.holds, f"{said.mark}holds"),
        seed=said.seed,
    )


def _word(words: type[Word], text: str, option: str) -> Word:
    try:
        return words(text.strip())
    except ValueError:
        raise KingmakerError(
            f"{option} does not know {text.strip()!r}", remedy=f"It knows {', '.join(word.value for word in words)}."
        ) from None
