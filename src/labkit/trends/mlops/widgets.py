"""The explorations of the lesson: a drift test that sees more and more rows, and looks at a canary.

Drawing is left to `plots`, numbers to `metrics`.
"""

from __future__ import annotations

import numpy as np

from labkit.pictures.explorer import Explorer, choice, decimal
from labkit.pictures.plot import Plot
from labkit.trends.mlops.metrics import expected_p, false_rollbacks, shift_distance
from labkit.trends.mlops.plots import p_values, rollbacks

ROWS = np.geomspace(100, 10_000_000, 60)


def explore_drift() -> Explorer:
    """Sliders for the size of a drift and for the rows that a dashboard compares."""
    controls = {
        "shift": decimal("shift (sd)", 0.02, 0.01, 0.3, 0.01),
        "rows": choice("rows", 1_000, (300, 1_000, 10_000, 100_000, 1_000_000)),
    }
    return Explorer(_drift, controls)


def _drift(shift: float, rows: int) -> Plot:
    return p_values(ROWS, expected_p(shift, ROWS), rows, shift_distance(shift)[0], shift)


def explore_looks() -> Explorer:
    """Sliders for the level of a test and for how often somebody looks."""
    controls = {
        "level": choice("level (%)", 5.0, (0.1, 1.0, 2.0, 5.0, 10.0)),
        "every": choice("minutes between looks", 60, (1, 5, 10, 30, 60)),
    }
    return Explorer(_looks, controls)


def _looks(level: float, every: int) -> Plot:
    return rollbacks(false_rollbacks(level / 100, every), level / 100, every)
