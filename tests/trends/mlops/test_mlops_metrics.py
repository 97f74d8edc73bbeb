"""Distances, p-values and looks of module 10 against scipy and against published figures."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import ks_2samp, multivariate_normal, norm

from labkit.trends.mlops import data, metrics


def test_psi_of_samples_is_that_of_their_distributions():
    rng = np.random.default_rng(0)
    known, new = rng.standard_normal(400_000), rng.standard_normal(400_000) + 0.3
    assert metrics.psi(known, new) == pytest.approx(metrics.shift_distance(0.3)[0], rel=0.02)


def test_chance_alone_makes_a_psi_of_nine_over_the_rows():
    """Yurdakul and Naranjo (2020): (bins - 1)(1/n + 1/m) on average."""
    rng = np.random.default_rng(1)
    found = [
        metrics.psi(rng.standard_normal(4_000), rng.standard_normal(1_000)) for _ in range(300)
    ]
    assert np.mean(found) == pytest.approx(9 * (1 / 4_000 + 1 / 1_000), rel=0.06)


def test_expected_p_is_scipys_where_the_distance_is_exact():
    grid = (np.arange(2_000) + 0.5) / 2_000
    known = norm.ppf(grid)
    tested = ks_2samp(known, known + 0.1, method="asymp")
    assert tested.statistic == pytest.approx(metrics.shift_distance(0.1)[1], abs=1e-3)
    assert float(metrics.expected_p(0.1, 2_000)) == pytest.approx(tested.pvalue, rel=0.2)


def test_one_look_costs_the_level_and_two_what_the_normal_distribution_says():
    once, twice = metrics.false_rollbacks(0.05, 60)[-1], metrics.false_rollbacks(0.05, 30)[-1]
    level = norm.ppf(0.95)
    both = multivariate_normal(cov=[[1, 0.5**0.5], [0.5**0.5, 1]])
    assert once == pytest.approx(0.05, abs=0.005)
    assert twice == pytest.approx(1 - both.cdf([level, level]), abs=0.006)


def test_a_year_costs_what_its_alarms_and_days_cost():
    assert metrics.year_cost(0.5, 10) == 12 * 0.5 * 2_000 + 3 * 10 * 400


def test_nobody_does_better_than_who_knows_the_drift():
    measured = data.alarms()
    held = [one for one in measured.values() if one["false"] < 0.06]
    assert min(one["delay"] for one in held) == measured["knows the drift"]["delay"]
