"""Task `blind_policy`: the best decisions that do not see the group, under a bound on the gap.

The reference is a linear programme, an upper bound for decisions by yes and no. Judging is left to
the checks.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from exams.responsible_ai.programmes import blind
from labkit.checks.responsible_ai.redraw import files
from labkit.exercise.drawing import until
from labkit.trends.responsible_ai.world.cells import Cells, accuracy, gap

CASES = 4
GRAIN = 0.001
"""At most so much is lost because a cell is accepted whole or not at all."""

APART = 0.006
"""Every known mistake that keeps the bound lies at least so far below the best accuracy."""


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``.

    Each has ``seed``, ``cells`` (as many in every case), ``blur``, ``tell`` and ``turned`` (in
    every second one the other group is ahead), which draw the cells; ``bound``; ``best``, the
    highest accuracy of any blind policy; and ``traps``, accuracies of known mistakes.
    """
    fits = "every mistake apart from the best"
    cells = int(rng.integers(700, 900))
    return {
        "cases": [
            until(partial(_case, rng, cells, bool(n % 2)), _apart, fits) for n in range(CASES)
        ]
    }


def _case(rng: np.random.Generator, cells: int, turned: bool) -> dict[str, Any]:
    case: dict[str, Any] = {
        "seed": int(rng.integers(2**31)),
        "cells": cells,
        "blur": round(float(rng.uniform(0.6, 1.4)), 2),
        "tell": round(float(rng.uniform(1.7, 2.6)), 2),
        "turned": turned,
        "bound": round(float(rng.uniform(0.03, 0.08)), 3),
    }
    drawn = files(case)
    case["best"] = blind(drawn, case["bound"])
    case["traps"] = {
        name: accuracy(drawn, accept) for name, accept in _mistakes(drawn, case["bound"]).items()
    }
    return case


def _mistakes(drawn: Cells, bound: float) -> dict[str, np.ndarray]:
    cuts = [drawn.good > cut for cut in np.r_[-1.0, drawn.good]]
    allowed = [accept for accept in cuts if abs(gap(drawn, accept)) <= bound]
    return {
        "column dropped": drawn.good > 0.5,
        "one cut-off moved": max(allowed, key=lambda accept: accuracy(drawn, accept)),
    }


def priced(drawn: Cells, bound: float) -> float:
    """The accuracy that a price on the tilt reaches, with decisions by yes and no."""
    one, zero = drawn.mass * drawn.group, drawn.mass * (1 - drawn.group)
    tilt, worth = zero / zero.sum() - one / one.sum(), drawn.mass * (drawn.good - 0.5)
    policies = (worth > price * tilt for price in worth / tilt)
    return max(accuracy(drawn, p) for p in policies if abs(gap(drawn, p)) <= bound)


def _apart(case: dict[str, Any]) -> bool:
    drawn = files(case)
    return (
        priced(drawn, case["bound"]) >= case["best"] - GRAIN
        and blind(drawn, 0.0) < case["best"] - 0.005
        and all(
            abs(gap(drawn, accept)) > case["bound"] + 0.03
            or accuracy(drawn, accept) < case["best"] - APART
            for accept in (
                *_mistakes(drawn, case["bound"]).values(),
                drawn.good > 0.5 + 0.1 * (drawn.group if case["turned"] else 1 - drawn.group),
            )
        )
    )
