"""Task `weights`: panels of members, and the best weights on the true chances."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import softmax

from labkit.checks.automl.redraw import panel
from labkit.exercise.drawing import until
from labkit.trends.automl.metrics import expected_log_loss
from labkit.trends.automl.world.members import Panel

Floats = NDArray[np.float64]
CASES = 3
SHAPE = np.array(
    [[1.3, 0.1, 0.1], [1.2, 0.2, 0.0], [1.1, 0.1, 0.0], [0.2, 1.3, 0.2], [0.1, 0.3, 1.4]]
    + [[0.9, 0.8, 0.5], [0.3, 0.2, 0.1]]
)
ERRORS = np.array([0.3, 0.4, 0.5, 0.6, 0.7, 2.2, 0.2])
"""Three members see nearly the same, one learned by heart, one sees little."""


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``.

    Each has ``seed`` and ``sees``, which draw the panel; ``best``, the least expected log loss of
    convex weights on new customers; ``reference``, how far above it the worse of two right ways
    is; and ``traps``, losses above it by known mistakes.
    """
    return {
        "cases": [
            until(partial(_case, rng), _shows, "every mistake well above the best weights")
            for _ in range(CASES)
        ]
    }


def _case(rng: np.random.Generator) -> dict[str, Any]:
    sees = np.c_[SHAPE + rng.normal(0, 0.06, SHAPE.shape), ERRORS * rng.uniform(0.9, 1.1, 7)]
    case: dict[str, Any] = {
        "seed": int(rng.integers(2**31)),
        "sees": np.round(sees[rng.permutation(7)], 3).tolist(),
    }
    drawn = panel(case)
    best = expected_log_loss(drawn.chance, drawn.new @ likeliest(drawn.new, drawn.chance))
    each = [_loss(column, drawn.y) for column in drawn.out_of_fold.T]
    ranks = 1.0 + np.argsort(np.argsort(-np.array(each)))
    right = (likeliest(drawn.out_of_fold, drawn.y.astype(float)), by_softmax(drawn))
    wrong = {
        "in sample": likeliest(drawn.in_sample, drawn.y.astype(float)),
        "best member": np.eye(7)[int(np.argmin(each))],
        "uniform": np.full(7, 1 / 7),
        "by rank": ranks / ranks.sum(),
        "by loss": (1 / np.array(each)) / (1 / np.array(each)).sum(),
    }
    case["best"] = best
    case["reference"] = max(
        expected_log_loss(drawn.chance, drawn.new @ weights) - best for weights in right
    )
    case["traps"] = {
        name: expected_log_loss(drawn.chance, drawn.new @ weights) - best
        for name, weights in wrong.items()
    }
    return case


def _loss(predicted: Floats, y: NDArray[np.int64]) -> float:
    return float(-np.log(np.where(y == 1, predicted, 1 - predicted)).mean())


def likeliest(members: Floats, chance: Floats, steps: int = 400) -> Floats:
    """Convex weights of the least log loss, by expectation and maximisation; `chance` may be y."""
    weights = np.full(members.shape[1], 1 / members.shape[1])
    for _ in range(steps):
        mix = members @ weights
        weights = weights * (
            members.T @ (chance / mix) + (1 - members).T @ ((1 - chance) / (1 - mix))
        )
        weights /= weights.sum()
    return weights


def by_softmax(drawn: Panel) -> Floats:
    """The same by a general optimiser, free of constraints behind a softmax.

    It stops early where weights next to nothing leave no slope: up to .0047 above the best weights
    in 2 of 50 exams, in which whoever wrote it so would have been refused.
    """
    happened = np.where(drawn.y[:, None] == 1, drawn.out_of_fold, 1 - drawn.out_of_fold)
    found = minimize(lambda z: -np.log(happened @ softmax(z)).mean(), np.zeros(7))
    return np.asarray(softmax(found.x))


def _shows(case: dict[str, Any]) -> bool:
    return case["reference"] < 0.0015 and min(case["traps"].values()) > 0.006
