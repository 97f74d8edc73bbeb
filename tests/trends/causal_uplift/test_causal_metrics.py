"""Scores against the truth: laws they obey, and answers to bad input."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from labkit.trends.causal_uplift import metrics

numbers = st.floats(-100, 100)
effects = arrays(float, st.integers(1, 40), elements=numbers)


@given(effect=effects, shift=numbers)
def test_a_constant_error_is_its_own_pehe(effect, shift):
    assert metrics.pehe(effect + shift, effect) == pytest.approx(abs(shift), abs=1e-9)


@given(effect=effects, seed=st.integers(0, 1000))
def test_the_gain_curve_ends_at_the_sum_whatever_the_order(effect, seed):
    score = np.random.default_rng(seed).integers(0, 5, len(effect))
    share, gained = metrics.true_gain_curve(score, effect)
    assert share[0] == gained[0] == 0 and share[-1] == pytest.approx(1)
    assert gained[-1] == pytest.approx(effect.sum(), abs=1e-9)


@given(effect=effects, seed=st.integers(0, 1000))
def test_the_order_of_the_rows_does_not_matter_even_with_equal_scores(effect, seed):
    rng = np.random.default_rng(seed)
    score = rng.integers(0, 4, len(effect))
    shuffled = rng.permutation(len(effect))
    for one, other in zip(
        metrics.true_gain_curve(score, effect),
        metrics.true_gain_curve(score[shuffled], effect[shuffled]),
        strict=True,
    ):
        assert one == pytest.approx(other, abs=1e-9)


@given(effect=effects, seed=st.integers(0, 1000))
def test_no_order_gains_more_than_that_of_the_effects_themselves(effect, seed):
    score = np.random.default_rng(seed).permutation(len(effect))
    places = np.linspace(0, 1, 21)
    best = np.interp(places, *metrics.true_gain_curve(effect, effect))
    assert (np.interp(places, *metrics.true_gain_curve(score, effect)) <= best + 1e-9).all()


def test_profit_counts_what_is_kept_less_what_is_spent():
    uplift, value = [0.5, -0.2, 0.1], [100.0, 100.0, 40.0]
    assert metrics.policy_profit([1, 0, 0], uplift, value, 10.0) == pytest.approx(40)
    assert metrics.policy_profit([1, 1, 1], uplift, value, 10.0) == pytest.approx(4)
    assert metrics.policy_profit([0, 0, 0], uplift, value, 10.0) == 0


def test_a_choice_of_more_or_less_than_one_offer_is_refused():
    with pytest.raises(ValueError, match="0 or 1"):
        metrics.policy_profit([2, 0], [0.1, 0.1], [10.0, 10.0], 1.0)


def test_arrays_that_do_not_fit_are_refused_with_both_shapes():
    with pytest.raises(ValueError, match=r"\(2,\) and \(3,\)"):
        metrics.pehe([1, 2], [1, 2, 3])


def test_coverage_is_the_share_of_intervals_that_hold_the_truth():
    assert metrics.coverage([0, 0, 2], [1, 1, 3], [0.5, 1.5, 2.0]) == pytest.approx(2 / 3)


def test_weights_that_copy_the_treated_leave_no_difference():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(20_000, 2))
    chance = 1 / (1 + np.exp(-x[:, 0]))
    treated = rng.random(20_000) < chance
    raw = metrics.standardised_differences(x, treated)
    assert raw[0] > 0.6 and abs(raw[1]) < 0.05
    odds = np.where(treated, 1, chance / (1 - chance))
    assert np.abs(metrics.standardised_differences(x, treated, odds)).max() < 0.1
