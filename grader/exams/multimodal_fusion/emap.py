"""Task `emap`: models that are additive in part, their additive part, and known mistakes."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from labkit.checks.multimodal_fusion.emap import inputs, model
from labkit.exercise.drawing import until

from .shops import draw_seed

CASES = 3


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``.

    Each has what draws a model and n products; ``part`` (n,), the additive part of its predictions,
    ``share``, that of the rest; ``traps`` and ``shares``, both under known mistakes.
    """
    return {
        "cases": [
            until(partial(_case, rng), _shows, "some of both and every mistake to show")
            for _ in range(CASES)
        ]
    }


def _case(rng: np.random.Generator) -> dict[str, Any]:
    case: dict[str, Any] = {
        "seed": draw_seed(rng),
        "n": int(rng.integers(50, 75)),
        "image": int(rng.integers(4, 8)),
        "text": int(rng.integers(3, 7)),
        "waves": int(rng.integers(6, 12)),
        "bend": round(float(rng.uniform(0.25, 0.45)), 4),
        "level": round(float(rng.uniform(2.5, 4.0)), 4),
    }
    predict, (images, texts) = model(case), inputs(case)
    n = case["n"]
    table = predict(np.repeat(images, n, axis=0), np.tile(texts, (n, 1))).reshape(n, n)
    said = table.diagonal()
    part = table.mean(axis=1) + table.mean(axis=0) - table.mean()
    others = (table.sum(axis=1) + table.sum(axis=0) - 2 * said) / (n - 1)
    middle = (np.tile(one.mean(axis=0), (n, 1)) for one in (images, texts))
    image, text = middle
    rest = said - part
    case["part"], case["share"] = part.tolist(), float(rest.var() / said.var())
    case["traps"] = {
        "averaged inputs": (
            predict(images, text) + predict(image, texts) - predict(image, text)
        ).tolist(),
        "grand mean kept": (part + table.mean()).tolist(),
        "own pair left out": (others - (table.sum() - said.sum()) / (n * (n - 1))).tolist(),
    }
    case["shares"] = {
        "of the additive part": float(part.var() / said.var()),
        "over the additive part": float(rest.var() / part.var()),
        "standard deviations": float(rest.std() / said.std()),
    }
    return case


def _shows(case: dict[str, Any]) -> bool:
    wrong = [abs(share - case["share"]) for share in case["shares"].values()]
    return bool(0.15 < case["share"] < 0.6 and min(wrong) > 0.02)
