"""What the last line of a test may stand for."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from labkit.grading.trusted.points import fault

FINE = [0, 2.5, True, np.float32(1), np.bool_(True), Decimal("1.5")]


@pytest.mark.parametrize("value", FINE, ids=repr)
def test_a_number_is_points(value):
    assert fault(value, "value") is None


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -1, np.float64("nan")], ids=repr)
def test_what_is_no_amount_is_no_points(value):
    assert "no points are given" in str(fault(value, "value"))


@pytest.mark.parametrize(
    "value", [np.arange(3), [1, 2], (1,), 2j, pd.Series([1.0]), np.ma.masked], ids=repr
)
@pytest.mark.parametrize("source", ["right / 8", "score", "round(score, 2)", "1 if x else 2"])
def test_a_calculation_that_ends_in_something_else_is_no_points(value, source: str):
    assert "one number of points" in str(fault(value, source))


@pytest.mark.parametrize(
    ("value", "source"),
    [
        (None, "check(1)"),
        ("Success", "'Success'"),
        (pd.DataFrame({"a": [1]}), "table"),
        (np.arange(3), "np.arange(3)"),
        ([1], "%timeit -o f()"),
    ],
    ids=str,
)
def test_a_display_at_the_end_is_left_to_nbgrader(value, source: str):
    assert fault(value, source) is None
