"""Customers who may leave: probabilities are exact, and danger is not the same as being kept."""

import numpy as np
import pytest

from labkit.trends.causal_uplift.metrics import policy_profit
from labkit.trends.causal_uplift.world.retention import Temper, draw_retention


def test_offers_by_lot_show_the_true_mean_uplift():
    drawn = draw_retention(200_000, 0)
    stayed = drawn.observed.groupby("offer")["stayed"].mean()
    assert stayed[1] - stayed[0] == pytest.approx(drawn.truth["uplift"].mean(), abs=0.01)


def test_customers_stay_as_often_as_their_probability_says():
    drawn = draw_retention(200_000, 1)
    offer = drawn.observed["offer"] == 1
    chance = np.where(offer, drawn.truth["stay_with"], drawn.truth["stay_without"])
    tenth = np.digitize(chance, np.linspace(0.1, 0.9, 9))
    for place in range(10):
        inside = tenth == place
        stayed = drawn.observed["stayed"][inside].mean()
        assert stayed == pytest.approx(chance[inside].mean(), abs=0.02)


def test_some_customers_are_driven_away_by_the_offer():
    uplift = draw_retention(20_000, 0).truth["uplift"]
    assert (uplift < -0.05).mean() > 0.2
    assert (uplift > 0.05).mean() > 0.3


def test_contacting_the_most_endangered_loses_money_where_the_right_ones_earn_it():
    drawn = draw_retention(20_000, 0)
    uplift, value = drawn.truth["uplift"].to_numpy(), drawn.observed["value"].to_numpy()
    budgeted = 4_000

    def profit(score):
        chosen = np.zeros(len(score))
        chosen[np.argsort(-score)[:budgeted]] = 1
        return policy_profit(chosen, uplift, value, cost=10.0)

    assert profit(-drawn.truth["stay_without"].to_numpy()) < 0
    assert profit(uplift * value) > 40_000


def test_confounded_offers_went_to_customers_in_danger():
    drawn = draw_retention(20_000, 0, confounding=1.0)
    offered = drawn.observed["offer"] == 1
    without = drawn.truth["stay_without"]
    assert without[offered].mean() < without[~offered].mean() - 0.1


def test_negative_confounding_is_refused():
    with pytest.raises(ValueError, match="confounding"):
        draw_retention(10, 0, confounding=-1.0)


def test_another_temper_answers_offers_for_other_reasons():
    usual, other = (
        draw_retention(20_000, 0, temper=temper)
        for temper in (Temper(), Temper(response=(0.0, 0.0, 0.0, 0.0, 0.0, 1.0)))
    )
    age = usual.observed["age"]
    assert abs(usual.truth["uplift"].corr(age)) < 0.05
    assert other.truth["uplift"].corr(age) > 0.5
