"""The retailer's customers: both futures are exact, every dial does what it says."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labkit.trends.causal_uplift import baselines
from labkit.trends.causal_uplift.world.retailer import (
    FEATURES,
    SHAPES,
    Market,
    customer_effect,
    draw_customers,
)

markets = st.builds(
    Market,
    confounding=st.floats(0, 1),
    overlap=st.floats(0.2, 3),
    heterogeneity=st.floats(0, 2),
    effect=st.floats(-10, 10),
    treated_share=st.floats(0.2, 0.8),
    lottery=st.floats(0, 2),
    mediation=st.floats(0, 1),
    curved_outcome=st.booleans(),
    curved_assignment=st.booleans(),
    noise=st.floats(0, 20),
)


@settings(max_examples=30, deadline=None)
@given(market=markets, seed=st.integers(0, 2**32 - 1))
def test_the_observed_margin_is_exactly_the_future_that_came_true(market, seed):
    customers = draw_customers(300, seed, market)
    truth = customers.truth
    came_true = np.where(customers.offer == 1, truth["margin_with"], truth["margin_without"])
    assert customers.margin == pytest.approx(came_true, abs=1e-9)
    both = truth["margin_with"].to_numpy() - truth["margin_without"].to_numpy()
    assert both == pytest.approx(customers.effect, abs=1e-9)
    assert customers.effect == pytest.approx(customer_effect(customers.x, market), abs=1e-9)
    assert customers.truth["propensity"].between(0, 1).all()


@settings(max_examples=15, deadline=None)
@given(confounding=st.floats(0, 0.9), heterogeneity=st.floats(0, 2), seed=st.integers(0, 2**32 - 1))
def test_weighting_by_the_true_propensity_finds_the_truth_in_every_market(
    confounding, heterogeneity, seed
):
    market = Market(confounding=confounding, heterogeneity=heterogeneity, curved_outcome=True)
    customers = draw_customers(40_000, seed, market)
    estimate = baselines.ipw_ate(customers.truth["propensity"], customers.offer, customers.margin)
    # Over 400 such draws the error had the deviation 0.18 and never exceeded 0.63.
    assert estimate == pytest.approx(customers.ate, abs=1.3)


@pytest.mark.parametrize("name", ["regression", "weighting"])
def test_estimators_that_suit_the_market_converge_to_the_truth_as_n_grows(name):
    def error(n, seed):
        # Effects alike, so that the coefficient of the regression is the mean effect too.
        customers = draw_customers(n, seed, Market(confounding=0.8, heterogeneity=0))
        x = np.column_stack([customers.x, customers.observed["lottery"]])
        offer, margin = customers.offer, customers.margin
        if name == "regression":
            return baselines.ols(x, offer, margin) - customers.ate
        return baselines.ipw_ate(baselines.fit_propensity(x, offer), offer, margin) - customers.ate

    few, many = (
        np.sqrt(np.mean([error(n, seed) ** 2 for seed in range(12)])) for n in (500, 32_000)
    )
    # 64 times the customers divide the error by 8, give or take; the naive error stays.
    assert many < few / 3
    assert many < 0.3


def test_the_naive_difference_does_not_converge():
    customers = draw_customers(100_000, 0, Market(confounding=0.8, heterogeneity=0))
    naive = baselines.difference_in_means(customers.offer, customers.margin)
    assert naive - customers.ate > 5


def test_without_confounding_the_naive_difference_is_right():
    customers = draw_customers(100_000, 3, Market(confounding=0, heterogeneity=0))
    naive = baselines.difference_in_means(customers.offer, customers.margin)
    assert naive == pytest.approx(customers.ate, abs=0.4)


def test_confounding_is_the_correlation_of_what_steers_offer_and_margin():
    customers = draw_customers(100_000, 0, Market(confounding=0.6, heterogeneity=0, lottery=0))
    chance = customers.truth["propensity"]
    log_odds = np.log(chance / (1 - chance))
    # Take the noise out of the margin by a regression on the features.
    x = np.column_stack([np.ones(len(log_odds)), customers.x])
    explained = x @ np.linalg.lstsq(x, customers.truth["margin_without"], rcond=None)[0]
    assert np.corrcoef(log_odds, explained)[0, 1] == pytest.approx(0.6, abs=0.01)


def test_log_odds_of_an_offer_have_the_deviation_one_over_overlap():
    customers = draw_customers(100_000, 0, Market(overlap=0.5, lottery=0))
    chance = customers.truth["propensity"]
    assert np.log(chance / (1 - chance)).std() == pytest.approx(2.0, abs=0.02)


def test_with_poor_overlap_many_of_the_treated_have_nobody_to_be_compared_with():
    def alone(overlap):
        customers = draw_customers(20_000, 0, Market(overlap=overlap))
        return (customers.truth["propensity"][customers.offer == 1] > 0.95).mean()

    assert alone(1.0) < 0.01
    assert alone(0.25) > 0.3


def test_the_effect_on_the_treated_differs_from_the_mean_effect_where_effects_differ():
    customers = draw_customers(50_000, 0, Market(confounding=0.9))
    assert customers.att < customers.ate - 0.3 < customers.atc
    alike = draw_customers(1_000, 0, Market(heterogeneity=0))
    assert alike.att == pytest.approx(alike.ate) == pytest.approx(5)


def test_the_mean_effect_over_many_customers_is_the_one_asked_for():
    assert draw_customers(200_000, 0, Market(effect=3.0)).ate == pytest.approx(3.0, abs=0.03)


def test_regression_is_misled_where_the_margin_bends():
    customers = draw_customers(
        100_000, 0, Market(confounding=0.8, treated_share=0.3, curved_outcome=True)
    )
    regression = baselines.ols(customers.x, customers.offer, customers.margin)
    assert regression - customers.ate > 0.5


def test_the_lottery_moves_the_margin_through_the_offer_alone():
    customers = draw_customers(200_000, 0, Market(lottery=2.0, heterogeneity=0))
    won = customers.observed["lottery"] == 1
    first = customers.offer[won].mean() - customers.offer[~won].mean()
    reduced = customers.margin[won].mean() - customers.margin[~won].mean()
    assert first > 0.2
    assert reduced / first == pytest.approx(customers.ate, abs=0.5)


def test_adjusting_for_the_mediator_loses_its_share_of_the_effect():
    customers = draw_customers(50_000, 0, Market(heterogeneity=0, mediation=0.5))
    x = np.column_stack([customers.x, customers.observed["visits_after"]])
    assert baselines.ols(x, customers.offer, customers.margin) == pytest.approx(2.5, abs=0.3)


def test_adjusting_for_the_collider_makes_a_useless_offer_look_harmful():
    customers = draw_customers(50_000, 0, Market(effect=0, heterogeneity=0))
    without = baselines.ols(customers.x, customers.offer, customers.margin)
    x = np.column_stack([customers.x, customers.observed["survey"]])
    assert without == pytest.approx(0, abs=0.4)
    assert baselines.ols(x, customers.offer, customers.margin) < -3


def test_one_seed_gives_the_same_customers_again_under_other_rules_too():
    one, again = draw_customers(50, 7), draw_customers(50, 7)
    pd.testing.assert_frame_equal(one.observed, again.observed)
    other = draw_customers(50, 7, Market(confounding=0.1))
    assert (one.x == other.x).all()
    assert (one.truth["margin_without"] == other.truth["margin_without"]).all()
    assert one.x.shape == (50, len(FEATURES))


@pytest.mark.parametrize(
    ("wrong", "word"),
    [
        ({"confounding": 1.2}, "confounding"),
        ({"overlap": 0.0}, "overlap"),
        ({"treated_share": 1.0}, "treated_share"),
        ({"noise": -1.0}, "noise"),
    ],
)
def test_a_market_that_cannot_be_is_refused_with_the_name_of_the_dial(wrong, word):
    with pytest.raises(ValueError, match=word):
        Market(**wrong)


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_of_a_response_leaves_the_mean_effect_as_it_is_stated(shape):
    aside = (0.0, 0.0, 1.0, 0.0, 0.0, 0.0)
    market = Market(effect=3.0, response=((aside, shape, 5.0),))
    assert draw_customers(200_000, 0, market).ate == pytest.approx(3.0, abs=0.05)


def test_directions_that_are_not_orthogonal_are_refused():
    with pytest.raises(ValueError, match="orthogonal"):
        Market(habit=(0.7, -0.5, 0.5, 0.0, 0.1, 0.0))
