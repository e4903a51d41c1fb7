"""What a replay found: every policy's decisions over the dates, and what each model it had in force was worth afterwards."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class StepEnd(StrEnum):
    """How a policy's run as of one date ended."""

    DECIDED = "decided"
    REFUSED = "refused"
    """The loans as of that day could not honestly be trained on, or no model could be published: nothing changed."""
    LEFT_OUT = "left_out"
    """The policy never replaces its champion, so nothing was run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """The applicants after one date and until the next, with what became of them. `after` is excluded, `to` is not.

    `rows` are the loans whose outcome was known on the replay's `known_until`; 0 when none was.
    """

    number: int
    after: date
    to: date
    rows: int
    bads: int

    @property
    def bad_rate(self) -> float | None:
        return self.bads / self.rows if self.rows else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What a model was worth on the applicants of one period, each at exactly the policy's approval rate.

    `auc`, `false_kill` (rejected goods / goods) and `bad_rate` (of the approved) are shares in [0, 1];
    `calibration_error` is |mean pd / bad rate - 1|; `profit` is on the approved, in the currency of the amount column, or in
    loans of amount 1 without one.
    """

    auc: float
    false_kill: float
    bad_rate: float
    calibration_error: float
    profit: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyPeriod:
    """One policy on one period: the version in force on most of its days, and what it was worth.

    `figures` and what follows are None before the first champion, and where the period has not both goods and bads.
    `best_false_kill` is the lowest among all versions that any policy had published by then; `regret` is the difference.
    """

    period: int
    version: str | None
    learner: str | None
    figures: Figures | None
    best_version: str | None
    best_false_kill: float | None
    regret: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyRun:
    """One run of a policy. `number` is the run's in the replay's own home, None where nothing was run.

    `reason` is a VerdictReason and `decision` a Decision; of a run that was refused, the code of its error and None.
    `confirms` says that it was the second look at a challenger, between two dates. `false_kill_difference` and
    `auc_difference` are challenger minus champion on the test window, as known on that day.
    """

    as_of: date
    end: StepEnd
    number: int | None
    reason: str
    decision: str | None
    sentence: str
    confirms: bool
    learner: str | None
    candidate: str | None
    false_kill_difference: float | None = None
    auc_difference: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reign:
    """One champion of a policy: in force from the as-of day `since` (excluded) to `until` (included), the replay's last day.

    `hindsight` is None for the first champion and where no loan that it judged has matured.
    """

    turn: int
    since: date
    until: date
    version: str
    learner: str
    run: int
    sentence: str
    hindsight: "Replacement | None"


@dataclass(frozen=True, slots=True, kw_only=True)
class Replacement:
    """A promotion in hindsight: new version against the replaced one on the same loans, those applied during its reign.

    Both approve the policy's share of every period. `difference` is the new one's false kill minus the replaced one's:
    above 0 the promotion turned more good customers away. `standard_error` is that of the paired difference over the goods.
    """

    replaced: str
    goods: int
    difference: float
    standard_error: float

    @property
    def is_worse(self) -> bool:
        return self.difference > 0.0

    @property
    def is_clearly_worse(self) -> bool:
        """Beyond one standard error."""
        return self.difference > self.standard_error


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """A policy's figures over all periods that could be judged; None when none could. `regret` is of the false kill."""

    auc: float | None
    false_kill: float | None
    bad_rate: float | None
    calibration_error: float | None
    profit: float | None
    regret: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyResult:
    """One policy over the whole replay. `by_bads` weighs each period by its bads, `by_period` counts each once.

    `promotions` are replacements: the first champion, which is the same for every policy, is none. `worse` of them had a higher
    false kill in hindsight than the version they replaced, `clearly_worse` by more than one standard error; `judged` is how
    many could be told. `profit` is the sum over all periods.
    """

    policy: str
    pipeline: str
    by_bads: Means
    by_period: Means
    profit: float | None
    promotions: int
    judged: int
    worse: int
    clearly_worse: int
    holds: int
    refusals: int
    reigns: tuple[Reign, ...]
    runs: tuple[PolicyRun, ...]
    periods: tuple[PolicyPeriod, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayResult:
    """A replay. `home` is its own home folder: `kingmaker --home HOME explain RUN` tells more of any run.

    `known_until` is the last day on which the source's outcomes are known; `amount` the declared amount column.
    """

    name: str
    home: str
    pipeline: str
    first: date
    last: date
    every: str
    seed: int
    holds: str
    approval_rate: float
    amount: str | None
    known_until: date
    dates: tuple[date, ...]
    periods: tuple[Period, ...]
    policies: tuple[PolicyResult, ...]
