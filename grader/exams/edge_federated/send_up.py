"""Task `send_up`: which pictures go to the cloud within a budget of bytes.

The reference takes the most gain a byte first, which is optimal up to the last picture (Dantzig
1957). Judging is left to the checks.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labkit.exercise.drawing import until
from labkit.trends.edge_federated.world.camera import Pictures, draw_pictures, gain

CASES, PICTURES = 3, 400
APART = 0.93
"""Every known mistake reaches at most this share of the reference's gain; .98 is asked for."""


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``.

    Each has ``seed``, ``kinds`` and ``clear``, which draw the pictures; ``cloud``, the probability
    that the large model is right; ``budget`` in bytes; ``best``, the reference's gain in correct
    answers; and ``traps``, the gains of known mistakes by name. In the last the budget would let
    pictures through that the device knows better than the cloud.
    """
    return {
        "cases": [
            until(
                partial(_case, rng, ample=number == CASES - 1),
                lambda case: max(case["traps"].values()) <= APART * case["best"],
                "every mistake well below the reference",
            )
            for number in range(CASES)
        ]
    }


def _case(rng: np.random.Generator, ample: bool) -> dict[str, Any]:
    case: dict[str, Any] = {
        "seed": int(rng.integers(2**31)),
        "kinds": int(rng.integers(4, 9)),
        "clear": round(float(rng.uniform(2.0, 4.0)), 2),
        "cloud": round(float(rng.uniform(0.78, 0.86) if ample else rng.uniform(0.93, 0.98)), 3),
    }
    pictures = pictures_of(case)
    share = rng.uniform(0.75, 0.9) if ample else rng.uniform(0.08, 0.25)
    case["budget"] = int(share * pictures.size.sum())
    top = pictures.chances.max(axis=1)
    worth = case["cloud"] - top
    case["best"] = gain(pictures, first(worth / pictures.size, pictures, case), case["cloud"])
    orders = {
        "least sure first": -top,
        "smallest first": -pictures.size,
        "surest first": top,
        "in their order": -np.arange(PICTURES, dtype=float),
    }
    case["traps"] = {
        name: gain(pictures, first(order, pictures, case, all_that_fit=True), case["cloud"])
        for name, order in orders.items()
    }
    return case


def pictures_of(case: dict[str, Any]) -> Pictures:
    """The pictures of a case."""
    return draw_pictures(
        np.random.default_rng(case["seed"]), PICTURES, case["kinds"], case["clear"]
    )


def first(
    order: NDArray[np.float64],
    pictures: Pictures,
    case: dict[str, Any],
    all_that_fit: bool = False,
) -> NDArray[np.bool_]:
    """Send the highest in `order`, one after the other, as far as the budget reaches.

    With `all_that_fit`, those are sent too that the cloud knows less well.
    """
    sent = np.zeros(PICTURES, dtype=bool)
    left = case["budget"]
    for place in np.argsort(-order, kind="stable"):
        useful = all_that_fit or order[place] > 0
        if useful and pictures.size[place] <= left:
            sent[place] = True
            left -= pictures.size[place]
    return sent
