"""Task `abstain`: clinics whose systems are too sure of themselves, each in its own way.

Reference figures come from the true chances that a clinic's lesions were drawn with. Judging is
left to the checks.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from labkit.checks.neuro_symbolic_diagnosis import redraw

CLINICS, PAST, NEW = 6, 8_000, 7_500
"""So many lesions that chance moves the share of errors of a right way by a tenth of itself."""

STEEPNESS, SPREAD, RISK = (1.3, 4.2), (2.0, 4.0), (0.04, 0.08)
"""How much too steep a system is, how far the true log-odds lie apart, and the risk: of each a
clinic of every sixth of the range, so that no fixed limit and no fixed share fits them all."""


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``, a clinic each.

    A clinic has ``past`` lesions with known verdict and ``new`` ones; ``seed``, ``centre``,
    ``spread``, ``steepness`` and ``lean`` draw them; ``risk`` is the share of errors allowed,
    ``oracle`` the share of the new ones that could be decided at it by who knew their true chances,
    and ``believed`` the share that is decided by who believes the stated probabilities.
    """
    columns = [_one_of_each_sixth(*limits, rng) for limits in (STEEPNESS, SPREAD, RISK)]
    return {"cases": [_clinic(a, b, c, rng) for a, b, c in zip(*columns, strict=True)]}


def _one_of_each_sixth(low: float, high: float, rng: np.random.Generator) -> list[float]:
    """Numbers spread evenly over a range, on a scale of ratios, in random order."""
    places = (rng.permutation(CLINICS) + rng.random(CLINICS)) / CLINICS
    return [round(float(number), 3) for number in low * (high / low) ** places]


def _clinic(
    steepness: float, spread: float, risk: float, rng: np.random.Generator
) -> dict[str, Any]:
    case = {
        "past": PAST,
        "new": NEW,
        "seed": int(rng.integers(2**31)),
        "centre": round(float(rng.uniform(-0.5, 0.5)), 2),
        "spread": spread,
        "steepness": steepness,
        "lean": round(float(rng.uniform(-0.3, 0.3)), 2),
        "risk": risk,
    }
    stated, _ = redraw.past_and_new(case)
    odds, _ = redraw.true_odds(case)
    doubt = np.sort(1 / (1 + np.exp(np.abs(odds[PAST:]))))
    expected_errors = np.cumsum(doubt) / np.arange(1, NEW + 1)
    sure = np.maximum(stated, 1 - stated)[PAST:] >= 1 - risk
    return {
        **case,
        "oracle": float((expected_errors <= risk).mean()),
        "believed": float(sure.mean()),
    }
