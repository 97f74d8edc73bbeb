"""References of lab 03 agree with other ways to compute them."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from catalogue import ROOT
from labkit.exercise import instances
from labkit.trends.explainable_ai.world.advice import as_applicant, broken_rule, follow, price
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


def test_the_least_cost_is_that_of_plain_enumeration_for_two_hundred_applicants():
    seen = 0
    for seed in range(9):
        for case in cases("counterfactual", seed):
            person, f = as_applicant(case), box(case["parts"])
            rows = np.array(list(itertools.product(*person.grid)))[:: len(case["x"]) * 5]
            rows = np.array([follow(person.x, row, person.rules["tied"]) for row in rows])
            allowed = rows[f(rows) >= 0]
            costs = [price(person, row) for row in allowed if not broken_rule(person, row)]
            # A sample of all candidates: none is cheaper, and none is allowed where none is stated.
            assert (
                (not costs) if case["best"] < 0 else min(costs, default=99) >= case["best"] - 1e-9
            )
            seen += 1
    assert seen >= 200


def test_some_reviews_have_no_leak_and_both_kinds_of_columns_occur():
    drawn = [case for seed in range(20) for case in cases("leaks", seed)]
    counts = [len(case["leaks"]) for case in drawn]
    assert set(counts) == {0, 1, 2}
    assert {case["is_text"] for case in drawn} == {True, False}


def test_one_ward_has_one_sticker_and_the_other_two():
    for seed in range(3):
        assert sorted(len(case["stickers"]) for case in cases("repair", seed)) == [1, 2]
