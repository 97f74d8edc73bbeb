"""Task `style_effect`: eight shops, in some of which the style does nothing."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from labkit.checks.multimodal_fusion.redraw import shop
from labkit.exercise.drawing import until
from labkit.trends.multimodal_fusion.world.shop import SHOWN, draw_stars

from .shops import draw_seed, draw_shop

Floats = NDArray[np.float64]
SHOPS, LEAST_PLACEBOS, MOST_PLACEBOS = 8, 2, 3
MOST_LUCK = 1.5
"""Standard errors that the reference is off at most: right answers do not fail by luck."""


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"shops": [...]}``.

    Each has what draws a shop, its mock-ups and sales, the true ``effect`` of its style, ``width``,
    that of the reference's interval, ``luck``, how many standard errors it is off, and ``naive``,
    the difference of means.
    """
    placebos = int(rng.integers(LEAST_PLACEBOS, MOST_PLACEBOS + 1))
    order = rng.permutation(SHOPS)
    return {
        "shops": [
            until(
                partial(_case, rng, bool(place < placebos), bool(place % 2)),
                lambda case: abs(case["luck"]) < MOST_LUCK,
                "sales that are not far off by luck",
            )
            for place in order
        ]
    }


def _case(rng: np.random.Generator, placebo: bool, along: bool) -> dict[str, Any]:
    """A shop; `along` says whether what use does to stars looks like more of the effect or less.

    As both are there, nothing that is taken off or added without knowing use mends all shops.
    """
    sizes: tuple[float, float] = (0.0, 0.0) if placebo else (0.3, 0.6)
    case: dict[str, Any] = {
        "shop": draw_shop(
            rng, together=(0.0, 0.05), often=(0.76, 0.24), style_effect=sizes, gift=(0.34, 0.6)
        ),
        "seed": draw_seed(rng),
        "n": int(rng.integers(450, 560)),
        "pairs": int(rng.integers(100, 140)),
    }
    drawn = case["shop"]
    case["effect"] = drawn["effects"][drawn["style"]]
    bias = drawn["gift"] * (drawn["often"][1] - drawn["often"][0])
    if (bias * case["effect"] > 0) != along:
        drawn["gift"] = -drawn["gift"]
    kinds, stars = draw_stars(shop(case), case["n"], case["seed"])
    style, looks, said = columns(kinds, case["shop"]["style"])
    found, error = coefficient(stars, style, np.hstack([looks, said]))
    case["width"], case["luck"] = 4 * error, (found - case["effect"]) / error
    case["naive"] = coefficient(stars, style, np.ones((len(style), 1)))[0]
    return case


def columns(kinds: pd.DataFrame, style: str) -> tuple[Floats, Floats, Floats]:
    """The true style (n,), the other looks with a constant, and what reviews say, as columns."""
    others = [name for name in SHOWN if name not in (style, "colour")]
    colours = np.eye(4)[kinds["colour"]]
    looks = np.hstack([colours, kinds[others].to_numpy(float)])
    said = np.column_stack([kinds["use"], np.eye(3)[kinds["verdict"]][:, 1:]])
    return kinds[style].to_numpy(float), looks, said


def coefficient(stars: Floats, style: Floats, others: Floats) -> tuple[float, float]:
    """The style's least-squares coefficient beside other columns, and its standard error."""
    table = np.column_stack([style, others])
    weights, *_ = np.linalg.lstsq(table, stars, rcond=None)
    rest = stars - table @ weights
    variance = rest @ rest / (len(stars) - np.linalg.matrix_rank(table))
    return float(weights[0]), float(np.sqrt(variance * np.linalg.pinv(table.T @ table)[0, 0]))
