"""A look: one opening of the test window under the proven rule, and what it takes from the yearly error budget."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Written down before the window is opened, so that no look is ever free. `number` counts within the pipeline from 1.

    `artefact` is the content key of the tested trial, `champion` the version it was compared with. `alpha` is the one-sided
    level that every test of the look must pass. A look that `confirms` an earlier one (its number) repeats the test of the
    same artefact at the same level: it can only take a promotion away, and so it spends nothing.
    """

    pipeline: str
    number: int
    run: int
    as_of: date
    artefact: str
    champion: str
    alpha: float
    confirms: int | None
    at: datetime

    @property
    def spent(self) -> float:
        """What the look takes from the budget."""
        return self.alpha if self.confirms is None else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetReset:
    """Somebody wrote the spent budget off: looks before `as_of` count no longer, and the budget accrues anew from that day."""

    pipeline: str
    as_of: date
    by: str
    why: str
    at: datetime
