"""The cheapest change of all, by trying every one; right and with known mistakes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from labkit.trends.explainable_ai.world.advice import Applicant

Floats = NDArray[np.float64]


def cheapest(
    f: Callable[[Floats], Floats],
    applicant: Applicant,
    fixed: bool = True,
    up: bool = True,
    ties: bool = True,
    by_cost: bool = True,
    at_once: int = 99,
) -> tuple[Floats | None, float]:
    """Return the cheapest approved row, and its cost; None and infinity where there is none.

    Args:
        f: from rows to scores; 0 or more is approved.
        applicant: with grid, costs and rules.
        fixed, up, ties: whether the rule is kept; a tie that is forgotten leaves its column alone.
        by_cost: else by the number of steps on the grid.
        at_once: how many columns may be moved.
    """
    x, rules = applicant.x, applicant.rules
    tied = [(int(i), int(j), float(rate)) for i, j, rate in rules["tied"]]
    axes = []
    for column, values in enumerate(applicant.grid):
        allowed = np.ones(len(values), dtype=bool)
        if column in rules["fixed"] and fixed:
            allowed = np.abs(values - x[column]) < 1e-9
        if column in rules["up"] and up:
            allowed &= values >= x[column] - 1e-9
        axes.append(np.flatnonzero(allowed))
    places = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, len(x))
    rows = np.stack([values[places[:, m]] for m, values in enumerate(applicant.grid)], axis=1)
    cost = sum(values[places[:, m]] for m, values in enumerate(applicant.costs))
    own = np.array([int(np.abs(values - x[m]).argmin()) for m, values in enumerate(applicant.grid)])
    rank = cost if by_cost else np.abs(places - own).sum(axis=1).astype(float)
    if ties:
        moved = rows - x
        for target in {j for _, j, _ in tied}:
            rows[:, target] = x[target] + sum(
                rate * moved[:, i] for i, j, rate in tied if j == target
            )
    ok = (f(rows) >= 0) & ((places != own).sum(axis=1) <= at_once)
    if not ok.any():
        return None, np.inf
    best = int(np.where(ok, rank, np.inf).argmin())
    return rows[best], float(cost[best])


def step_by_step(
    f: Callable[[Floats], Floats], applicant: Applicant
) -> tuple[Floats | None, float]:
    """Take the allowed single change with the most gain a cost, until approved."""
    x, rules = applicant.x, applicant.rules
    tied = {int(j) for _, j, _ in rules["tied"]}
    now, paid = x.copy(), 0.0
    free = [m for m in range(len(x)) if m not in rules["fixed"] and m not in tied]
    for _ in range(len(free)):
        if f(now[None])[0] >= 0:
            return now, paid
        options = []
        for m in list(free):
            for value, cost in zip(applicant.grid[m], applicant.costs[m], strict=True):
                if cost <= 0 or (m in rules["up"] and value < x[m]):
                    continue
                row = now.copy()
                row[m] = value
                for target in tied:
                    row[target] = x[target] + sum(
                        rate * (row[int(i)] - x[int(i)])
                        for i, j, rate in rules["tied"]
                        if int(j) == target
                    )
                options.append(((f(row[None])[0] - f(now[None])[0]) / cost, m, row, cost))
        if not options:
            break
        _, m, now, cost = max(options, key=lambda one: one[0])
        free.remove(m)
        paid += float(cost)
    return (now, paid) if f(now[None])[0] >= 0 else (None, np.inf)
