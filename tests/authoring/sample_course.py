"""The files of a small course, so that the authoring tests need no real module."""

from __future__ import annotations

from pathlib import Path

LAB = """\
# %% [markdown]
# # Stock for one day
#
# Order so that little is lost.

# %% locked="setup"
mean_demand = 10


# %% solution="order_up_to"
def order_up_to(level, on_hand):
    \"\"\"Return the order.\"\"\"
    ### BEGIN SOLUTION
    missing_units = max(level - on_hand, 0)
    return missing_units
    ### END SOLUTION


# %% test="order_up_to" points=4
points_reached = 2.0 * (order_up_to(10, 3) == 7)
### BEGIN HIDDEN TESTS
points_reached += 2.0 * (order_up_to(4, 9) == 0)
### END HIDDEN TESTS
points_reached

# %% [markdown] essay="memo" points=6
# Say what you would order.
#
# ### BEGIN SOLUTION
# The manager should order up to the critical fractile of the demand.
# ### END SOLUTION
"""

LESSON = """\
# %% [markdown]
# # A lesson

# %% tags=["hide-input"]
x = 1
x
"""

CATALOG = """\
title: A course
introduction: What it is about.
modules:
  - name: 01_stock
    title: Stock
    trend: Stock is ordered by machines.
    question: How much?
    skills: [Order]
    roles: [Planner]
    minutes: 90
    points: 10
    prerequisites: []
    status: available
  - name: 02_later
    title: Later
    trend: More to come.
    question: When?
    skills: [Wait]
    roles: [Planner]
    minutes: 60
    points: 10
    prerequisites: [01_stock]
    status: planned
"""

REFERENCE = """\
import numpy as np


def best_level(demand, holding, penalty):
    ratio_of_costs = penalty / (penalty + holding)
    rng = np.random.default_rng(demand.seed)
    return np.quantile(demand.draw(rng), ratio_of_costs)
"""

WORLD = """\
import numpy as np


def demand(seed, size):
    rng = np.random.default_rng(demand.seed)
    return rng.poisson(10, size)
"""


def write(path: Path, text: str) -> Path:
    """Write a text file and its folders."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode("utf-8"))
    return path
