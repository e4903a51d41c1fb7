"""What is measured of challenger and champion on the test window: the same loans, the same approval rate, pair by pair."""

from collections.abc import Mapping
from dataclasses import dataclass

from kingmaker.domain.snapshot import Window
from kingmaker.domain.verdict import Comparison
from kingmaker.loop.judging.judged import Floats, JudgedRows
from kingmaker.pipeline.declaration import Policy
from kingmaker.statistics.approval import approval_point
from kingmaker.statistics.paired_bootstrap import BootstrapDifference, paired_bootstrap
from kingmaker.statistics.paired_tests import PairedDifference, delong, upper_tail
from kingmaker.statistics.resampled_measures import ApprovalAtBadRate, BrierScore, ExpectedProfit, FalseKill, Measure
from kingmaker.statistics.truncation_bias import TruncationBias

DRAWS = 4_000
"""For what decides: its standard error is then known within 1.1 % of itself."""
SHOWN_DRAWS = 200
"""For what is only shown, within 5 %; approval at a bad rate must look at every row in every draw."""
NO_BIAS = TruncationBias(auc=0.0, false_kill=0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gain:
    """By how much the challenger is better; `bias` of it an equally good one would seem to gain too."""

    size: float
    standard_error: float
    bias: float

    @property
    def p_value(self) -> float:
        """One-sided: the chance of so large a gain when nothing but the bias is behind it.

        From the normal tail of the standard error: counted draws cannot show less than one in their number.
        """
        return upper_tail(self.size - self.bias, self.standard_error)

    def is_proven(self, alpha: float, least: float) -> bool:
        return self.p_value <= alpha and self.size - self.bias >= least


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """`false_kill` and `auc` decide, as the gains that they are; `shown` by name: approval at `appetite`, Brier score, profit.

    `appetite` is the bad rate at which approval rates are compared; 0.0, and no approval, when the champion approves no bad.
    """

    false_kill: BootstrapDifference
    auc: PairedDifference
    shown: Mapping[str, BootstrapDifference]
    appetite: float
    bias: TruncationBias

    @property
    def gain_of_false_kill(self) -> Gain:
        found = self.false_kill
        return Gain(size=-found.difference, standard_error=found.standard_error, bias=self.bias.false_kill)

    @property
    def gain_of_auc(self) -> Gain:
        return Gain(size=self.auc.difference, standard_error=self.auc.standard_error, bias=self.bias.auc)

    def comparisons(self) -> tuple[Comparison, ...]:
        return (
            _comparison("false_kill", self.false_kill, self.gain_of_false_kill.p_value),
            _comparison("auc", self.auc, self.gain_of_auc.p_value),
            *(_comparison(name, found, found.p_value_normal) for name, found in self.shown.items()),
        )


def measured(
    policy: Policy, rows: JudgedRows, challenger: Floats, champion: Floats, *, seed: int, bias: TruncationBias
) -> Measured:
    """Raises ValueError for too few rows, and for pds that are none or all equal."""
    appetite = _appetite(policy, rows, champion)

    def drawn(measures: list[Measure], draws: int) -> tuple[BootstrapDifference, ...]:
        return paired_bootstrap(
            rows.bad,
            champion,
            challenger,
            measures=measures,
            customers=rows.customer,
            weight=rows.weight,
            draws=draws,
            seed=seed,
        )

    shown = drawn(_shown(policy, rows, appetite), SHOWN_DRAWS)
    return Measured(
        false_kill=drawn([FalseKill(policy.approval_rate)], DRAWS)[0],
        auc=delong(rows.bad, champion, challenger, customers=rows.customer, weight=rows.weight),
        shown={found.measure: found for found in shown},
        appetite=appetite,
        bias=bias,
    )


def _appetite(policy: Policy, rows: JudgedRows, champion: Floats) -> float:
    """The bad rate that is declared, or else the one that the champion has at the declared approval rate."""
    if policy.max_bad_rate is not None:
        return policy.max_bad_rate
    return approval_point(rows.bad, champion, policy.approval_rate, weight=rows.weight).bad_rate


def _shown(policy: Policy, rows: JudgedRows, appetite: float) -> list[Measure]:
    profit = ExpectedProfit(
        policy.approval_rate,
        policy.loss_given_default,
        policy.return_on_good,
        amount=rows.amount if rows.amount is not None and rows.amount.sum() > 0.0 else None,
    )
    return [*([ApprovalAtBadRate(appetite)] if appetite > 0.0 else []), BrierScore(), profit]


def _comparison(measure: str, found: PairedDifference, p_value: float) -> Comparison:
    return Comparison(
        measure=measure,
        window=Window.TEST.value,
        champion=found.champion,
        challenger=found.challenger,
        difference=found.difference,
        standard_error=found.standard_error,
        p_value=p_value,
    )
