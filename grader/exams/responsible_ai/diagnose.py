"""Task `diagnose`: what is wrong with a hiring tool, and how much; twenty audits.

The reference holds each of four differences against its standard error. Judging is left to the
checks.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from labkit.checks.responsible_ai.redraw import audit
from labkit.exercise.drawing import until
from labkit.trends.responsible_ai.world.audits import CAUSES, Audit

EACH = 4
"""Audits of each of the five kinds."""

RAW = 0.3
"""Relative; at least so far is the gap between areas, the score not held, from a proxy's size."""


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"audits": [...]}``.

    Each has ``seed``, ``cause``, ``size``, ``share``, ``good``, ``ability`` and ``areas``, which
    draw the audit. The reference finds every cause, and the size within 12 %.
    A proxy is not seen by comparing areas alone.
    """
    causes = rng.permutation(np.repeat(CAUSES, EACH))
    return {
        "audits": [
            until(partial(_case, rng, str(cause)), _found, "a bias that stands out")
            for cause in causes
        ]
    }


SIZES = {
    "none": (0.0, 0.0),
    "label": (0.22, 0.34),
    "measurement": (3.0, 9.0),
    "sampling": (0.07, 0.18),
    "proxy": (0.11, 0.24),
}


def _case(rng: np.random.Generator, cause: str) -> dict[str, Any]:
    low = rng.uniform(0.34, 0.46)
    turned = -1 if rng.random() < 0.5 else 1
    return {
        "seed": int(rng.integers(2**31)),
        "cause": cause,
        "size": round(float(rng.uniform(*SIZES[cause])), 3),
        "share": round(float(rng.uniform(0.34, 0.44)), 3),
        "good": rng.permutation([low, low + rng.uniform(0.12, 0.2)]).round(3).tolist(),
        "ability": (50 + turned * rng.uniform(5, 8) * np.array([1, -1])).round(1).tolist(),
        "areas": [
            round(float(rng.uniform(0.1, 0.2)), 3),
            round(float(rng.uniform(0.8, 0.9)), 3),
        ],
    }


def sizes(given: Audit) -> dict[str, tuple[float, float]]:
    """Each bias and its standard error, estimated as if it were there."""
    records, again = given.records, given.rechecked
    good = again[again["good"] == 1]
    share = float((records["group"] == 1).mean())
    slope = np.polyfit(records["score"], records["decided"], 1)
    return {
        "label": _difference(good["label"], good["group"]),
        "measurement": _difference(again["score"] - again["true_score"], again["group"]),
        "sampling": (given.register - share, np.sqrt(share * (1 - share) / len(records))),
        "proxy": _difference(
            records["decided"] - np.polyval(slope, records["score"]), records["area"]
        ),
    }


def _difference(values: ArrayLike, who: ArrayLike) -> tuple[float, float]:
    """The mean of those with 0 minus that of those with 1, and its standard error."""
    parts = [np.asarray(values, float)[np.asarray(who) == side] for side in (0, 1)]
    error = np.sqrt(sum(part.var() / len(part) for part in parts))
    return float(parts[0].mean() - parts[1].mean()), float(error)


def _found(case: dict[str, Any]) -> bool:
    found = sizes(audit(case))
    others = [abs(size) / error for name, (size, error) in found.items() if name != case["cause"]]
    if max(others) > 2.5:
        return False
    if case["cause"] == "none":
        return True
    size, error = found[case["cause"]]
    if case["cause"] == "proxy":
        records = audit(case).records
        raw, _ = _difference(records["decided"], records["area"])
        if abs(raw - case["size"]) < RAW * case["size"]:
            return False
    return abs(size - case["size"]) < 0.12 * case["size"] and size > 7 * error
