"""The world of module 00 is what its docstrings say."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from labkit.trends.new_module import world


def test_demand_is_uniform_from_one_to_the_largest():
    demand = world.draw_demand(np.random.default_rng(1), 100_000)
    assert demand.min() == 1 and demand.max() == world.LARGEST
    # A mean of (1 + 20) / 2, within five standard errors.
    error = np.sqrt((world.LARGEST**2 - 1) / 12 / len(demand))
    assert abs(demand.mean() - (1 + world.LARGEST) / 2) < 5 * error


@given(st.lists(st.integers(1, world.LARGEST), min_size=1), st.integers(1, world.LARGEST))
def test_a_day_is_short_where_it_asks_for_more_than_there_is(demand, stock):
    short = world.days_short(np.array(demand), stock)
    assert short.tolist() == [asked > stock for asked in demand]
