"""Task `alarm`: years that shift and years that do not, and how soon one can know."""

from __future__ import annotations

from typing import Any

import numpy as np

from labkit.checks.career_capstone.redraw import days

QUIET, SHIFTING = 60, 100
LEVEL = 7.5
"""Of the all-knowing sum, in standard deviations of a day: with 7 it alarms in 11 % of 360 quiet
years, with 8 in 3 %."""


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return what draws the years, and ``best``: the mean delay of a sum that knows the shift.

    The years are asked about in ``order``; those below ``quiet`` do not shift.
    """
    case: dict[str, Any] = {
        "seed": int(rng.integers(2**62)),
        "order": rng.permutation(QUIET + SHIFTING).tolist(),
        "noise": round(float(rng.uniform(30, 120)), 1),
        "swing": round(float(rng.uniform(1.5, 3.0)), 2),
        "quiet": QUIET,
        "starts": rng.integers(40, 260, size=SHIFTING).tolist(),
        "shifts": (rng.choice([-1, 1], size=SHIFTING) * rng.uniform(0.8, 1.2, size=SHIFTING))
        .round(2)
        .tolist(),
    }
    case["best"] = float(np.mean([_delay(case, number) for number in range(SHIFTING)]))
    return case


def _delay(case: dict[str, Any], number: int) -> int:
    """Days until a cumulative sum that knows season, noise and shift alarms."""
    drawn = days(case, case["quiet"] + number)
    shift, start = case["shifts"][number], case["starts"][number]
    z = np.sign(shift) * (drawn.year - drawn.expected) / case["noise"]
    total = 0.0
    for place, value in enumerate(z[start:]):
        total = max(0.0, total + value - abs(shift) / 2)
        if total > LEVEL:
            return place + 1
    return len(z) - start
