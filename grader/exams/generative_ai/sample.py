"""Task `sample`: four flows, of which some run backwards in time."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exams.generative_ai.seeds import seed
from labkit.checks.generative_ai.redraw import flow
from labkit.exercise.drawing import until
from labkit.trends.generative_ai.world.flow import Velocity, turning

Floats = NDArray[np.float64]
POINTS, FINE = 60, 100


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``, in a drawn order; in two of four, time runs backwards.

    Each has ``seed``, ``given`` and ``points``, which draw mixture and noise; ``start``, ``end``,
    ``turn`` and ``evaluations``; ``points_at_end``, where the flow leads; ``traps``, the median
    distances from there that known mistakes leave; and ``reference``, that of midpoints.
    """
    cases = [
        until(partial(_case, rng, place % 2 == 1), _shows, "a flow where every mistake shows")
        for place in range(4)
    ]
    return {"cases": [cases[place] for place in rng.permutation(4)]}


def _case(rng: np.random.Generator, backwards: bool) -> dict[str, Any]:
    times = sorted(np.round(rng.uniform(0, 3, 2), 2).tolist(), reverse=backwards)
    case: dict[str, Any] = {
        "seed": seed(rng),
        "given": {
            "components": int(rng.integers(4, 8)),
            "dimensions": int(rng.integers(2, 5)),
            "width": round(float(rng.uniform(0.4, 0.6)), 2),
        },
        "turn": round(float(rng.choice([-1, 1]) * rng.uniform(1.4, 1.8)), 2),
        "points": POINTS,
        "start": float(times[0]),
        "end": float(times[1]),
        "evaluations": int(rng.choice([12, 16])),
    }
    if abs(case["end"] - case["start"]) < 0.4:
        return case
    mixture, noise = flow(case)
    start = case["start"]
    velocity = turning(mixture.velocity, start, case["end"], case["turn"])
    exact = runge_kutta(velocity, noise, start, case["end"], FINE)
    case["points_at_end"] = np.round(exact, 7).tolist()
    n = case["evaluations"]
    ends = {
        "euler": euler(velocity, noise, start, case["end"], n),
        "middle of its time": euler(velocity, noise, start, case["end"], n, 0.5),
        "backwards": euler(velocity, noise, case["end"], start, n),
        "clock from 0 to 1": euler(velocity, noise, 0.0, 1.0, n),
        "one step": euler(velocity, noise, start, case["end"], 1),
    }
    case["traps"] = {
        key: float(np.median(np.linalg.norm(found - exact, axis=1))) for key, found in ends.items()
    }
    found = midpoint(velocity, noise, start, case["end"], n // 2)
    case["reference"] = float(np.median(np.linalg.norm(found - exact, axis=1)))
    return case


def euler(
    velocity: Velocity, x: Floats, start: float, end: float, steps: int, late: float = 0.0
) -> Floats:
    """Follow a flow with one evaluation a step, at its beginning or by a share of it later."""
    step = (end - start) / steps
    for place in range(steps):
        x = x + step * velocity(x, start + (place + late) * step)
    return x


def midpoint(velocity: Velocity, x: Floats, start: float, end: float, steps: int) -> Floats:
    """Follow a flow with two evaluations a step, of second order."""
    step = (end - start) / steps
    for place in range(steps):
        t = start + place * step
        x = x + step * velocity(x + step / 2 * velocity(x, t), t + step / 2)
    return x


def runge_kutta(velocity: Velocity, x: Floats, start: float, end: float, steps: int) -> Floats:
    """Follow a flow with four evaluations a step, of fourth order."""
    step = (end - start) / steps
    for place in range(steps):
        t = start + place * step
        a = velocity(x, t)
        b = velocity(x + step / 2 * a, t + step / 2)
        c = velocity(x + step / 2 * b, t + step / 2)
        d = velocity(x + step * c, t + step)
        x = x + step / 6 * (a + 2 * b + 2 * c + d)
    return x


def _shows(case: dict[str, Any]) -> bool:
    if "traps" not in case:
        return False
    traps, least = case["traps"], case["traps"]["euler"]
    finite = all(np.isfinite(list(traps.values())))
    return finite and case["reference"] < 0.25 * least and min(traps.values()) > 0.5 * least > 0.02
