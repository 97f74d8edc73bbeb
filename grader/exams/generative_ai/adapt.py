"""Task `adapt`: three layers with the least losses, with and without a limit on the rank."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exams.generative_ai.seeds import seed
from labkit.checks.generative_ai.redraw import adaptation
from labkit.exercise.drawing import until
from labkit.trends.generative_ai.world.layers import Adaptation, loss

Floats = NDArray[np.float64]
CASES = 3


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``.

    Each has ``seed`` and ``given``, which draw layer and task, ``rank`` and ``alpha``; ``best`` and
    ``least``, the least loss of a change of this rank and of any change; and ``traps``, by known
    mistakes: the loss above ``least``, as a share of what the rank costs.
    """
    return {
        "cases": [
            until(partial(_case, rng), _shows, "every mistake well above the best adapter")
            for _ in range(CASES)
        ]
    }


def _case(rng: np.random.Generator) -> dict[str, Any]:
    inputs = int(rng.integers(20, 32))
    case: dict[str, Any] = {
        "seed": seed(rng),
        "given": {
            "n": int(rng.integers(90, 140)),
            "inputs": inputs,
            "outputs": int(rng.integers(12, 20)),
            "decay": round(float(rng.uniform(0.9, 1.2)), 2),
            "fall": round(float(rng.uniform(0.4, 0.7)), 2),
            "noise": round(float(rng.uniform(0.05, 0.1)), 3),
            "unlearnable": round(float(rng.uniform(0.4, 0.7)), 2),
            "sums": int(rng.integers(2, 5)),
        },
        "rank": int(rng.integers(2, 5)),
    }
    # alpha / rank is never 1, so a factor that is lost shows.
    case["alpha"] = float(case["rank"] * rng.choice([0.25, 0.5, 2.0, 4.0, 6.0]))
    drawn = adaptation(case)
    errors = drawn.y - drawn.x @ drawn.frozen.T
    full: Floats = np.linalg.lstsq(drawn.x, errors)[0].T.astype(np.float64)
    best = project(full, drawn.x @ full.T, case["rank"])
    case["least"] = loss(drawn.x, drawn.y, drawn.frozen + full)
    case["best"] = loss(drawn.x, drawn.y, drawn.frozen + best)
    case["traps"] = {
        key: (loss(drawn.x, drawn.y, drawn.frozen + change) - case["least"])
        / (case["best"] - case["least"])
        for key, change in _mistakes(drawn, full, errors, case["rank"]).items()
    }
    return case


def project(full: Floats, outputs: Floats, rank: int) -> Floats:
    """Keep of a change of the weights what moves along the main directions of some outputs."""
    main = np.linalg.svd(outputs, full_matrices=False)[2][:rank]
    return main.T @ main @ full


def _mistakes(drawn: Adaptation, full: Floats, errors: Floats, rank: int) -> dict[str, Floats]:
    left, sizes, right = np.linalg.svd(full, full_matrices=False)
    widest = np.linalg.svd(drawn.x, full_matrices=False)[2][:rank]
    onto = np.linalg.lstsq(drawn.x @ widest.T, errors)[0].T
    return {
        "change truncated": (left[:, :rank] * sizes[:rank]) @ right[:rank],
        "inputs' directions": onto @ widest,
        "errors' directions": project(full, errors, rank),
        "nothing learned": np.zeros_like(full),
    }


def _shows(case: dict[str, Any]) -> bool:
    return bool(min(case["traps"].values()) > 1.15)
