"""Task `repair`: pictures with one or two stickers, and a network that has learned these."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from labkit.checks.explainable_ai.redraw import Ward, learned, ward
from labkit.exercise.drawing import until
from labkit.trends.explainable_ai.world.networks import accuracy

SIZE, STICKER = 16, 3
MISLED = 0.5
"""Where stickers mislead, the shipped network must not be better than this."""

LIGHTEST = 0.5
"""Grey of a sticker's lightest pixel; skin has 0.78. The notebook says how far this sets it off."""

APART = 0.15
"""Least difference of both labels' mean pictures in every pixel of a sticker, as is promised."""


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``, one with a single sticker and one with two.

    Each has ``seed``, which draws pictures and the network's first weights, and ``stickers``, each
    with ``place``, ``look`` and ``share``, that of malignant lesions which have it.
    """
    return {
        "cases": [
            until(partial(_case, rng, int(count)), _shows, "a network that stickers mislead")
            for count in rng.permutation([1, 2])
        ]
    }


def _case(rng: np.random.Generator, count: int) -> dict[str, Any]:
    places: list[np.ndarray] = []
    while len(places) < count:
        place = rng.integers(0, SIZE - STICKER + 1, 2)
        beside = np.hypot(*(place + STICKER // 2 - (SIZE - 1) / 2)) > 0.42 * SIZE
        if beside and all(np.abs(place - other).max() >= 5 for other in places):
            places.append(place)
    stickers: list[dict[str, Any]] = []
    for place in places:
        look = rng.uniform(0.15, 0.35) + 0.08 * rng.normal(size=(STICKER, STICKER))
        share = float(rng.uniform(0.93, 0.96) if not stickers else rng.uniform(0.84, 0.88))
        stickers.append(
            {
                "place": place.tolist(),
                "look": np.round(np.clip(look, 0, LIGHTEST), 3).tolist(),
                "share": round(share, 3),
            }
        )
    return {"seed": int(rng.integers(2**31)), "stickers": stickers}


def _shows(case: dict[str, Any]) -> bool:
    drawn = ward(case)
    stand_out = all(_apart(drawn, sticker["place"]).min() >= APART for sticker in case["stickers"])
    return stand_out and accuracy(learned(case, drawn), drawn.misleading, drawn.truth) < MISLED


def _apart(drawn: Ward, place: list[int]) -> np.ndarray:
    """How far the mean pictures of both labels lie apart under a sticker, shape (3, 3)."""
    mean = [drawn.images[drawn.labels == label].mean(axis=0) for label in (0, 1)]
    top, left = place
    return np.abs(mean[1] - mean[0])[top : top + STICKER, left : left + STICKER]
