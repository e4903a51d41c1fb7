"""What the simulated years count to. Nothing large is imported here."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What one rule did in so many years of a setting: those with any promotion, and all promotions."""

    setting: str
    rule: str
    years: int
    any_promotion: int
    promotions: int

    @property
    def share(self) -> float:
        return self.any_promotion / self.years

    @property
    def interval(self) -> tuple[float, float]:
        return wilson(self.any_promotion, self.years)


@dataclass(frozen=True, slots=True, kw_only=True)
class Power:
    """How often truly better challengers came into force within a year, and after how many days in the median."""

    rule: str
    bads: int
    gain: float
    years: int
    promoted: int
    median_days: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulated:
    """`nulls` by setting, each by rule; `powers` by bads, gain and rule; the champion's true AUC at 10 % bads."""

    seed: int
    champion_auc: float
    cpu_seconds: float
    nulls: tuple[tuple[Tally, ...], ...]
    powers: tuple[Power, ...]

    @property
    def with_overall(self) -> tuple[tuple[Tally, ...], ...]:
        """`nulls`, and all settings together."""
        return *self.nulls, tuple(together(tallies) for tallies in zip(*self.nulls, strict=True))


def together(tallies: Sequence[Tally]) -> Tally:
    """One rule's tallies of several settings as one."""
    return Tally(
        setting="all settings",
        rule=tallies[0].rule,
        years=sum(one.years for one in tallies),
        any_promotion=sum(one.any_promotion for one in tallies),
        promotions=sum(one.promotions for one in tallies),
    )


def wilson(hits: int, trials: int, level: float = 0.95) -> tuple[float, float]:
    """Confidence interval of a share. Wilson (1927), JASA 22:209."""
    z = NormalDist().inv_cdf((1 + level) / 2)
    share, more = hits / trials, z * z / trials
    middle = share + more / 2
    half = z * sqrt(share * (1 - share) / trials + more / (4 * trials))
    return max(0.0, (middle - half) / (1 + more)), min(1.0, (middle + half) / (1 + more))
