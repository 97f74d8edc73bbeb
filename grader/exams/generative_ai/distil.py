"""Task `distil`: four teachers, one of each kind, in a drawn order."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from exams.generative_ai.seeds import seed
from labkit.checks.generative_ai.redraw import lesson
from labkit.exercise.drawing import until
from labkit.trends.generative_ai.world.teachers import KINDS, Lesson, chances, excess

Floats = NDArray[np.float64]
TEMPERATURES = (4.0, 3.0, 2.0, 1.0, 0.5, 0.33, 0.25)
NEARBY = 1.13
"""Half a step of fifteen temperatures from 1/5 to 5."""
LITTLE = 1e-3
"""Ridge of a student of labels: 80 of them leave some classes without examples here and there."""


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``.

    Each has ``seed``, ``kind`` and ``given``, which draw the lesson; ``judged``, the seed of the
    features a student is judged on; ``labels``, the excess of a student of labels alone;
    ``reference``, that of one chosen on validation; ``scaled``, that of one scaled on validation;
    and ``traps``, that of known mistakes.
    """
    return {
        "cases": [
            until(partial(_case, rng, KINDS[place]), _shows, "a teacher who shows every mistake")
            for place in rng.permutation(len(KINDS))
        ]
    }


def _case(rng: np.random.Generator, kind: str) -> dict[str, Any]:
    case: dict[str, Any] = {
        "seed": seed(rng),
        "judged": seed(rng),
        "kind": kind,
        "given": {
            "n": int(rng.integers(70, 100)),
            "features": int(rng.integers(6, 10)),
            "classes": int(rng.integers(3, 6)),
            "strength": round(float(rng.uniform(0.5, 0.65)), 3),
            "sharpness": round(float(rng.uniform(2.5, 3.5)), 2),
        },
    }
    drawn = lesson(case)
    known = np.eye(drawn.true.shape[1])[drawn.y]
    by_labels = fit(drawn.x, known, LITTLE)
    case["labels"] = excess(drawn.true, by_labels, case["judged"])
    trusted = fit(drawn.x, drawn.teacher, 0.0)
    likeliest = np.eye(known.shape[1])[drawn.teacher.argmax(axis=1)]
    wrong = {
        "labels alone": by_labels,
        "teacher's classes": fit(drawn.x, likeliest, LITTLE),
        "always trusted": trusted,
        "half and half": fit(drawn.x, (known + drawn.teacher) / 2, 0.0),
    }
    labels = np.eye(known.shape[1])[np.r_[drawn.y, drawn.y_val]]
    wrong["all labels"] = fit(np.r_[drawn.x, drawn.x_val], labels, LITTLE)
    if kind == "fair":
        del wrong["always trusted"]
    if kind == "misled":
        del wrong["labels alone"], wrong["all labels"]
    case["traps"] = {
        key: excess(drawn.true, weights, case["judged"]) for key, weights in wrong.items()
    }
    case["reference"] = excess(drawn.true, reference(drawn, by_labels), case["judged"])
    case["scaled"] = max(
        excess(drawn.true, weights, case["judged"]) for weights in scaled(drawn, trusted)
    )
    return case


def reference(drawn: Lesson, by_labels: Floats) -> Floats:
    """The student with the least log loss on validation, of one on labels and seven taught."""
    taught: list[Floats] = []
    for temperature in TEMPERATURES:
        start = taught[-1] if taught else np.zeros_like(drawn.true)
        taught.append(fit(drawn.x, softer(drawn.teacher, temperature), 1e-6, start))

    return min([by_labels, *taught], key=lambda weights: _log_loss(drawn, weights))


def scaled(drawn: Lesson, trusted: Floats) -> list[Floats]:
    """A student of the teacher, times the factor that fits validation best, a little less and more.

    Whoever tries other temperatures ends anywhere between.
    """
    best = min(np.geomspace(0.1, 10, 81), key=lambda factor: _log_loss(drawn, factor * trusted))
    return [trusted * best * nearby for nearby in (1 / NEARBY, 1.0, NEARBY)]


def _log_loss(drawn: Lesson, weights: Floats) -> float:
    said = chances(drawn.x_val, weights)[np.arange(len(drawn.y_val)), drawn.y_val]
    return float(-np.log(np.maximum(said, 1e-12)).mean())


def softer(said: Floats, temperature: float) -> Floats:
    """Chances at another temperature."""
    powers = np.maximum(said, 1e-12) ** (1 / temperature)
    return powers / powers.sum(axis=1, keepdims=True)


def fit(x: Floats, targets: Floats, ridge: float, start: Floats | None = None) -> Floats:
    """Softmax regression on chances as targets, shape (d + 1, classes)."""
    table = np.c_[np.ones(len(x)), x]
    shape = (table.shape[1], targets.shape[1])

    def loss(flat: Floats) -> tuple[float, Floats]:
        weights = flat.reshape(shape)
        scores = table @ weights
        top = scores.max(axis=1, keepdims=True)
        log_sum = top[:, 0] + np.log(np.exp(scores - top).sum(axis=1))
        said = np.exp(scores - log_sum[:, None])
        value = (log_sum - (targets * scores).sum(axis=1)).mean() + ridge * (flat**2).sum() / 2
        return float(value), (table.T @ (said - targets) / len(x) + ridge * weights).ravel()

    first = np.zeros(shape[0] * shape[1]) if start is None else start.ravel()
    found = minimize(loss, first, jac=True, method="L-BFGS-B", options={"maxiter": 100})
    return np.asarray(found.x, float).reshape(shape)


def _shows(case: dict[str, Any]) -> bool:
    least = min(case["traps"].values()) / case["labels"]
    taught = case["kind"] != "misled"
    if taught and case["scaled"] > 0.1 * case["labels"]:
        return False
    return bool(case["reference"] < (0.05 if taught else 1.2) * case["labels"]) and (
        least > (0.18 if taught else 2.0)
    )
