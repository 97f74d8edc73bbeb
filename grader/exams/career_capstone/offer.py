"""Task `offer`: pilots in which what customers bring misleads about what an offer adds."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labkit.checks.career_capstone.redraw import pilot
from labkit.exercise.drawing import until

CASES = 4
BINDS = (True, False, True, False)
ALONG = (1, 1, -1, -1)
"""Signs of the correlation between what a customer brings and what an offer adds."""


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``, in any order.

    Each has what draws its pilot, the task's ``cost`` and ``most``; ``best``, the oracle's profit;
    and ``traps``, the profit of the oracle's own rankings with a mistake.
    """
    order = rng.permutation(CASES)
    return {
        "cases": [
            until(
                partial(_case, rng, BINDS[kind], ALONG[kind]), _apart, "mistakes that cost enough"
            )
            for kind in order
        ]
    }


def _case(rng: np.random.Generator, binds: bool, sign: int) -> dict[str, Any]:
    cost = round(float(rng.uniform(12, 30)), 2)
    spread = round(float(rng.uniform(14, 19)), 2)
    m = int(rng.integers(1_500, 2_500))
    case: dict[str, Any] = {
        "n": int(rng.integers(3_500, 4_500)),
        "m": m,
        "seed": int(rng.integers(2**62)),
        "mean": round(cost - spread * float(rng.uniform(0.4, 0.6)), 2),
        "spread": spread,
        "usual": round(float(rng.uniform(26, 34)), 2),
        "along": round(sign * float(rng.uniform(0.3, 0.5)), 3),
        "noise": round(float(rng.uniform(40, 55)), 2),
        "cost": cost,
        # Above the third that is worth an offer, or well below it.
        "most": int(m * (rng.uniform(0.1, 0.16) if binds else rng.uniform(0.6, 0.7))),
    }
    case["best"] = earned(case, pilot(case).gain - cost, case["most"])
    return case


def earned(case: dict[str, Any], ranking: NDArray[np.float64], most: int) -> float:
    """Profit of offers to the `most` customers with the highest positive value in a ranking."""
    chosen = np.argsort(-ranking)[:most]
    chosen = chosen[ranking[chosen] > 0]
    return float((pilot(case).gain - case["cost"])[chosen].sum())


def _apart(case: dict[str, Any]) -> bool:
    """There is much to earn, and who spends all or forgets the cost earns clearly less."""
    gain = pilot(case).gain
    whole = earned(case, gain - gain.min() + 1, case["most"])
    binds = case["most"] < (gain > case["cost"]).sum()
    return case["best"] > 500 and (binds or whole < 0.6 * case["best"])
