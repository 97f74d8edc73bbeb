"""The estimators of the first reach: what they get right, and where each goes wrong."""

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.linear_model import LinearRegression

from labkit.trends.causal_uplift import baselines, metrics
from labkit.trends.causal_uplift.world.retailer import Market, draw_customers

HIDDEN_BEND = Market(confounding=0.8, treated_share=0.3, curved_outcome=True)


def test_without_confounding_all_three_agree():
    customers = draw_customers(50_000, 0, Market(confounding=0, heterogeneity=0))
    x, offer, margin = customers.x, customers.offer, customers.margin
    chance = baselines.fit_propensity(x, offer)
    for estimate in (
        baselines.difference_in_means(offer, margin),
        baselines.ols(x, offer, margin),
        baselines.ipw_ate(chance, offer, margin),
    ):
        assert estimate == pytest.approx(5, abs=0.5)


def test_the_fitted_propensity_is_the_true_one_where_it_is_logistic():
    customers = draw_customers(20_000, 0, Market(lottery=0))
    chance = baselines.fit_propensity(customers.x, customers.offer)
    assert np.abs(chance - customers.truth["propensity"]).max() < 0.05


def test_the_propensity_stays_finite_where_the_groups_are_apart():
    x = np.linspace(-1, 1, 50)[:, None]
    chance = baselines.fit_propensity(x, (x[:, 0] > 0).astype(int))
    assert np.isfinite(chance).all()


def test_trimming_estimates_the_effect_on_those_it_keeps():
    market = Market(confounding=0.95, overlap=0.5, treated_share=0.25, noise=4)
    customers = draw_customers(50_000, 2, market)
    chance = customers.truth["propensity"].to_numpy()
    kept = (chance > 0.1) & (chance < 0.9)
    estimate = baselines.ipw_ate(chance, customers.offer, customers.margin, trim=0.1)
    assert customers.effect[kept].mean() < customers.ate - 0.2
    assert estimate == pytest.approx(customers.effect[kept].mean(), abs=0.4)


def test_trimming_everybody_away_is_refused_with_a_next_step():
    with pytest.raises(ValueError, match="smaller value"):
        baselines.ipw_ate([0.05, 0.95], [0, 1], [1.0, 2.0], trim=0.1)


def test_one_linear_model_gives_everybody_the_same_effect():
    customers = draw_customers(2_000, 0)
    effects = baselines.s_learner(
        LinearRegression(), customers.x, customers.offer, customers.margin, customers.x
    )
    assert effects.shape == (2_000,) and np.ptp(effects) < 1e-6
    same = baselines.ols(customers.x, customers.offer, customers.margin)
    assert effects[0] == pytest.approx(same)


def test_two_linear_models_follow_effects_that_are_nearly_linear():
    customers, others = draw_customers(20_000, 0), draw_customers(2_000, 1)
    guess = baselines.t_learner(
        LinearRegression(), customers.x, customers.offer, customers.margin, others.x
    )
    assert metrics.pehe(guess, others.effect) < 0.4 * others.effect.std()


@pytest.mark.parametrize(
    "model",
    [LinearRegression(), HistGradientBoostingRegressor(max_depth=3, max_iter=60)],
    ids=["linear", "boosting"],
)
def test_two_models_are_worse_than_one_mean_where_confounded_margins_bend(model):
    customers, others = draw_customers(4_000, 0, HIDDEN_BEND), draw_customers(2_000, 1, HIDDEN_BEND)
    guess = baselines.t_learner(model, customers.x, customers.offer, customers.margin, others.x)
    assert metrics.pehe(guess, others.effect) > others.effect.std()
