"""Task `qini`: small experiments, with and without equal scores."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from labkit.exercise.drawing import until

from .curves import auuc, qini_coefficient, uplift_curves

Floats = NDArray[np.float64]


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``, four small experiments.

    Each has ``words``, which say what is special about it, lists ``score``, ``treated`` and
    ``outcome``, the reference ``qini`` and ``auuc``, and ``traps``, pairs (qini, auuc) of known
    mistakes by name.
    """
    return {
        "cases": [
            _qini_case("all scores differ", 1_000_000, 60, rng),
            _qini_case("many equal scores", 8, 80, rng),
            _qini_case("three times as many treated, equal scores", 6, 80, rng, share=0.75),
            _qini_case("only two different scores", 2, 60, rng),
        ]
    }


def _qini_case(
    words: str, levels: int, n: int, rng: np.random.Generator, share: float = 0.5
) -> dict[str, Any]:
    return until(
        lambda: _experiment(words, levels, n, share, rng),
        lambda case: _mistakes_show(case, ties=levels <= 8),
        "every mistake to be seen in its areas",
    )


def _experiment(
    words: str, levels: int, n: int, share: float, rng: np.random.Generator
) -> dict[str, Any]:
    treated = (rng.random(n) < share).astype(float)
    level = rng.integers(levels, size=n)
    score = np.round(rng.normal(0, 0.05) + level / levels, 6)
    outcome = np.round(rng.gamma(2.0, 10.0, n) * (1 + treated * level / levels), 2)
    numbers = _curve_numbers(score, treated, outcome)
    traps = _curve_traps(score, treated, outcome)
    return {
        "words": words,
        "score": score.tolist(),
        "treated": treated.tolist(),
        "outcome": outcome.tolist(),
        "qini": numbers[0],
        "auuc": numbers[1],
        "traps": {name: list(value) for name, value in traps.items()},
    }


def _mistakes_show(case: dict[str, Any], ties: bool) -> bool:
    score, treated = np.array(case["score"]), np.array(case["treated"])
    if ties and not 0 < treated[score == score.max()].mean() < 1:
        return False  # the first group should hold both, so that its corner counts
    right = (case["qini"], case["auuc"])
    wrong = [value for name, value in case["traps"].items() if ties or name != "row order"]
    return all(max(np.abs(np.subtract(value, right))) > 0.01 for value in wrong)


def _curve_numbers(score: Floats, treated: Floats, outcome: Floats) -> tuple[float, float]:
    return qini_coefficient(score, treated, outcome), auuc(score, treated, outcome)


def _curve_traps(score: Floats, treated: Floats, outcome: Floats) -> dict[str, tuple[float, float]]:
    n = len(score)
    qini, gain = _curve_numbers(score, treated, outcome)
    share, _, qini_height = uplift_curves(score, treated, outcome)
    in_row_order = -np.argsort(np.argsort(-score, kind="stable")).astype(float)
    return {
        "row order": _curve_numbers(in_row_order, treated, outcome),
        "ascending": _curve_numbers(-score, treated, outcome),
        "random line kept": (float(np.trapezoid(qini_height, share)) / n, gain),
        "not per customer": (qini * n, gain * n),
        "swapped": (gain, qini),
    }
