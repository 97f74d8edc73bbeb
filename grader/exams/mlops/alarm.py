"""Task `alarm`: streams that drift, and how soon one can know who knows the drift."""

from __future__ import annotations

from typing import Any

import numpy as np

from labkit.checks.mlops.redraw import stream

QUIET, DRIFTING = 100, 40
LEVEL = 3.0
"""Of the all-knowing chart: over 2,000 quiet streams of 20 windows it alarms in 4 %."""


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return seed and sizes, and ``best``: the mean delay of a chart that knows the drift."""
    case: dict[str, Any] = {
        "seed": int(rng.integers(2**31)),
        "known": 6_000,
        "rows": int(rng.integers(90, 131)),
        "quiet": QUIET,
        "drifting": DRIFTING,
        "quiet_windows": 20,
        "windows": 48,
        "start": 8,
    }
    # In standard errors of a window's mean, so that windows of any size are equally hard.
    case["shift"] = round(float(rng.uniform(1.7, 2.0)) / case["rows"] ** 0.5, 4)
    case["best"] = float(np.mean([_delay(case, QUIET + n) for n in range(DRIFTING)]))
    return case


def _delay(case: dict[str, Any], number: int) -> int:
    """Windows until a cumulative sum on the feature that drifts, in its direction, alarms."""
    reference, windows = stream(case, number)
    error = reference.std(axis=0) * (1 / case["rows"] + 1 / case["known"]) ** 0.5
    z = (windows.mean(axis=1) - reference.mean(axis=0)) / error
    late = z[case["start"] :].mean(axis=0)
    feature = int(np.abs(late).argmax())
    size = case["shift"] * case["rows"] ** 0.5
    total = 0.0
    for place, value in enumerate(np.sign(late[feature]) * z[case["start"] :, feature]):
        total = max(0.0, total + value - size / 2)
        if total > LEVEL:
            return place + 1
    return len(z) - case["start"]
