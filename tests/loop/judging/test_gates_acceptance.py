"""Selection bias said aloud: outcomes of approved loans alone flatter a challenger, and the verdict knows by how much."""

import re

import numpy as np
import pytest

from kingmaker.domain.verdict import Decision, GateOutcome, VerdictReason
from kingmaker.loop.judging.gates.acceptance import FEWEST_OF_EACH, Selectivity, selectivity
from kingmaker.loop.judging.gates.proof import Proof, prove
from kingmaker.loop.judging.rule import Findings, decide
from kingmaker.pipeline.declaration import Pipeline, Policy, Promote
from kingmaker.statistics.paired_tests import delong

from .lender import Applicants, KnownLoans, judged
from .world import pipeline_of

EXPLORED = {"outcomes_of": "approved", "explored": "tried", "propensity": "chance"}
LEVEL = 0.05 / 52


def declared(**acceptance: object) -> Pipeline:
    return Pipeline.model_validate(pipeline_of().model_dump() | {"policy": Policy(), "acceptance": acceptance})


def seen(loans: KnownLoans, **acceptance: object) -> Selectivity:
    return selectivity(declared(**acceptance), loans.rows, loans.challenger, loans.champion)


def proven(loans: KnownLoans, found: Selectivity, policy: Policy | None = None) -> Proof:
    return prove(policy or Policy(), found.rows, loans.challenger, loans.champion, alpha=LEVEL, seed=7, bias=found.bias)


def decided(loans: KnownLoans, found: Selectivity, rule: Promote = Promote.PROVEN) -> VerdictReason:
    findings = Findings(
        rule=rule,
        gates=(),
        enough_bads=True,
        champion_exists=True,
        champion_comparable=True,
        same_answers=False,
        proof=proven(loans, found),
        bias=found.gates,
    )
    return decide(findings)[0]


@pytest.fixture(scope="module")
def flattered() -> KnownLoans:
    """Two models that are equally good, judged on 21,000 loans that one of them chose."""
    return Applicants.drawn(30_000, seed=4).known()


@pytest.mark.slow
def test_an_equally_good_challenger_is_proven_better_where_nobody_says_whose_outcomes_are_known(
    flattered: KnownLoans,
) -> None:
    naive = seen(flattered)
    assert (naive.gates, naive.notes) == ((), ())
    assert decided(flattered, naive) is VerdictReason.PROVEN_BETTER


@pytest.mark.slow
def test_once_it_is_declared_the_same_challenger_is_not_proven_better(flattered: KnownLoans) -> None:
    known = seen(flattered, outcomes_of="approved")
    assert decided(flattered, known) is VerdictReason.NOT_PROVEN_BETTER
    (gate,) = known.gates
    assert (gate.code, gate.outcome, gate.limit) == ("G6.selection_bias", GateOutcome.HELD, 0.005)
    assert gate.value == pytest.approx(0.02, abs=0.005)


def test_the_verdict_says_whose_outcomes_are_known_and_what_that_alone_is_worth(flattered: KnownLoans) -> None:
    known = seen(flattered, outcomes_of="approved", share=0.7)
    (note,) = known.notes
    assert "only for loans that were approved (70 % of applicants)" in note
    assert f"{known.bias.auc:.4f} better in AUC" in note
    sentences = [gate.sentence for gate in proven(flattered, known).gates]
    assert f"of which {100 * known.bias.false_kill:.2f} for the selection bias" in sentences[0]
    assert f"of which {known.bias.auc:.4f} for the selection bias" in sentences[1]


@pytest.mark.slow
def test_a_truly_better_challenger_waits_for_a_person_while_the_bias_is_above_its_limit() -> None:
    loans = Applicants.drawn(9_000, seed=1, skill=0.9).known()
    known = seen(loans, outcomes_of="approved")
    assert decided(loans, known) is VerdictReason.SELECTION_BIASED
    assert VerdictReason.SELECTION_BIASED.to_decision() is Decision.HOLD
    allowed = seen(loans, outcomes_of="approved", max_bias=0.1)
    assert allowed.gates[0].outcome is GateOutcome.PASSED
    assert decided(loans, allowed) is VerdictReason.PROVEN_BETTER
    assert "beyond the selection bias" in proven(loans, allowed).sentence


def test_the_plain_rule_waits_too_while_the_bias_is_above_its_limit(flattered: KnownLoans) -> None:
    known = seen(flattered, outcomes_of="approved")
    assert decided(flattered, known, Promote.POINT) is VerdictReason.SELECTION_BIASED


def test_a_champion_that_approved_everybody_leaves_no_bias(flattered: KnownLoans) -> None:
    everybody = seen(flattered, outcomes_of="approved", share=1.0)
    assert (everybody.bias.auc, everybody.bias.false_kill) == (0.0, 0.0)
    assert everybody.gates[0].outcome is GateOutcome.PASSED


@pytest.mark.parametrize("explored", [0.03, 0.05])
def test_a_few_explored_loans_make_the_spurious_gain_vanish(explored: float) -> None:
    books = [Applicants.drawn(15_000, seed=seed).known(explored=explored) for seed in range(24)]
    naive = [delong(one.rows.bad, one.champion, one.challenger).difference for one in books]
    weighted = [delong(one.rows.bad, one.champion, one.challenger, weight=one.rows.weight).difference for one in books]
    error = float(np.std(weighted, ddof=1)) / np.sqrt(len(books))
    assert abs(np.mean(weighted)) < 3.0 * error
    assert np.mean(naive) > 0.01


@pytest.mark.slow
def test_enough_explored_loans_replace_the_margin_by_weights() -> None:
    loans = Applicants.drawn(14_000, seed=1).known(explored=0.2)
    known = seen(loans, **EXPLORED)
    assert known.rows.weight is not None
    assert (known.bias.auc, known.gates) == (0.0, ())
    (note,) = known.notes
    assert f"{loans.rows.explored:,} explored loans" in note
    share = float(re.search(r"carry ([\d.]+) % of the total weight", note)[1])  # type: ignore[index]
    assert share == pytest.approx(30.0, abs=4.0)
    proof = proven(loans, known)
    told = f"stand for all applicants, by {loans.rows.explored:,} explored loans"
    assert all(told in sentence for sentence in (proof.gates[0].sentence, proof.gates[1].sentence, proof.sentence))
    assert decided(loans, known) is VerdictReason.NOT_PROVEN_BETTER


@pytest.mark.slow
def test_with_weights_every_measure_stands_for_all_applicants() -> None:
    everyone = Applicants.drawn(8_000, seed=3)
    loans = everyone.known(explored=0.4)
    weighted = {one.measure: one for one in proven(loans, seen(loans, **EXPLORED)).comparisons}
    whole = KnownLoans(judged(everyone.bad), everyone.champion, everyone.challenger)
    truth = {one.measure: one for one in proven(whole, seen(whole)).comparisons}
    assert list(weighted) == ["false_kill", "auc", "approval_at_bad_rate", "brier", "expected_profit"]
    for measure, found in weighted.items():
        assert found.standard_error is not None
        assert found.difference == pytest.approx(truth[measure].difference, abs=4.0 * found.standard_error)


@pytest.mark.parametrize(
    ("explored", "bads", "used"),
    [
        (2 * FEWEST_OF_EACH, FEWEST_OF_EACH - 1, False),
        (2 * FEWEST_OF_EACH, FEWEST_OF_EACH + 1, False),
        (2 * FEWEST_OF_EACH, FEWEST_OF_EACH, True),
    ],
)
def test_too_few_explored_loans_count_like_all_others_and_that_is_said(explored: int, bads: int, *, used: bool) -> None:
    dice = np.random.default_rng(5)
    bad = np.concatenate([(np.arange(explored) < bads), np.arange(2000) < 200]).astype(float)
    weight = np.concatenate([np.full(explored, 20.0), np.ones(2000)])
    loans = KnownLoans(judged(bad, weight), *dice.uniform(0.01, 0.5, (2, bad.size)))
    found = seen(loans, **EXPLORED)
    assert (found.rows.weight is not None) is used
    assert (len(found.gates) == 0) is used
    if not used:
        assert f"{explored} explored loans, {bads} of them bad" in found.notes[1]


def test_where_the_outcomes_of_everyone_are_known_nothing_is_weighed_and_nothing_said() -> None:
    loans = Applicants.drawn(5_000, seed=1).known(explored=0.2)
    found = seen(loans)
    assert (found.rows.weight, found.notes, found.gates) == (None, (), ())


def test_without_a_champion_only_whose_outcomes_are_known_is_said(flattered: KnownLoans) -> None:
    found = selectivity(declared(outcomes_of="approved", share=0.6), flattered.rows, flattered.challenger, None)
    assert found.notes == ("Outcomes are known only for loans that were approved (60 % of applicants).",)
    assert found.gates == ()
