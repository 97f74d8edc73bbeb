"""What the last line of a test may stand for."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

from labkit.grading.trusted.points import fault, shown

FINE = [0, 2.5, True, np.float32(1), np.bool_(True), Decimal("1.5")]


@pytest.mark.parametrize("value", FINE, ids=repr)
def test_a_number_is_points(value):
    assert fault(value, "value") is None


@pytest.mark.parametrize(
    "value",
    [
        float("nan"),
        float("inf"),
        -1,
        np.float64("nan"),
        Decimal("sNaN"),
        Fraction(10**400),
        10**400,
    ],
    ids=lambda value: repr(value)[:30],
)
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
        ("Success", "'Suc' + 'cess'"),
        ("----", "'-' * 4"),
        ("Success", "word = 'Success'\nword"),
        (pd.DataFrame({"a": [1]}), "table"),
        (np.arange(3), "np.arange(3)"),
        ([1], "%timeit -o f()"),
    ],
    ids=str,
)
def test_a_display_at_the_end_is_left_to_nbgrader(value, source: str):
    assert fault(value, source) is None


@pytest.mark.parametrize("source", ["4 * share(answer)", "score = 4 * share(answer)\nscore"])
@pytest.mark.parametrize("value", ["texttext", b"", timedelta(4)], ids=repr)
def test_a_product_that_is_no_number_is_no_points(value, source: str):
    assert "one number of points" in str(fault(value, source))


@pytest.mark.parametrize(
    "value", [np.float64(1.5), np.float32(1.5), Decimal("1.5"), Fraction(3, 2)], ids=repr
)
def test_every_kind_of_number_is_shown_as_nbgrader_reads_it(value):
    assert shown(value) == "1.5"


@pytest.mark.parametrize("value", [1, 0.5, True, np.bool_(False), "1", None, [1]], ids=repr)
def test_what_nbgrader_reads_by_itself_is_shown_as_it_is(value):
    assert shown(value) is None
