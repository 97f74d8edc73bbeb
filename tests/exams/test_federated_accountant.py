"""The accountant behind the task `epsilon`: exact where it can be, and beside Opacus elsewhere."""

from __future__ import annotations

import itertools
import math
import warnings

import pytest

from exams.edge_federated.accountant import bounds, central_limit, gaussian, renyi


@pytest.mark.parametrize(("z", "steps"), [(2.0, 5), (4.0, 20), (1.0, 1)])
def test_without_sampling_both_bounds_hold_the_exact_epsilon(z, steps):
    exact = gaussian(z / math.sqrt(steps), 1e-5)
    low, high = bounds(z, 1.0, steps, 1e-5)
    assert low <= exact <= high < low * 1.002 + 1e-3


def test_one_gaussian_is_that_of_balle_and_wang():
    # Their theorem 8 by its two terms: the delta of the epsilon that is returned is the one asked.
    epsilon, mu = gaussian(1.5, 1e-5), 1 / 1.5

    def tail(x):
        return 0.5 * math.erfc(-x / math.sqrt(2))

    spent = tail(mu / 2 - epsilon / mu) - math.exp(epsilon) * tail(-mu / 2 - epsilon / mu)
    assert spent == pytest.approx(1e-5, rel=1e-6)


def test_the_published_example_comes_out():
    # z = 1, q = .05, 300 rounds: dp-accounting's privacy loss distributions say 5.80, Opacus 5.81;
    # Renyi's bound is 6.46 to 6.51, with finer or whole orders.
    low, high = bounds(1.0, 0.05, 300, 1e-5)
    assert 5.76 < low < 5.80 < high < 5.83
    assert 6.4 < renyi(1.0, 0.05, 300, 1e-5) < 6.6
    assert central_limit(1.0, 0.05, 300, 1e-5) == pytest.approx(5.07, abs=0.02)


GRID = [
    (z, q, steps, delta)
    for (z, q), (steps, delta) in itertools.product(
        [(0.8, 0.05), (0.9, 0.1), (1.2, 0.02), (1.5, 0.2)], [(100, 1e-6), (300, 1e-5)]
    )
]


def test_the_accountant_of_opacus_agrees_on_a_grid():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from opacus.accountants import PRVAccountant

    for z, q, steps, delta in GRID:
        peer = PRVAccountant()
        peer.history = [(z, q, steps)]
        theirs = peer.get_epsilon(delta)
        low, high = bounds(z, q, steps, delta)
        assert low <= high < low * 1.01 + 0.01
        # Theirs is an upper bound of its own, with an error of 0.01 each way.
        assert low - 0.03 < theirs < high + 0.03
        # Where epsilon is near one, whole orders lie further above: 1.28 times at worst here.
        assert high < renyi(z, q, steps, delta) < (1.2 if low > 1.5 else 1.3) * high


@pytest.mark.parametrize(("z", "q", "steps", "delta"), GRID)
def test_the_central_limit_promises_too_much_and_fewer_rounds_cost_less(z, q, steps, delta):
    low, _ = bounds(z, q, steps, delta)
    assert central_limit(z, q, steps, delta) < low
    assert bounds(z, q, steps // 2, delta)[1] < low
    assert bounds(1.1 * z, q, steps, delta)[1] < low
