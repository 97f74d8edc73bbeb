"""The "+10 % budget" model: the published example, and a truth that playing it again confirms."""

from dataclasses import replace

import numpy as np
import pytest

from labkit.trends.causal_uplift.world.budget import (
    EDGES,
    BudgetModel,
    draw_weeks,
    gain,
)


def shop(seed):
    rng = np.random.default_rng(seed)
    return BudgetModel(
        base_budget=rng.uniform(80, 150),
        season_to_budget=rng.uniform(8, 14),
        season_to_sales=rng.uniform(15, 40),
        budget_to_traffic=rng.uniform(2, 6),
        traffic_to_sales=rng.uniform(0.3, 0.8),
    )


def slope(weeks, *adjusted):
    table = np.column_stack([np.ones(len(weeks)), weeks[["budget", *adjusted]]])
    return np.linalg.lstsq(table, weeks["sales"].to_numpy(), rcond=None)[0][1]


def test_the_example_gives_30_in_truth_63_by_naive_regression_and_30_4_adjusted():
    weeks = draw_weeks(3_000, 0)
    ten_percent = 0.1 * weeks["budget"].mean()
    assert gain(weeks, 0.1) == pytest.approx(30.0, abs=0.05)
    assert ten_percent * slope(weeks) == pytest.approx(63.1, abs=0.05)
    assert ten_percent * slope(weeks, "season") == pytest.approx(30.4, abs=0.05)


@pytest.mark.parametrize("seed", range(5))
def test_playing_the_weeks_again_with_more_budget_gains_what_is_stated(seed):
    model = shop(seed)
    weeks = draw_weeks(500, seed, model)
    # The same seed is the same luck; a higher base budget is all that differs.
    more = 0.1 * weeks["budget"].mean()
    again = draw_weeks(500, seed, replace(model, base_budget=model.base_budget + more))
    gained = (again["sales"] - weeks["sales"]).mean()
    assert gained == pytest.approx(gain(weeks, 0.1, model))


@pytest.mark.parametrize("seed", range(10))
def test_in_every_shop_the_season_makes_the_budget_look_better_than_it_is(seed):
    model = shop(seed)
    weeks = draw_weeks(20_000, seed, model)
    truth = gain(weeks, 0.1, model)
    ten_percent = 0.1 * weeks["budget"].mean()
    assert ten_percent * slope(weeks) > 1.3 * truth
    assert ten_percent * slope(weeks, "season") == pytest.approx(truth, rel=0.15)
    assert ten_percent * slope(weeks, "season", "traffic") == pytest.approx(0, abs=0.2 * truth)


def test_the_graph_names_the_columns_of_the_weeks():
    assert {node for edge in EDGES for node in edge} == set(draw_weeks(2, 0, BudgetModel()))
