"""Task `alarm`: streams that drift, and how soon one can know who knows the drift."""

from __future__ import annotations

from typing import Any

import numpy as np

from labkit.checks.mlops.redraw import Stream, stream

QUIET, DRIFTING, WINDOWS = 200, 80, 20
LEVEL = 3.0
"""Of the all-knowing chart: over 2,000 quiet streams of 20 windows it alarms in 4 %."""


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return seed, sizes and ``best``, mean delays of a chart that knows the drift.

    ``best`` has two delays, of the streams that rise and of those that fall, and ``ways`` how many
    there are of either.
    """
    case: dict[str, Any] = {
        "seed": int(rng.integers(2**31)),
        "known": 5_000,
        "rows": int(rng.integers(45, 66)),
        "drifts": rng.permutation([False] * QUIET + [True] * DRIFTING).tolist(),
        "windows": WINDOWS,
    }
    # In standard errors of a window's mean, so that windows of any size are equally hard.
    case["shift"] = round(float(rng.uniform(1.7, 2.0)) / case["rows"] ** 0.5, 4)
    drifting = [stream(case, number) for number, drifts in enumerate(case["drifts"]) if drifts]
    delays = [
        [_delay(case, seen) for seen in drifting if seen.feature * way > 0] for way in (1, -1)
    ]
    case["best"] = [float(np.mean(some)) for some in delays]
    case["ways"] = [len(some) for some in delays]
    return case


def _delay(case: dict[str, Any], seen: Stream) -> int:
    """Windows until a cumulative sum on the feature that drifts, in its direction, is seen to ring.

    It is looked at when everybody is, and was at 0 when the drift began.
    """
    feature = abs(seen.feature) - 1
    known = seen.reference[:, feature]
    z = seen.windows[seen.start :, :, feature].mean(axis=1) - known.mean()
    z /= known.std() * (1 / case["rows"] + 1 / case["known"]) ** 0.5
    size = case["shift"] * case["rows"] ** 0.5
    total = 0.0
    for place, value in enumerate(np.sign(seen.feature) * z, seen.start + 1):
        total = max(0.0, total + value - size / 2)
        if total > LEVEL:
            return next(end for end in seen.ends if end >= place) - seen.start
    return WINDOWS - seen.start + 1
