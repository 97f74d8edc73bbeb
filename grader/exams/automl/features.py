"""Task `features`: four features at a cut-off, and what they are with a known mistake."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from labkit.checks.automl.redraw import events
from labkit.exercise.drawing import until

CASES = 3
MISTAKES: dict[str, dict[str, Any]] = {
    "cut-off included": {"included": True},
    "bookings ignored": {"booked": False},
    "edge left out": {"edge": False},
    "whole life": {"window": 10**6},
    "mean of all time": {"later": True},
}


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``.

    Each has what draws its purchases, ``window`` (days), the right ``features`` (m, 4), and
    ``traps``, the sums of the columns under known mistakes.
    """
    return {
        "cases": [
            until(partial(_case, rng), _shows, "every mistake in some feature")
            for _ in range(CASES)
        ]
    }


def _case(rng: np.random.Generator) -> dict[str, Any]:
    case: dict[str, Any] = {
        "n": int(rng.integers(280, 360)),
        "customers": int(rng.integers(16, 22)),
        "days": int(rng.integers(100, 140)),
        "late": round(float(rng.uniform(3, 6)), 2),
        "seed": int(rng.integers(2**31)),
        "window": int(rng.integers(18, 32)),
    }
    drawn = events(case)
    case["features"] = reference(*drawn, case["window"]).tolist()
    case["traps"] = {
        name: reference(*drawn, **{"window": case["window"], **how}).sum(axis=0).tolist()
        for name, how in MISTAKES.items()
    }
    return case


def reference(
    bought: pd.DataFrame,
    cutoffs: pd.DataFrame,
    window: int,
    included: bool = False,
    booked: bool = True,
    edge: bool = True,
    later: bool = False,
) -> NDArray[np.float64]:
    """The features as the task's text defines them; the flags make the known mistakes."""
    rows = []
    for customer, cutoff in cutoffs[["customer", "day"]].to_numpy():
        when = bought["booked"] if booked else bought["day"]
        known = bought[(when <= cutoff) if included else (when < cutoff)]
        own = known[known["customer"] == customer]
        start = cutoff - window
        recent = own[(own["day"] >= start) if edge else (own["day"] > start)]
        everybody = bought if later else known
        rows.append(
            [
                len(recent),
                recent["amount"].sum(),
                cutoff - own["day"].max() if len(own) else -1,
                own["amount"].mean() - everybody["amount"].mean() if len(own) else 0.0,
            ]
        )
    return np.array(rows, dtype=float)


def _shows(case: dict[str, Any]) -> bool:
    right = np.array(case["features"]).sum(axis=0)
    alone = np.array(case["features"])[:, 2] == -1
    return bool(alone.any()) and all(
        np.abs(np.array(sums) - right).max() > 0.5 for sums in case["traps"].values()
    )
