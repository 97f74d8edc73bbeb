"""The references of module 13 say what can be counted by hand, and what others say."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from exams.automl.features import reference as features
from exams.automl.folds import reference as folds
from exams.automl.weights import likeliest
from labkit.trends.automl.world.logs import draw_events, draw_rows


def test_folds_of_six_rows_counted_by_hand():
    customer, day = np.array([1, 2, 3, 1, 4, 5]), np.array([0, 5, 6, 7, 9, 8])
    # The block is days 8 and 9; labels come 2 days later, so day 6 comes on its first day.
    assert folds(customer, day, wait=2, length=2, k=1) == [[[0, 1], [4, 5]]]


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**20))
def test_what_is_booked_at_a_cutoff_or_later_changes_no_feature(seed):
    events, cutoffs = draw_events(120, 8, 60, 3.0, seed)
    one = cutoffs.iloc[[0]]
    later = events["booked"] >= one["day"].item()
    changed = events.copy()
    changed.loc[later, "amount"] *= 7
    changed.loc[later, "customer"] = one["customer"].item()
    np.testing.assert_array_equal(features(changed, one, 20), features(events, one, 20))


def test_what_is_booked_before_a_cutoff_counts():
    events = pd.DataFrame(
        {"customer": [1, 1, 2], "day": [3, 5, 5], "booked": [3, 9, 9], "amount": [10.0, 20, 60]}
    )
    cutoffs = pd.DataFrame({"customer": [1, 1], "day": [9, 10]})
    assert features(events, cutoffs, 5).tolist() == [[0, 0, 6, 0], [1, 20, 5, -15]]


def test_the_likeliest_weights_are_those_of_a_general_optimiser():
    rng = np.random.default_rng(1)
    said, chance = rng.uniform(0.05, 0.95, (400, 4)), rng.uniform(0.1, 0.9, 400)

    def loss(weights):
        blend = said @ weights
        return -(chance * np.log(blend) + (1 - chance) * np.log1p(-blend)).mean()

    found = minimize(
        loss,
        np.full(4, 0.25),
        bounds=[(0, 1)] * 4,
        constraints={"type": "eq", "fun": lambda weights: weights.sum() - 1},
        options={"ftol": 1e-12},
    )
    assert loss(likeliest(said, chance, 3_000)) == pytest.approx(found.fun, abs=1e-6)


def test_a_training_table_holds_its_first_and_last_day():
    rows = draw_rows(50, 10, 200, 4)
    assert rows["day"].min() == 0 and rows["day"].max() == 199
