"""References of lab 03 agree with other ways to compute them."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from catalogue import ROOT
from labkit.exercise import instances
from labkit.trends.explainable_ai.world.advice import as_applicant, broken_rule, price
from labkit.trends.explainable_ai.world.boxes import box


def cases(task, seed):
    return instances.draw(ROOT / "grader", "explainable_ai", task, seed)["cases"]


def test_shapley_values_are_means_over_orders_and_sum_to_the_difference():
    for case in cases("shapley", 1):
        f, x, background = box(case["parts"]), np.array(case["x"]), np.array(case["background"])
        gap = f(x[None])[0] - f(background).mean()
        assert sum(case["margin"]) == pytest.approx(gap)
        if len(x) > 6:
            continue
        total, orders = np.zeros(len(x)), list(itertools.permutations(range(len(x))))
        for order in orders:
            rows = background.copy()
            before = f(rows).mean()
            for column in order:
                rows[:, column] = x[column]
                now = f(rows).mean()
                total[column] += now - before
                before = now
        np.testing.assert_allclose(total / len(orders), case["margin"], atol=1e-10)


def every_candidate(person):
    """Rows (n, M) and costs (n,) of all combinations of the grids that keep every rule."""
    grids = np.meshgrid(*person.grid, indexing="ij")
    rows = np.stack([values.ravel() for values in grids], axis=1)
    costs = sum(prices.ravel() for prices in np.meshgrid(*person.costs, indexing="ij"))
    moved = rows - person.x
    allowed = (moved[:, person.rules["fixed"]] == 0).all(axis=1)
    allowed &= (moved[:, person.rules["up"]] >= 0).all(axis=1)
    for i, j, rate in person.rules["tied"]:
        rows[:, j] += rate * moved[:, i]
    return rows[allowed], costs[allowed]


def test_the_least_cost_is_that_of_full_enumeration_for_two_hundred_applicants():
    drawn = itertools.chain.from_iterable(cases("counterfactual", seed) for seed in range(9))
    seen = 0
    for case in itertools.islice(drawn, 200):
        person = as_applicant(case)
        rows, costs = every_candidate(person)
        costs = np.where(box(case["parts"])(rows) >= 0, costs, np.inf)
        best = int(costs.argmin())
        if case["best"] < 0:
            assert costs[best] == np.inf
        else:
            assert costs[best] == pytest.approx(case["best"], abs=1e-8)
            assert broken_rule(person, rows[best]) == ""
            assert price(person, rows[best]) == pytest.approx(case["best"], abs=1e-8)
        seen += 1
    assert seen == 200


def test_some_reviews_have_no_leak_and_both_kinds_of_columns_occur():
    drawn = [case for seed in range(20) for case in cases("leaks", seed)]
    counts = [len(case["leaks"]) for case in drawn]
    assert set(counts) == {0, 1, 2}
    assert {case["is_text"] for case in drawn} == {True, False}


def test_one_ward_has_one_sticker_and_the_other_two():
    for seed in range(3):
        assert sorted(len(case["stickers"]) for case in cases("repair", seed)) == [1, 2]
