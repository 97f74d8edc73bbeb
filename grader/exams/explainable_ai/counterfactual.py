"""Task `counterfactual`: refused applicants, and the cheapest change that is allowed."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from labkit.exercise.drawing import until
from labkit.trends.explainable_ai.world.advice import Applicant, as_applicant, broken_rule
from labkit.trends.explainable_ai.world.boxes import box, draw_parts

from .enumeration import cheapest, step_by_step

BANKS, APPLICANTS = 4, 6
MISTAKES: dict[str, dict[str, Any]] = {
    "fixed": {"fixed": False},
    "up": {"up": False},
    "ties": {"ties": False},
    "cost": {"by_cost": False},
    "one": {"at_once": 1},
}


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``: four banks' refused applicants.

    Each has ``parts`` of the bank's score (0 or more is approved), ``x``, ``grid``, ``costs``,
    ``rules``, and ``best``, the least cost; it is -1 where nothing allowed is approved.
    """
    cases: list[dict[str, Any]] = []
    for _ in range(BANKS):
        drawn: list[dict[str, Any]] = until(
            partial(_bank, rng), _shows, "every mistake with some applicant"
        )
        cases += drawn
    return {"cases": [cases[place] for place in rng.permutation(len(cases))]}


def _bank(rng: np.random.Generator) -> list[dict[str, Any]]:
    size = int(rng.integers(6, 8))
    roles = rng.permutation(["fixed", "tied", "up", "up"] + ["free"] * (size - 4)).tolist()
    parts = draw_parts(int(rng.integers(2**31)), np.ones(size), waves=2, steps=2, speed=0.5)
    parts.append(["line", 1.0, round(float(rng.uniform(-2.2, -1.6)), 3), [0.0] * size])
    tied, up = roles.index("tied"), [m for m, role in enumerate(roles) if role == "up"]
    ties = [[m, tied, round(float(rng.uniform(0.4, 1.2)), 2)] for m in up]
    f = box(parts)
    found: list[dict[str, Any]] = []
    refused = 0
    for _ in range(120):
        case = _applicant(rng, roles, ties, up)
        case["parts"] = parts
        applicant = as_applicant(case)
        if f(applicant.x[None])[0] >= -0.2:
            continue
        best = cheapest(f, applicant)[1]
        case["best"] = round(best, 9) if np.isfinite(best) else -1.0
        # One of six has no way; the others need more than one column.
        if not np.isfinite(best):
            if refused == 0:
                found.append(case)
                refused += 1
            continue
        if cheapest(f, applicant, at_once=1)[1] > best + 1e-6 and len(found) - refused < 5:
            found.append(case)
        if len(found) == APPLICANTS:
            break
    return found


def _applicant(
    rng: np.random.Generator, roles: list[str], ties: list[list[Any]], up: list[int]
) -> dict[str, Any]:
    grid, costs, x = [], [], []
    for role in roles:
        levels = 1 if role == "tied" else int(rng.integers(4, 7))
        # No two values of a grid are the same: each would have a cost of its own.
        values = np.round(np.linspace(-1.7, 1.7, levels) + rng.uniform(-0.25, 0.25, levels), 2)
        own = int(rng.integers(levels))
        if role in ("fixed", "up") and levels > 1:
            own = int(rng.integers(1, levels - 1))
        far = np.abs(values - values[own])
        cost = np.where(far > 0, rng.uniform(0.3, 1.0) + rng.uniform(0.4, 2.5) * far, 0.0)
        cost *= np.where(np.arange(levels) == own, 0.0, rng.uniform(0.8, 1.25, levels))
        grid.append(values.tolist())
        costs.append(np.round(cost, 7).tolist())
        x.append(float(values[own]))
    fixed = [m for m, role in enumerate(roles) if role == "fixed"]
    return {"x": x, "grid": grid, "costs": costs, "rules": {"fixed": fixed, "up": up, "tied": ties}}


def _shows(cases: list[dict[str, Any]]) -> bool:
    """Every mistake misses with some applicant; five have a way, and one has none."""
    if len(cases) < APPLICANTS or sum(case["best"] < 0 for case in cases) != 1:
        return False
    f = box(cases[0]["parts"])
    missed = set()
    for case in cases:
        applicant = as_applicant(case)
        plans = {key: cheapest(f, applicant, **how) for key, how in MISTAKES.items()}
        plans["step"] = step_by_step(f, applicant)
        missed |= {key for key, plan in plans.items() if _misses(applicant, case["best"], *plan)}
    return len(missed) == len(MISTAKES) + 1


def _misses(applicant: Applicant, best: float, row: Any, cost: float) -> bool:
    if row is None:
        return best >= 0
    return bool(broken_rule(applicant, row)) or cost > 1.01 * best
