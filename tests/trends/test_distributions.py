"""Demand distributions: what they draw is what they say."""

import numpy as np
import pytest
from scipy import stats

from labkit.trends.rl_supply_chain import distributions

DISTRIBUTIONS = [
    {"distribution": "poisson", "mean": 5.0},
    {"distribution": "negative_binomial", "mean": 8.0, "sd": 6.0},
    {"distribution": "discrete", "values": [7, -1.5, 0], "probabilities": [0.2, 0.5, 0.3]},
    {"distribution": "normal", "mean": 50.0, "sd": 8.0},
    {"distribution": "gamma", "mean": 20.0, "sd": 15.0},
    {"distribution": "uniform", "low": 3.0, "high": 9.0},
]
COUNTABLE = DISTRIBUTIONS[:3]


def name(distribution: dict) -> str:
    return distribution["distribution"]


@pytest.mark.parametrize("distribution", DISTRIBUTIONS, ids=name)
def test_draws_have_the_mean_of_the_law(distribution):
    draws = distributions.sample(distribution, np.random.default_rng(1), (400, 1000)).astype(float)
    error = draws.std() / np.sqrt(draws.size)
    assert draws.shape == (400, 1000)
    assert abs(draws.mean() - distributions.mean(distribution)) < 4 * error


@pytest.mark.parametrize(
    "distribution",
    [distribution for distribution in DISTRIBUTIONS if "sd" in distribution],
    ids=name,
)
def test_draws_have_the_spread_of_the_law(distribution):
    draws = distributions.sample(distribution, np.random.default_rng(2), 400_000)
    assert draws.std() == pytest.approx(distribution["sd"], rel=0.01)


@pytest.mark.parametrize("distribution", COUNTABLE, ids=name)
def test_a_table_draw_passes_a_chi_square_test(distribution):
    values, probabilities = distributions.pmf(distribution)
    draws = distributions.sample(distribution, np.random.default_rng(3), 2_000_000)
    common = probabilities * draws.size >= 20
    observed = np.array([(draws == np.float32(value)).sum() for value in values[common]])
    observed = np.append(observed, draws.size - observed.sum())
    expected = np.append(probabilities[common], probabilities[~common].sum()) * draws.size
    keep = expected > 5
    assert observed[~keep].sum() <= 20
    statistic = ((observed - expected)[keep] ** 2 / expected[keep]).sum()
    assert stats.chi2.sf(statistic, keep.sum() - 1) > 1e-4


def test_the_tail_beyond_the_sixteen_bits_of_the_table_is_drawn_too():
    distribution = {"distribution": "poisson", "mean": 5.0}
    beyond = int(stats.poisson.ppf(1 - 2.0**-16, 5.0)) + 1
    draws = distributions.sample(distribution, np.random.default_rng(4), 20_000_000)
    expected = stats.poisson.sf(beyond, 5.0) * draws.size
    assert expected > 20
    assert abs((draws > beyond).sum() - expected) < 4 * np.sqrt(expected)


@pytest.mark.parametrize("distribution", COUNTABLE, ids=name)
def test_probabilities_add_up_and_have_the_mean_of_the_law(distribution):
    values, probabilities = distributions.pmf(distribution)
    assert probabilities.sum() == pytest.approx(1)
    assert values @ probabilities == pytest.approx(distributions.mean(distribution), abs=1e-6)
    assert (np.diff(values) > 0).all()


def test_equal_seeds_draw_equal_demand():
    distribution = DISTRIBUTIONS[0]
    first = distributions.sample(distribution, np.random.default_rng(7), 101)
    assert np.array_equal(first, distributions.sample(distribution, np.random.default_rng(7), 101))


@pytest.mark.parametrize(
    ("distribution", "message"),
    [
        ("poisson", "is a dictionary"),
        ({"distribution": "zipf"}, "unknown demand distribution"),
        ({"distribution": "normal", "mean": 5}, "also needs sd"),
        ({"distribution": "poisson", "mean": -1}, "mean must be above 0"),
        ({"distribution": "poisson", "mean": float("nan")}, "finite"),
        ({"distribution": "gamma", "mean": 5, "sd": 0}, "sd must be above 0"),
        ({"distribution": "uniform", "low": 5, "high": 5}, "low must be below high"),
        ({"distribution": "negative_binomial", "mean": 5, "sd": 1}, "use poisson instead"),
        ({"distribution": "discrete", "values": [1, 2], "probabilities": [1]}, "common length"),
        (
            {"distribution": "discrete", "values": [1, 2], "probabilities": [0.5, 0.4]},
            "add up to 1",
        ),
    ],
)
def test_a_law_that_makes_no_sense_is_refused_with_a_reason(distribution, message):
    with pytest.raises(ValueError, match=message):
        distributions.check(distribution)


def test_a_continuous_law_has_no_probability_table():
    with pytest.raises(ValueError, match="continuous"):
        distributions.pmf({"distribution": "gamma", "mean": 5, "sd": 2})
