"""Task `choose_pack`: packs of which the best one depends on what a product is used for."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from labkit.checks.multimodal_fusion.choose_pack import worth
from labkit.checks.multimodal_fusion.redraw import shop
from labkit.exercise.drawing import until
from labkit.trends.multimodal_fusion.world.shop import SHOWN, every_kind

from .shops import differ, draw_seed, draw_shop

LEAST_AWAY = 0.35


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``.

    Each has what draws a shop and its sales, ``packs`` by what they show, and ``single``, the stars
    that the best single pack gives away against the best one for each use.
    """
    return {"cases": until(partial(_two, rng), differ, "shops that differ")}


def _two(rng: np.random.Generator) -> list[dict[str, Any]]:
    said = "packs of which none is best for all"
    return [until(partial(_case, rng), _shows, said) for _ in range(2)]


def _case(rng: np.random.Generator) -> dict[str, Any]:
    case: dict[str, Any] = {
        "shop": draw_shop(rng, together=(0.45, 0.55)),
        "seed": draw_seed(rng),
        "n": int(rng.integers(1400, 1550)),
        "new": int(rng.integers(200, 260)),
        "packs": [
            {name: int(rng.integers(0, levels)) for name, levels in SHOWN.items()}
            for _ in range(int(rng.integers(5, 8)))
        ],
    }
    kinds, chance = every_kind(shop(case))
    table = worth(case, kinds)
    away = chance @ (table.max(axis=1, keepdims=True) - table)
    case["single"] = float(away.min())
    return case


def _shows(case: dict[str, Any]) -> bool:
    packs = {tuple(pack.values()) for pack in case["packs"]}
    return case["single"] > LEAST_AWAY and len(packs) == len(case["packs"])
