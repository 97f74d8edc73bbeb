"""The exams of module 00 know the right figures."""

from __future__ import annotations

import numpy as np
import pytest

from exams.new_module.fill_rate import fill_rate


def test_three_days_counted_by_hand():
    # 2 of 2, 5 of 5 and 5 of 8 units.
    assert fill_rate(np.array([2, 5, 8]), 5) == pytest.approx(12 / 15)
