"""A champion that stays, whatever wins: nothing but a roll-back moves it until somebody lifts the freeze."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Freeze:
    """`number` starts at 1 in each pipeline. `lifted_at` None: it is in force."""

    pipeline: str
    number: int
    by: str
    why: str
    since: datetime
    lifted_by: str | None = None
    lifted_why: str | None = None
    lifted_at: datetime | None = None
