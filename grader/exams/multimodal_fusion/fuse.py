"""Task `fuse`: shops in which what a picture is worth depends on the use."""

from __future__ import annotations

from typing import Any

import numpy as np

from labkit.checks.multimodal_fusion.redraw import shop
from labkit.exercise.drawing import until
from labkit.trends.multimodal_fusion.world.shop import ceilings

from .shops import differ, draw_seed, draw_shop


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``: two shops, with their ceilings ``additive`` and ``joint``."""
    return {"cases": until(lambda: [_case(rng), _case(rng)], differ, "shops that differ")}


def _case(rng: np.random.Generator) -> dict[str, Any]:
    case: dict[str, Any] = {
        "shop": draw_shop(rng, together=(0.38, 0.46)),
        "seed": draw_seed(rng),
        "n": int(rng.integers(1000, 1150)),
        "new": int(rng.integers(550, 650)),
    }
    best = ceilings(shop(case))
    case["additive"], case["joint"] = float(best["additive"]), float(best["joint"])
    return case
