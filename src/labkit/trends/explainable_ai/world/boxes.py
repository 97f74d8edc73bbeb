"""Black boxes made of waves, steps and lines along drawn directions.

They interact, they are not smooth, and still the mean of their gradient over a normal neighbourhood
has a closed form. An explanation can so be compared with what it should say.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import norm

Floats = NDArray[np.float64]
Box = Callable[[ArrayLike], Floats]
Part = Sequence[Any]
"""Kind ("wave", "step" or "line"), height, shift, and the direction, one weight a column."""


def box(parts: Sequence[Part]) -> Box:
    """Return f, from rows (n, M) to (n,): the sum of height · kind(row · direction + shift)."""

    def f(rows: ArrayLike) -> Floats:
        table = np.atleast_2d(np.asarray(rows, dtype=float))
        total = np.zeros(len(table))
        for kind, height, shift, direction in parts:
            along = table @ np.asarray(direction, float) + shift
            if kind == "wave":
                total += height * np.sin(along)
            elif kind == "step":
                total += height * (along > 0)
            else:
                total += height * along
        return total

    return f


def mean_slopes(parts: Sequence[Part], x: ArrayLike, spread: ArrayLike) -> Floats:
    """Return the mean gradient (M,) over a normal neighbourhood of x with standard deviations (M,).

    Weighted least squares on points around x has it as its limit (Stein 1981). A wave contributes
    height · cos(…) · exp(-s²/2) along its direction, a step the normal density at its edge, where
    s is the standard deviation of row · direction.
    """
    centre, width = np.asarray(x, float), np.asarray(spread, float)
    total = np.zeros(len(centre))
    for kind, height, shift, direction in parts:
        towards = np.asarray(direction, float)
        along = float(centre @ towards + shift)
        s = float(np.sqrt(((towards * width) ** 2).sum()))
        if kind == "wave":
            steep = np.cos(along) * np.exp(-(s**2) / 2)
        elif kind == "step":
            steep = norm.pdf(along, scale=s) if s > 0 else 0.0
        else:
            steep = 1.0
        total += height * steep * towards
    return total


def draw_parts(
    seed: int, scale: ArrayLike, waves: int = 3, steps: int = 2, speed: float = 0.8
) -> list[list[Any]]:
    """Draw the parts of a box whose columns vary by `scale` (M,); the last part is a line."""
    rng = np.random.default_rng(seed)
    size = np.asarray(scale, float)
    parts: list[list[Any]] = []
    for kind in ["wave"] * waves + ["step"] * steps + ["line"]:
        direction = rng.normal(size=len(size)) / size
        if kind == "wave":
            direction *= speed
        height, shift = rng.uniform(0.5, 1.2) * rng.choice([-1, 1]), rng.uniform(-1.5, 1.5)
        if kind == "line":
            height, shift = 0.4 * height, 0.0
        parts.append([kind, float(height), float(shift), direction.tolist()])
    return parts
