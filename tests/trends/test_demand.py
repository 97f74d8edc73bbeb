"""Demand laws: what they draw is what they say."""

import numpy as np
import pytest
from scipy import stats

from labkit.trends.rl_supply_chain import demand

LAWS = [
    {"law": "poisson", "mean": 5.0},
    {"law": "negative_binomial", "mean": 8.0, "sd": 6.0},
    {"law": "discrete", "values": [7, -1.5, 0], "probabilities": [0.2, 0.5, 0.3]},
    {"law": "normal", "mean": 50.0, "sd": 8.0},
    {"law": "gamma", "mean": 20.0, "sd": 15.0},
    {"law": "uniform", "low": 3.0, "high": 9.0},
]
COUNTABLE = LAWS[:3]


def name(law: dict) -> str:
    return law["law"]


@pytest.mark.parametrize("law", LAWS, ids=name)
def test_draws_have_the_mean_of_the_law(law):
    draws = demand.sample(law, np.random.default_rng(1), (400, 1000)).astype(float)
    error = draws.std() / np.sqrt(draws.size)
    assert draws.shape == (400, 1000)
    assert abs(draws.mean() - demand.mean(law)) < 4 * error


@pytest.mark.parametrize("law", [law for law in LAWS if "sd" in law], ids=name)
def test_draws_have_the_spread_of_the_law(law):
    draws = demand.sample(law, np.random.default_rng(2), 400_000)
    assert draws.std() == pytest.approx(law["sd"], rel=0.01)


@pytest.mark.parametrize("law", COUNTABLE, ids=name)
def test_a_table_draw_passes_a_chi_square_test(law):
    values, probabilities = demand.pmf(law)
    draws = demand.sample(law, np.random.default_rng(3), 2_000_000)
    common = probabilities * draws.size >= 20
    observed = np.array([(draws == np.float32(value)).sum() for value in values[common]])
    observed = np.append(observed, draws.size - observed.sum())
    expected = np.append(probabilities[common], probabilities[~common].sum()) * draws.size
    keep = expected > 5
    assert observed[~keep].sum() <= 20
    statistic = ((observed - expected)[keep] ** 2 / expected[keep]).sum()
    assert stats.chi2.sf(statistic, keep.sum() - 1) > 1e-4


def test_the_tail_beyond_the_sixteen_bits_of_the_table_is_drawn_too():
    law = {"law": "poisson", "mean": 5.0}
    beyond = int(stats.poisson.ppf(1 - 2.0**-16, 5.0)) + 1
    draws = demand.sample(law, np.random.default_rng(4), 20_000_000)
    expected = stats.poisson.sf(beyond, 5.0) * draws.size
    assert expected > 20
    assert abs((draws > beyond).sum() - expected) < 4 * np.sqrt(expected)


@pytest.mark.parametrize("law", COUNTABLE, ids=name)
def test_probabilities_add_up_and_have_the_mean_of_the_law(law):
    values, probabilities = demand.pmf(law)
    assert probabilities.sum() == pytest.approx(1)
    assert values @ probabilities == pytest.approx(demand.mean(law), abs=1e-6)
    assert (np.diff(values) > 0).all()


def test_equal_seeds_draw_equal_demand():
    law = LAWS[0]
    first = demand.sample(law, np.random.default_rng(7), 101)
    assert np.array_equal(first, demand.sample(law, np.random.default_rng(7), 101))


@pytest.mark.parametrize(
    ("law", "message"),
    [
        ("poisson", "is a dictionary"),
        ({"law": "zipf"}, "unknown demand law"),
        ({"law": "normal", "mean": 5}, "also needs sd"),
        ({"law": "poisson", "mean": -1}, "mean must be above 0"),
        ({"law": "poisson", "mean": float("nan")}, "finite"),
        ({"law": "gamma", "mean": 5, "sd": 0}, "sd must be above 0"),
        ({"law": "uniform", "low": 5, "high": 5}, "low must be below high"),
        ({"law": "negative_binomial", "mean": 5, "sd": 1}, "use poisson instead"),
        ({"law": "discrete", "values": [1, 2], "probabilities": [1]}, "common length"),
        ({"law": "discrete", "values": [1, 2], "probabilities": [0.5, 0.4]}, "add up to 1"),
    ],
)
def test_a_law_that_makes_no_sense_is_refused_with_a_reason(law, message):
    with pytest.raises(ValueError, match=message):
        demand.check_law(law)


def test_a_continuous_law_has_no_probability_table():
    with pytest.raises(ValueError, match="continuous"):
        demand.pmf({"law": "gamma", "mean": 5, "sd": 2})
