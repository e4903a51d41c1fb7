"""The truncation bias: how much better an equally good challenger looks on loans that the champion chose."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kingmaker.statistics.approval import approval_point
from kingmaker.statistics.discrimination import auc
from kingmaker.statistics.truncation_bias import bias_on_approved, error_correlation, truncation_bias

from .loan_books import LAW

SHIFT = 0.795
"""Between bads and goods in standard deviations: an AUC of .713."""
INDEPENDENT_ERRORS = 0.6
"""Within goods and bads: both scores see the same true risk, each through an error of its own."""
AGREEING_ERRORS = INDEPENDENT_ERRORS + 0.8 * (1.0 - INDEPENDENT_ERRORS)
MEASURED = {"auc": 0.713, "bad_rate": 0.1, "approval_rate": 0.7}


def binormal_book(rows=200_000, *, seed=5, correlation=INDEPENDENT_ERRORS, share=0.7, shift=SHIFT):
    """Outcome and both equally good risks of those the champion approves."""
    random = np.random.default_rng(seed)
    bad = (random.uniform(size=rows) < 0.1).astype(float)
    champion, own = random.normal(size=(2, rows))
    challenger = correlation * champion + np.sqrt(1.0 - correlation**2) * own
    return approved(bad, champion + shift * bad, challenger + shift * bad, share)


def latent_book(rows=600_000, *, seed=5, errors=0.0, share=0.7):
    """As above, but both models see one true risk, and their errors have the given correlation."""
    random = np.random.default_rng(seed)
    truth, first, own = random.normal(size=(3, rows))
    bad = (random.uniform(size=rows) < 1.0 / (1.0 + np.exp(2.5 - truth))).astype(float)
    second = errors * first + np.sqrt(1.0 - errors**2) * own
    return approved(bad, truth + 0.75 * first, truth + 0.75 * second, share)


def approved(bad, champion, challenger, share):
    inside = champion <= np.quantile(champion, share)
    return bad[inside], champion[inside], challenger[inside]


def seeming_gain(bad, champion, challenger, rate=0.7):
    return (
        auc(bad, challenger) - auc(bad, champion),
        approval_point(bad, champion, rate).false_kill - approval_point(bad, challenger, rate).false_kill,
    )


@pytest.mark.parametrize(
    ("share", "correlation", "gain"),
    [
        (0.7, INDEPENDENT_ERRORS, 0.0205),
        (0.9, INDEPENDENT_ERRORS, 0.008),
        (0.5, INDEPENDENT_ERRORS, 0.030),
        (0.7, AGREEING_ERRORS, 0.001),
    ],
)
def test_the_gains_that_were_measured_on_drawn_loans(share, correlation, gain):
    found = truncation_bias(approved_share=share, error_correlation=correlation, **MEASURED)
    assert found.auc == pytest.approx(gain, abs=0.003 if correlation == AGREEING_ERRORS else 0.001)


@pytest.mark.parametrize(("share", "correlation"), [(0.7, 0.0), (0.5, 0.6), (0.3, 0.9)])
def test_it_is_the_mean_gain_over_drawn_books(share, correlation):
    gains = [
        seeming_gain(*binormal_book(seed=seed, correlation=correlation, share=share), rate=0.6) for seed in range(8)
    ]
    found = truncation_bias(
        approved_share=share, error_correlation=correlation, auc=0.713, bad_rate=0.1, approval_rate=0.6
    )
    errors = np.std(gains, axis=0, ddof=1) / np.sqrt(8)
    assert np.abs(np.mean(gains, axis=0) - (found.auc, found.false_kill)) == pytest.approx(0.0, abs=4.0 * errors.max())


def test_a_champion_that_approved_everybody_gives_no_bias():
    found = truncation_bias(approved_share=1.0, error_correlation=0.0, **MEASURED)
    assert (found.auc, found.false_kill) == (0.0, 0.0)
    on_all = bias_on_approved(*binormal_book(5000, share=1.0), approved_share=1.0, approval_rate=0.7)
    assert (on_all.auc, on_all.false_kill) == (0.0, 0.0)


def test_nearly_everybody_approved_is_nearly_no_bias():
    for share, largest in ((0.9999, 5e-4), (np.nextafter(1.0, 0.0), 1e-5)):
        assert truncation_bias(approved_share=share, error_correlation=0.0, **MEASURED).auc < largest


@LAW
@given(st.floats(0.05, 1.0), st.floats(0.05, 1.0), st.floats(0.0, 1.0), st.floats(0.55, 0.9), st.floats(0.01, 0.5))
def test_the_more_were_approved_the_smaller_the_bias_in_auc(one, other, correlation, quality, bad_rate):
    few, many = (
        truncation_bias(
            approved_share=share, error_correlation=correlation, auc=quality, bad_rate=bad_rate, approval_rate=0.7
        )
        for share in sorted((one, other))
    )
    assert many.auc <= few.auc + 1e-5


@LAW
@given(st.floats(0.05, 1.0), st.floats(0.0, 1.0), st.floats(0.0, 1.0), st.floats(0.55, 0.9), st.floats(0.01, 0.5))
def test_the_more_the_models_agree_the_smaller_the_bias(share, one, other, quality, bad_rate):
    apart, alike = (
        truncation_bias(
            approved_share=share, error_correlation=correlation, auc=quality, bad_rate=bad_rate, approval_rate=0.7
        )
        for correlation in sorted((one, other))
    )
    assert 0.0 <= alike.auc <= apart.auc + 1e-5
    assert 0.0 <= alike.false_kill <= apart.false_kill + 1e-5


def test_models_that_always_agree_have_no_bias():
    found = truncation_bias(approved_share=0.5, error_correlation=1.0, **MEASURED)
    assert (found.auc, found.false_kill) == (pytest.approx(0.0, abs=1e-4), pytest.approx(0.0, abs=1e-4))


def test_models_without_any_power_have_no_bias():
    found = truncation_bias(approved_share=0.5, error_correlation=0.2, auc=0.5, bad_rate=0.1, approval_rate=0.7)
    assert (found.auc, found.false_kill) == (pytest.approx(0.0, abs=1e-4), pytest.approx(0.0, abs=1e-4))


@pytest.mark.parametrize("correlation", [0.0, 0.3, 0.6, 0.8, 0.95])
@pytest.mark.parametrize("share", [0.4, 0.7, 0.95, 1.0])
def test_the_correlation_of_all_applicants_is_found_from_the_approved(correlation, share):
    book = binormal_book(40_000, correlation=correlation, share=share)
    assert error_correlation(*book, approved_share=share) == pytest.approx(correlation, abs=0.05)


def test_the_cut_hides_much_of_a_correlation():
    bad, champion, challenger = binormal_book(correlation=0.6, share=0.5)
    goods = bad == 0.0
    assert np.corrcoef(champion[goods], challenger[goods])[0, 1] < 0.45
    assert error_correlation(bad, champion, challenger, approved_share=0.5) == pytest.approx(0.6, abs=0.02)


@pytest.mark.parametrize(("share", "errors"), [(0.7, 0.0), (0.7, 0.8), (0.5, 0.0), (0.9, 0.0)])
def test_on_loans_with_one_true_risk_the_seeming_gain_is_foretold(share, errors):
    book = latent_book(errors=errors, share=share)
    found = bias_on_approved(*book, approved_share=share, approval_rate=0.7)
    gain, false_kill = seeming_gain(*book)
    assert found.auc == pytest.approx(gain, abs=0.004)
    assert found.false_kill == pytest.approx(false_kill, abs=0.0015)


@pytest.mark.parametrize("transform", [np.exp, lambda risk: risk**3, np.arctan])
def test_only_the_order_of_the_risks_counts(transform):
    bad, champion, challenger = binormal_book(4000)
    plain = bias_on_approved(bad, champion, challenger, approved_share=0.7, approval_rate=0.7)
    moved = bias_on_approved(bad, transform(champion), transform(challenger), approved_share=0.7, approval_rate=0.7)
    assert moved == plain


def test_the_same_loans_give_the_same_bias():
    book = binormal_book(4000)
    first = bias_on_approved(*book, approved_share=0.7, approval_rate=0.7)
    assert bias_on_approved(*book, approved_share=0.7, approval_rate=0.7) == first


def test_a_model_agrees_with_itself_and_not_with_one_that_tells_nothing_apart():
    bad, champion, challenger = binormal_book(4000)
    assert error_correlation(bad, champion, champion, approved_share=0.7) == pytest.approx(0.999, abs=0.002)
    assert error_correlation(bad, champion, np.zeros(bad.size), approved_share=0.7) == 0.0
    assert error_correlation(bad, champion, -challenger, approved_share=0.7) == 0.0


@settings(LAW, max_examples=25)
@given(st.lists(st.tuples(st.integers(0, 1), st.integers(-3, 3), st.integers(-3, 3)), min_size=1), st.floats(0.01, 1.0))
def test_whatever_the_loans_the_answer_is_a_number_within_its_bounds(rows, share):
    bad, champion, challenger = np.array([(0, 0, 0), (1, 0, 0), *rows], dtype=float).T
    correlation = error_correlation(bad, champion, challenger, approved_share=share)
    found = bias_on_approved(bad, champion, challenger, approved_share=share, approval_rate=0.7)
    assert 0.0 <= correlation <= 0.999
    assert 0.0 <= found.auc < 1.0
    assert 0.0 <= found.false_kill < 1.0


def test_what_cannot_be_judged_is_refused():
    bad, champion, challenger = binormal_book(1000)
    with pytest.raises(ValueError, match="goods and bads"):
        error_correlation(np.zeros(bad.size), champion, challenger, approved_share=0.7)
    with pytest.raises(ValueError, match="NaN"):
        error_correlation(bad, champion, np.full(bad.size, np.nan), approved_share=0.7)
    with pytest.raises(ValueError, match="approved share"):
        bias_on_approved(bad, champion, challenger, approved_share=0.0, approval_rate=0.7)
    with pytest.raises(ValueError, match="approval rate"):
        bias_on_approved(bad, champion, challenger, approved_share=0.7, approval_rate=1.5)


@pytest.mark.parametrize(
    "wrong", [{"error_correlation": -0.1}, {"auc": 0.4}, {"auc": 1.0}, {"bad_rate": 0.0}, {"auc": float("nan")}]
)
def test_a_population_that_cannot_be_is_refused(wrong):
    with pytest.raises(ValueError, match="correlation must lie"):
        truncation_bias(**({"approved_share": 0.7, "error_correlation": 0.5, **MEASURED} | wrong))
