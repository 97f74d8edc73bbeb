"""What an applicant could change: grids, costs, and the rules that advice must keep."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Applicant:
    """One refused applicant.

    Attributes:
        x: the row, shape (M,).
        grid: for each column the values that it may take; x's own is one of them.
        costs: for each column what each value of its grid costs; x's own costs 0.
        rules: "fixed", columns that stay; "up", columns that may only rise; "tied", triples
            (i, j, rate): column j moves by rate times what column i moves, and never by itself.
    """

    x: Floats
    grid: list[Floats]
    costs: list[Floats]
    rules: dict[str, Any]


def follow(x: ArrayLike, row: ArrayLike, tied: Sequence[Sequence[Any]]) -> Floats:
    """Return the row with its tied columns where the others bring them, shape (M,)."""
    start, found = np.asarray(x, float), np.array(row, dtype=float)
    for target in {int(j) for _, j, _ in tied}:
        moved = sum(
            rate * (found[int(i)] - start[int(i)]) for i, j, rate in tied if int(j) == target
        )
        found[target] = start[target] + moved
    return found


def price(applicant: Applicant, row: ArrayLike) -> float:
    """Return what the row costs, a sum over columns; infinite where a value is not on the grid."""
    tied = {int(j) for _, j, _ in applicant.rules["tied"]}
    total = 0.0
    for column, value in enumerate(np.asarray(row, float)):
        if column in tied:
            continue
        near = np.abs(applicant.grid[column] - value)
        total += float(applicant.costs[column][near.argmin()]) if near.min() < 1e-9 else np.inf
    return total


def broken_rule(applicant: Applicant, row: ArrayLike) -> str:
    """Say which rule the row breaks; "" where it keeps all."""
    now, x, rules = np.asarray(row, float), applicant.x, applicant.rules
    for column in rules["fixed"]:
        if abs(now[column] - x[column]) > 1e-9:
            return f"column {column} is fixed, and it moved from {x[column]:g} to {now[column]:g}"
    for column in rules["up"]:
        if now[column] < x[column] - 1e-9:
            return (
                f"column {column} may only rise, and it fell from {x[column]:g} to {now[column]:g}"
            )
    wanted = follow(x, now, rules["tied"])
    for column in {int(j) for _, j, _ in rules["tied"]}:
        if abs(now[column] - wanted[column]) > 1e-9:
            return (
                f"column {column} is tied: the other changes bring it to {wanted[column]:g}, and "
                f"it is {now[column]:g}"
            )
    if not np.isfinite(price(applicant, now)):
        return "a value is not on the grid"
    return ""


def as_applicant(case: Mapping[str, Any]) -> Applicant:
    """Read an applicant from plain data."""
    return Applicant(
        np.array(case["x"], float),
        [np.array(values, float) for values in case["grid"]],
        [np.array(values, float) for values in case["costs"]],
        {key: case["rules"][key] for key in ("fixed", "up", "tied")},
    )
