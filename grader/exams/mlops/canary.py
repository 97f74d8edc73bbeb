"""Task `canary`: healthy and broken versions, and how long Wald's test takes for them."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.stats import binom

from labkit.checks.mlops.redraw import canary
from labkit.exercise.drawing import until

EACH, MINUTES = 120, 90
CHANCE = 0.05
NAIVE = 0.105
"""Share that a test of all minutes so far, at 5 % in every minute, must decide wrongly in an exam:
above what the task allows (a tenth of the healthy, and of the broken). It does so in nearly half of
the draws."""


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return seed, sizes and rates, and ``best``: the mean minutes of the sequential test."""
    return until(lambda: _case(rng), _naive_fails, "a canary that looking every minute misjudges")


def _case(rng: np.random.Generator) -> dict[str, Any]:
    usual = round(float(rng.uniform(0.015, 0.03)), 4)
    case: dict[str, Any] = {
        "seed": int(rng.integers(2**31)),
        "broken": rng.permutation(np.repeat([False, True], EACH)).tolist(),
        "minutes": MINUTES,
        "usual": usual,
        "bad": round(usual * float(rng.uniform(2.0, 2.3)), 4),
        "traffic": round(float(rng.uniform(0.7, 0.9)) / usual, 1),
    }
    case["best"] = float(np.mean([wald_minutes(case, n) for n in range(2 * EACH)]))
    return case


def _naive_fails(case: dict[str, Any]) -> bool:
    """Whether exact tests against either rate, in every minute, decide too often wrongly."""
    drawn = np.array([canary(case, number) for number in range(2 * EACH)]).cumsum(axis=2)
    requests, errors = drawn[:, 0], drawn[:, 1]
    high = binom.sf(errors - 1, requests, case["usual"]) < CHANCE
    low = binom.cdf(errors, requests, case["bad"]) < CHANCE
    first = (high | low).argmax(axis=1)
    back = high[np.arange(len(first)), first]
    broken = np.array(case["broken"])
    return bool(max(back[~broken].mean(), 1 - back[broken].mean()) > NAIVE)


def wald_minutes(case: dict[str, Any], number: int) -> int:
    """Minutes until the sequential test decides, or all of them."""
    requests, errors = canary(case, number)
    usual, bad = case["usual"], case["bad"]
    steps = errors * np.log(bad / usual) + (requests - errors) * np.log((1 - bad) / (1 - usual))
    outside = np.abs(np.cumsum(steps)) >= np.log((1 - CHANCE) / CHANCE)
    return int(outside.argmax()) + 1 if outside.any() else len(steps)
