"""Task `gain`: test sets of brands, and how wide a good interval for the gain is."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm, t

from labkit.checks.multimodal_fusion.gain import duel
from labkit.exercise.drawing import until
from labkit.trends.multimodal_fusion.world.duels import Duel

from .shops import draw_seed, sign

SETS = 200
TASTES = (0.15, 0.19), (0.4, 0.5)
"""How much brands differ: no single width is right in both shops."""

RESTS = (0.3, 0.7), (1.8, 2.2)
"""How much products of a brand differ, in tastes: no factor mends intervals by rows in both."""


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``.

    Each has ``sets``, seeds of test sets, what they are drawn with, the mean ``gain`` and
    ``width``, the mean width of the reference's intervals.
    """
    return {
        "cases": [
            until(partial(_case, rng, taste, rest), _shows, "wider unpaired, narrower by rows")
            for taste, rest in zip(rng.permutation(TASTES), rng.permutation(RESTS), strict=True)
        ]
    }


def _case(
    rng: np.random.Generator, tastes: NDArray[np.float64], rests: NDArray[np.float64]
) -> dict[str, Any]:
    first, taste = draw_seed(rng), float(rng.uniform(*tastes))
    case: dict[str, Any] = {
        "sets": list(range(first, first + SETS)),
        "gain": sign(rng) * round(float(rng.uniform(0.22, 0.3)), 4),
        "brands": int(rng.integers(26, 40)),
        "hard": round(float(rng.uniform(0.5, 0.8)), 4),
        "taste": round(taste, 4),
        "rest": round(taste * float(rng.uniform(*rests)), 4),
    }
    widths = np.array([_widths(duel(case, seed)) for seed in case["sets"][:40]]).mean(axis=0)
    case["width"], case["unpaired"], case["rows"] = widths.tolist()
    return case


def _widths(drawn: Duel) -> tuple[float, float, float]:
    """Width of a 95 % interval: by brands, by brands but unpaired, by rows."""
    a, b = drawn.errors_a, drawn.errors_b
    unpaired = np.hypot(error_of_mean(a, drawn.brand), error_of_mean(b, drawn.brand))
    brands = len(np.unique(drawn.brand))
    by_brands = 2 * t.ppf(0.975, brands - 1)
    by_rows = 2 * norm.ppf(0.975) * (a - b).std(ddof=1) / np.sqrt(len(a))
    return by_brands * error_of_mean(a - b, drawn.brand), by_brands * unpaired, by_rows


def error_of_mean(values: NDArray[np.float64], brand: NDArray[np.int64]) -> float:
    """Standard error of the mean over rows whose brands are independent (a ratio of sums)."""
    sums = np.bincount(brand, values - values.mean())
    count = len(sums)
    return float(np.sqrt(count / (count - 1) * (sums**2).sum()) / len(values))


def _shows(case: dict[str, Any]) -> bool:
    return bool(case["unpaired"] > 1.4 * case["width"] and case["rows"] < 0.65 * case["width"])
