"""The best policies under a bound, as linear programmes solved by HiGHS.

They are exact but for the solver's tolerance of 1e-9. Judging is left to the checks.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

from labkit.trends.responsible_ai.world.cells import Cells
from labkit.trends.responsible_ai.world.lending import Curves

Floats = NDArray[np.float64]


def accepted(curves: Curves, loss: float, rule: str, bound: float) -> Floats:
    """The most profitable chances of acceptance, (scores, groups), under a rule.

    Args:
        curves: what the lender knows.
        loss: what a default costs, in repaid loans.
        rule: "parity", "opportunity", "odds", or "none".
        bound: between the groups' highest and lowest rate.
    """
    scores, groups = curves.good.shape
    payers, others = curves.mass * curves.good, curves.mass * (1 - curves.good)
    of_rule = {
        "none": [],
        "parity": [curves.mass],
        "opportunity": [payers],
        "odds": [payers, others],
    }[rule]
    worth = (payers - loss * others) * curves.shares
    rows = []
    for kind, people in enumerate(of_rule):
        for group in range(groups):
            rate = np.zeros((scores, groups))
            rate[:, group] = people[:, group] / people[:, group].sum()
            low = np.eye(len(of_rule))[kind]
            rows += [np.r_[rate.ravel(), -low], np.r_[-rate.ravel(), low]]
    limits = np.tile([bound, 0.0], len(rows) // 2)
    found = linprog(
        np.r_[-worth.ravel(), np.zeros(len(of_rule))],
        A_ub=np.array(rows) if rows else None,
        b_ub=limits if rows else None,
        bounds=(0, 1),
        method="highs-ds",
    )
    return np.asarray(found.x)[: scores * groups].reshape(scores, groups)


def blind(cells: Cells, bound: float) -> float:
    """The highest accuracy of any policy that does not see the group, chances allowed."""
    one, zero = cells.mass * cells.group, cells.mass * (1 - cells.group)
    tilt = zero / zero.sum() - one / one.sum()
    found = linprog(
        -cells.mass * (2 * cells.good - 1),
        A_ub=[tilt, -tilt],
        b_ub=[bound, bound],
        bounds=(0, 1),
    )
    return float(-found.fun + cells.mass @ (1 - cells.good))
