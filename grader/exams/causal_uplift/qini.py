"""Task `qini`: small experiments, with and without equal scores."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labkit.exercise.drawing import until

from .curves import auuc, qini_coefficient, uplift_curves

Floats = NDArray[np.float64]


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``, five small experiments.

    Each has ``words``, which say what is special about it, lists ``score``, ``treated`` and
    ``outcome``, the reference ``qini`` and ``auuc``, and ``traps``, pairs (qini, auuc) of known
    mistakes by name.
    """
    differ = 1_000_000
    return {
        "cases": [
            _case("all scores differ, the highest is treated", differ, 60, rng, first=[1.0]),
            _case("all scores differ, the highest is untreated", differ, 60, rng, first=[0.0]),
            _case("many equal scores", 8, 80, rng),
            _case("three times as many treated, equal scores", 6, 80, rng, share=0.75),
            _case("only two different scores", 2, 60, rng),
        ]
    }


def _case(
    words: str,
    levels: int,
    n: int,
    rng: np.random.Generator,
    share: float = 0.5,
    first: Sequence[float] = (0.0, 1.0),
) -> dict[str, Any]:
    """An experiment in whose highest score are customers of just the groups `first`.

    With ties the first group should hold both, so that its corner counts; without ties its corner
    is left out, since one group is empty.
    """
    return until(
        lambda: _experiment(words, levels, n, share, rng),
        lambda case: _groups_of_the_highest(case) == set(first) and _mistakes_show(case),
        "every mistake to be seen in its areas",
    )


def _groups_of_the_highest(case: dict[str, Any]) -> set[float]:
    highest = np.array(case["score"]) == max(case["score"])
    return set(np.array(case["treated"])[highest].tolist())


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


def _mistakes_show(case: dict[str, Any]) -> bool:
    ties = len(set(case["score"])) < len(case["score"])
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
