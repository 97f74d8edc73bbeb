"""Task `abstain`: clinics whose systems are too sure of themselves, each in its own way.

Reference figures come from the true chances that a clinic's lesions were drawn with. Judging is
left to the checks.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from labkit.checks.neuro_symbolic_diagnosis import redraw
from labkit.checks.neuro_symbolic_diagnosis.abstain import COVERAGE, RISK_OVER
from labkit.exercise.drawing import until

Floats = NDArray[np.float64]

CLINICS, PAST, NEW = 6, 8_000, 7_500
"""So many lesions that chance moves the share of errors of a right way by a tenth of itself."""

STEEPNESS, SPREAD, RISK = (1.2, 5.0), (2.0, 4.0), (0.035, 0.09)
"""How much too steep a system is, how far the true log-odds lie apart, and the risk: of each a
clinic of every sixth of the range."""

SKEW = (1.7, 2.0)
"""How much wider the log-odds lie on one side: of the suspicious in three clinics, of the benign in
the others, so that neither side alone tells the limit."""

STRANGE = 0.0004
"""Share of lesions that are unlike all others: about three of the known ones, at the head of any
ranking and every other time wrong. Who stops at the first excess of errors stops there."""

KEPT, DECIDED = 1.35, 0.82
"""Times the risk, at most, and share of what the oracle decides, at least, that limits taken from
the known lesions have on the new ones. Else chance had one limit at 1.46 times the risk in 1 exam
of 198, where 1.45 is allowed, and a limit a side at less than 0.8 of the oracle in 1 of 13."""

DOUBTS, SHARES = np.geomspace(0.002, 0.3, 60), np.arange(0.3, 0.9, 0.02)
"""Fixed limits of the stated doubt, and fixed shares of the surest: none fits all six clinics."""


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``, a clinic each.

    A clinic has ``past`` lesions with known verdict and ``new`` ones; ``seed``, ``centre``,
    ``spread``, ``skew``, ``steepness``, ``lean`` and ``strange`` draw them; ``risk`` is the share
    of errors allowed, ``oracle`` the share of the new ones that could be decided at it by who knew
    their true chances, and ``believed`` the share that is decided by who believes the stated
    probabilities.
    """
    return until(lambda: _six(rng), _needs_the_list, "clinics that need the whole list of lesions")


def _six(rng: np.random.Generator) -> dict[str, Any]:
    columns = [_one_of_each_sixth(*limits, rng) for limits in (STEEPNESS, SPREAD, RISK)]
    wider = rng.permutation(CLINICS) < CLINICS // 2
    return {
        "cases": [
            _clinic(a, b, c, bool(side), rng) for a, b, c, side in zip(*columns, wider, strict=True)
        ]
    }


def _needs_the_list(instance: dict[str, Any]) -> bool:
    """Whether no fixed limit fits, the first excess is too early in two clinics, the last right."""
    fitting = np.array([_fitting(case) for case in instance["cases"]])
    early = [_at_first_excess(case) < COVERAGE * case["oracle"] for case in instance["cases"]]
    return (
        not fitting.all(axis=0).any()
        and sum(early) >= 2
        and all(_holds_at_the_last(case) for case in instance["cases"])
    )


def _at_first_excess(case: dict[str, Any]) -> float:
    """Share of the new lesions surer than the known one at which errors first exceed the risk."""
    doubt, wrong, _ = _lesions(case)
    ordered, share = _down_the_list(doubt[:PAST], wrong[:PAST])
    return float((doubt[PAST:] < ordered[np.argmax(share > case["risk"])]).mean())


def _holds_at_the_last(case: dict[str, Any]) -> bool:
    """Whether the last known lesion within the risk, of all or on each side, is a right limit."""
    doubt, wrong, above = _lesions(case)
    for sides in ([np.ones_like(above)], [above, ~above]):
        decided = np.zeros(NEW, bool)
        for side in sides:
            ordered, share = _down_the_list(doubt[:PAST][side[:PAST]], wrong[:PAST][side[:PAST]])
            limit = ordered[share <= case["risk"]].max(initial=0.0)
            decided |= side[PAST:] & (doubt[PAST:] <= limit)
        errors, least = wrong[PAST:][decided].mean(), DECIDED * case["oracle"]
        if errors > KEPT * case["risk"] or decided.mean() < least:
            return False
    return True


def _lesions(case: dict[str, Any]) -> tuple[Floats, NDArray[np.bool_], NDArray[np.bool_]]:
    """Doubts of all lesions, which verdicts are wrong, and which are called suspicious."""
    stated, suspicious = redraw.past_and_new(case)
    above = stated > 0.5
    return np.minimum(stated, 1 - stated), above != suspicious, above


def _down_the_list(doubt: Floats, wrong: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Doubts of known lesions, the surest first, and the share of errors up to each."""
    order = np.argsort(doubt)
    return doubt[order], np.cumsum(wrong[order]) / np.arange(1, len(order) + 1)


def _fitting(case: dict[str, Any]) -> NDArray[np.bool_]:
    """Which of the fixed limits and shares would pass in one clinic."""
    stated, suspicious = (values[PAST:] for values in redraw.past_and_new(case))
    doubt = np.minimum(stated, 1 - stated)
    sure = doubt <= np.concatenate([DOUBTS, np.quantile(doubt, SHARES)])[:, None]
    wrong = sure & ((stated > 0.5) != suspicious)
    errors = wrong.sum(axis=1) / np.maximum(sure.sum(axis=1), 1)
    enough = sure.mean(axis=1) >= COVERAGE * case["oracle"]
    return np.asarray((errors <= RISK_OVER * case["risk"]) & enough)


def _one_of_each_sixth(low: float, high: float, rng: np.random.Generator) -> list[float]:
    """Numbers spread evenly over a range, on a scale of ratios, in random order."""
    places = (rng.permutation(CLINICS) + rng.random(CLINICS)) / CLINICS
    return [round(float(number), 3) for number in low * (high / low) ** places]


def _clinic(
    steepness: float, spread: float, risk: float, wider: bool, rng: np.random.Generator
) -> dict[str, Any]:
    skew = rng.uniform(*SKEW)
    case = {
        "past": PAST,
        "new": NEW,
        "seed": int(rng.integers(2**31)),
        "centre": round(float(rng.uniform(-0.5, 0.5)), 2),
        "spread": spread,
        "skew": round(float(skew if wider else 1 / skew), 3),
        "steepness": steepness,
        "lean": round(float(rng.uniform(-0.3, 0.3)), 2),
        "strange": STRANGE,
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
