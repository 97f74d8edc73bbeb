"""Task `evaluate`: what a new policy is worth, from the log of an old one.

Logs are drawn with much overlap between the policies, and with next to none. The references are the
textbook's estimators (Dudík, Langford and Li 2011, Doubly robust policy evaluation and learning).
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labkit.checks.personalization.redraw import Logged, logged
from labkit.exercise.drawing import until
from labkit.trends.personalization.world import logs

Floats = NDArray[np.float64]

COMPARED = 5
"""Logs of a case on which estimates are compared digit by digit."""

APART = 0.004

LOVED = 0.25
"""Share of types and items in which most visits end in a click. The model knows which they are, so
that DR varies less than a share of clicks does: intervals made of the share and of the effective
sample are 1.19 to 1.45 times as wide, those of IPS and SNIPS 1.18 to 1.62 (14 shops)."""

ALIKE = 0.45
"""Correlation, at most, of the intervals' widths with 1 / √(effective sample), over the logs of a
case: what varies with the weights alone is no estimate of the standard error."""

FEW = 0.045
"""Some log has fewer equally weighted clicks than this share of its visits, so that whoever counts
clicks doubts a log that says enough."""

KEPT = 0.93
"""Share of a case's logs in which the reference's interval holds the truth, at least, so that other
right intervals, which hold it in .03 less now and then, are not refused by luck."""

VARIED = 0.1
"""Standard deviation of the intervals' widths over the logs of a case, at least, as a share of
their mean: below it the noise of a bootstrap hides which logs say less."""


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``: two with much overlap, two with little.

    Each has ``seed``, ``visits``, ``logs``, ``loved``, ``old``, ``turned`` and ``new``, which draw
    the logs; ``truth``, the exact value of the new policy; ``enough``; ``overlap``, the effective
    share of each log; ``clicked``, the same of the clicks alone; ``heaviest``, the largest weight
    of all, in mean ones; ``estimates`` (IPS, SNIPS, DR) on the first logs; ``widths`` of the
    reference's intervals, one a log, and ``kept``, the share of them that hold the truth; and
    ``traps``, estimates on the first logs.
    """
    return until(partial(_four, rng), _no_width_tells, "intervals whose width does not tell")


def _four(rng: np.random.Generator) -> dict[str, Any]:
    return {
        "cases": [
            until(partial(_case, rng, enough), partial(_fits, enough=enough), "the overlap asked")
            for enough in (True, False, True, False)
        ]
    }


def _no_width_tells(instance: dict[str, Any]) -> bool:
    """Whether some log that says too little has a narrower interval than one that says enough."""
    enough, little = (
        [case["widths"] for case in instance["cases"] if case["enough"] is kind]
        for kind in (True, False)
    )
    return min(map(min, little)) < max(map(max, enough))


def estimates(log: logs.Log, target: Floats, model: Floats, weight: Floats) -> list[float]:
    """IPS, SNIPS and DR, with the given weights."""
    rows = np.arange(len(log.items))
    corrected = (target * model).sum(axis=1) + weight * (log.clicks - model[rows, log.items])
    return [
        float(np.mean(weight * log.clicks)),
        float(weight @ log.clicks / weight.sum()),
        float(corrected.mean()),
    ]


def weights(log: logs.Log, target: Floats) -> Floats:
    """How much more probably the new policy shows what was shown."""
    return np.asarray(target[np.arange(len(log.items)), log.items] / log.logged)


def half_width(log: logs.Log, target: Floats, model: Floats) -> float:
    """1.96 standard errors of DR."""
    rows = np.arange(len(log.items))
    terms = (target * model).sum(axis=1)
    terms += weights(log, target) * (log.clicks - model[rows, log.items])
    return float(1.96 * terms.std(ddof=1) / np.sqrt(len(terms)))


def effective(weight: Floats) -> float:
    """Kish's effective sample size, as a share of the visits."""
    return float(weight.sum() ** 2 / (weight**2).sum() / len(weight))


def mistakes(log: logs.Log, target: Floats, model: Floats) -> dict[str, list[float]]:
    """Estimates that known mistakes lead to, by name."""
    rows = np.arange(len(log.items))
    right = estimates(log, target, model, weights(log, target))
    upside_down = estimates(log, target, model, 1 / weights(log, target))
    no_ratio = estimates(log, target, model, target[rows, log.items])
    alone = float((target * model).sum(axis=1).mean())
    as_logged = (
        model[rows, log.items].mean()
        + right[0]
        - float(np.mean(weights(log, target) * model[rows, log.items]))
    )
    return {
        "upside down": upside_down,
        "no ratio": no_ratio,
        "model alone": [*right[:2], alone],
        "model as logged": [*right[:2], float(as_logged)],
        "mean of the log": [float(log.clicks.mean())] * 3,
        "not normalised": [right[0], right[0], right[2]],
    }


def _case(rng: np.random.Generator, enough: bool) -> dict[str, Any]:
    old = rng.uniform(0.8, 1.1) if enough else rng.uniform(1.6, 1.9)
    case: dict[str, Any] = {
        "seed": int(rng.integers(2**31)),
        # Logs that say too little are long: neither rows nor narrow intervals make them worth more.
        "visits": int(rng.integers(1_200, 1_800) if enough else rng.integers(4_000, 6_000)),
        "logs": 100 if enough else 20,
        "loved": LOVED,
        "old": round(float(old), 3),
        "turned": 0.0 if enough else round(float(-old), 3),
        "new": round(float(rng.uniform(0.8, 1.1)), 3),
        "enough": enough,
    }
    drawn = logged(case)
    first = drawn.logs[:COMPARED]
    case["truth"] = logs.value(drawn.shop, drawn.new)
    every = [weights(log, drawn.new[log.kind]) for log in drawn.logs]
    case["overlap"] = [effective(weight) for weight in every]
    case["clicked"] = [
        effective(weight * log.clicks) for weight, log in zip(every, drawn.logs, strict=True)
    ]
    case["heaviest"] = max(float(weight.max() / weight.sum() * len(weight)) for weight in every)
    case["estimates"] = [
        estimates(log, *_seen(drawn, log), weights(log, drawn.new[log.kind])) for log in first
    ]
    case["widths"] = [2 * half_width(log, *_seen(drawn, log)) for log in drawn.logs]
    case["kept"] = float(np.mean([_holds(drawn, log, case["truth"]) for log in drawn.logs]))
    led_to = [mistakes(log, *_seen(drawn, log)) for log in first]
    case["traps"] = {name: [one[name] for one in led_to] for name in led_to[0]}
    return case


def _holds(drawn: Logged, log: logs.Log, truth: float) -> bool:
    seen = _seen(drawn, log)
    found = estimates(log, *seen, weights(log, drawn.new[log.kind]))[-1]
    return abs(found - truth) <= half_width(log, *seen)


def _seen(drawn: Logged, log: logs.Log) -> tuple[Floats, Floats]:
    return drawn.new[log.kind], drawn.model[log.kind]


def _fits(case: dict[str, Any], enough: bool) -> bool:
    """Whether the overlap leaves no doubt, and every mistake shows on one of the first logs.

    Some log that says enough has a visit of more than a twentieth's weight, beside many others, and
    few clicks; the terms of DR have a standard deviation far from one, where the variance would
    look alike; and some logs say clearly less than others, for more reasons than their weights.
    """
    if enough:
        widths = np.array(case["widths"])
        spread = widths.mean() * np.sqrt(case["visits"]) / (2 * 1.96)
        by_weight = np.corrcoef(widths, 1 / np.sqrt(case["overlap"]))[0, 1]
        clear = min(case["overlap"]) > 0.08 and case["heaviest"] > 22 and spread < 0.78
        clear = clear and min(case["clicked"]) < FEW and case["kept"] >= KEPT
        clear = clear and widths.std() > VARIED * widths.mean() and by_weight < ALIKE
    else:
        clear = max(case["overlap"]) < 0.035
    right = np.array(case["estimates"])
    return clear and all(
        np.abs(np.array(wrong) - right).max() > APART for wrong in case["traps"].values()
    )
