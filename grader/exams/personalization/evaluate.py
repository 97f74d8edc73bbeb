"""Task `evaluate`: what a new policy is worth, from the log of an old one.

Logs are drawn with much overlap between the policies, and with next to none. The references are the
textbook's estimators (Dudík, Langford and Li 2011, Doubly robust policy evaluation and learning).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labkit.checks.personalization.evaluate import VARIED
from labkit.checks.personalization.redraw import Logged, logged
from labkit.exercise.drawing import until
from labkit.trends.personalization.world import logs

Floats = NDArray[np.float64]
Case = dict[str, Any]

COMPARED = 5
"""Logs of a case on which estimates are compared digit by digit."""

APART = 0.004

ALIKE = 0.45
"""Correlation, at most, of the intervals' widths with 1 / √(effective sample), over the logs of a
case: what varies with the weights alone is no estimate of the standard error."""

FEW = 0.045
"""Some log has fewer equally weighted clicks than this share of its visits, so that whoever counts
clicks doubts a log that says enough."""

KEPT = 0.93
"""Share of a case's logs in which the reference's interval holds the truth, at least, so that other
right intervals, which hold it in .03 less now and then, are not refused by luck."""

CUT = 20
"""Weights above it are cut off by those who fear heavy ones."""

HIDDEN = 0.62
"""Share of its width, at most, that some log's interval keeps where such weights are cut off."""

TOGETHER = 0.89
"""Share of its width, at most, that an interval keeps in a divided shop where the variances of both
parts of DR's terms are added as if they were independent; .93 is asked, and 2 standard errors are
as right as 1.96. The model tells too little of who loves all, and the log puts that right."""

AGAINST = 1.12
"""Times its width, at least, that such an interval has in the other divided shop, where the model
exaggerates: the log takes back what it says too much of who loves all. So no constant in place of
the covariance, wherever it was tuned, is right in both."""

EVEN, TOLD, EXAGGERATED = (
    {"divided": None, "known": 0.8, "less": 0.0},
    {"divided": [[0.88, 0.98], [0.01, 0.05]], "known": 0.7, "less": 0.0},
    {"divided": [[0.75, 0.85], [0.15, 0.25]], "known": 1.6, "less": 0.35},
)
"""Shops and their models: types that differ in what they love, and two kinds of divided shops."""

LIGHT = 0.052
"""Some log that says too little has a mean squared weight below one over this: its weights are
light, .82 and less on average. Whoever takes their mean for one calls it enough, at a
twentieth."""


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``: four with much overlap, two with little.

    Each has ``seed``, ``visits``, ``logs``, ``divided``, ``known``, ``less``, ``old``, ``turned``
    and ``new``, which draw the logs; ``truth``, the exact value of the new policy; ``enough``;
    ``overlap``, the effective share of each log; ``clicked``, the same of the clicks alone;
    ``lightest``, the least mean squared weight, and ``heaviest``, the largest weight of all, in
    mean ones; ``estimates`` (IPS, SNIPS, DR) on the first logs; ``widths`` of the reference's
    intervals, one a log, ``kept``, the share of them that hold the truth, ``cut``, the least share
    of its width that one keeps without its heavy weights, and ``apart``, what is left of the mean
    one where both parts of the terms are taken as independent; and ``traps``, estimates on the
    first logs.
    """
    return until(partial(_six, rng), _no_width_tells, "intervals whose width does not tell")


def _six(rng: np.random.Generator) -> Case:
    kinds = (
        (partial(_case, rng, True), _cuts),
        (partial(_case, rng, False), _wide),
        (partial(_case, rng, True), _counts),
        (partial(_case, rng, False), _light),
        (partial(_case, rng, True, TOLD), _goes_together),
        (partial(_case, rng, True, EXAGGERATED), _goes_against),
    )
    return {
        "cases": [
            until(partial(_drawn, one, shows), _misled, "estimates that mistakes change")
            for one, shows in kinds
        ]
    }


def _drawn(one: Callable[[], Case], shows: Callable[[Case], bool]) -> Case:
    """A case that tells what is enough, and that shows what it is there for."""
    case = until(one, lambda drawn: _clear(drawn) and shows(drawn), "the overlap asked")
    return case | _estimated(case)


def _no_width_tells(instance: Case) -> bool:
    """Whether some log that says too little has a narrower interval than one that says enough."""
    enough, little = (
        [case["widths"] for case in instance["cases"] if case["enough"] is kind]
        for kind in (True, False)
    )
    return min(map(min, little)) < max(map(max, enough))


def estimates(log: logs.Log, target: Floats, model: Floats, weight: Floats) -> list[float]:
    """IPS, SNIPS and DR, with the given weights."""
    return [
        float(np.mean(weight * log.clicks)),
        float(weight @ log.clicks / weight.sum()),
        float(terms(log, target, model, weight).mean()),
    ]


def terms(log: logs.Log, target: Floats, model: Floats, weight: Floats) -> Floats:
    """What DR is the mean of: one number a visit, (visits,)."""
    missed = log.clicks - model[np.arange(len(log.items)), log.items]
    return np.asarray((target * model).sum(axis=1) + weight * missed)


def weights(log: logs.Log, target: Floats) -> Floats:
    """How much more probably the new policy shows what was shown."""
    return np.asarray(target[np.arange(len(log.items)), log.items] / log.logged)


def half_width(found: Floats) -> float:
    """1.96 standard errors of DR, from its terms."""
    return float(1.96 * found.std(ddof=1) / np.sqrt(len(found)))


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


def _case(rng: np.random.Generator, enough: bool, shop: Case = EVEN) -> Case:
    # In a divided shop more overlap leaves more to the model's part.
    even = shop is EVEN
    old = rng.uniform(*((1.6, 1.9) if not enough else (0.9, 1.1) if even else (0.5, 0.7)))
    case: Case = {
        "seed": int(rng.integers(2**31)),
        # Logs that say too little are long: neither rows nor narrow intervals make them worth more.
        "visits": int(rng.integers(1_200, 1_800) if enough else rng.integers(4_000, 6_000)),
        "logs": 100 if enough else 20,
        **shop,
        "old": round(float(old), 3),
        "turned": 0.0 if enough else round(float(-old), 3),
        "new": round(float(rng.uniform(*((0.8, 1.1) if even else (0.5, 0.7)))), 3),
        "enough": enough,
    }
    drawn = logged(case)
    case["truth"] = logs.value(drawn.shop, drawn.new)
    return case | _over_logs(drawn, case["truth"])


def _estimated(case: Case) -> Case:
    """Estimates on the first logs, and those that mistakes lead to."""
    drawn = logged(case | {"logs": COMPARED})
    first = drawn.logs
    led_to = [mistakes(log, *_seen(drawn, log)) for log in first]
    return {
        "estimates": [
            estimates(log, *_seen(drawn, log), weights(log, drawn.new[log.kind])) for log in first
        ],
        "traps": {name: [one[name] for one in led_to] for name in led_to[0]},
    }


def _over_logs(drawn: Logged, truth: float) -> Case:
    """What a case says of its logs, from ``overlap`` to ``apart``.

    DR's terms are made from those of the few types, which takes half as long as `terms` does.
    """
    overlap, clicked, heaviest, squared, half, cut, apart, kept = [], [], [], [], [], [], [], []
    model_alone = (drawn.new * drawn.model).sum(axis=1)
    for log in drawn.logs:
        weight = drawn.new[log.kind, log.items] / log.logged
        missed = log.clicks - drawn.model[log.kind, log.items]
        found = model_alone[log.kind] + weight * missed
        overlap.append(effective(weight))
        clicked.append(effective(weight * log.clicks))
        heaviest.append(float(weight.max() / weight.mean()))
        squared.append(float((weight**2).mean()))
        half.append(half_width(found))
        tamed = model_alone[log.kind] + np.minimum(weight, CUT) * missed
        cut.append(half_width(tamed) / half[-1])
        apart.append(np.hypot(half_width(model_alone[log.kind]), half_width(weight * missed)))
        kept.append(abs(found.mean() - truth) <= half[-1])
    return {
        "overlap": overlap,
        "clicked": clicked,
        "heaviest": max(heaviest),
        "lightest": min(squared),
        "widths": [2 * one for one in half],
        "kept": float(np.mean(kept)),
        "cut": min(cut),
        "apart": float(np.sum(apart) / np.sum(half)),
    }


def _seen(drawn: Logged, log: logs.Log) -> tuple[Floats, Floats]:
    return drawn.new[log.kind], drawn.model[log.kind]


def _clear(case: Case) -> bool:
    """Whether the overlap leaves no doubt and right answers pass."""
    if not case["enough"]:
        return max(case["overlap"]) < 0.035
    return bool(min(case["overlap"]) > 0.08 and case["kept"] >= KEPT)


def _uneven(case: Case) -> bool:
    """Whether some visits count for much, and some logs say clearly less than others."""
    return bool(case["heaviest"] > 22 and np.std(case["widths"]) > VARIED * np.mean(case["widths"]))


def _misled(case: Case) -> bool:
    """Whether every mistake changes the estimates of one of the first logs."""
    right = np.array(case["estimates"])
    return all(np.abs(np.array(wrong) - right).max() > APART for wrong in case["traps"].values())


def _cuts(case: Case) -> bool:
    """Whether cutting heavy weights off makes some log's interval much narrower."""
    return _uneven(case) and bool(case["cut"] <= HIDDEN)


def _counts(case: Case) -> bool:
    """Whether counting clicks, taking the variance, or looking at the weights alone leads astray.

    Some log has few clicks; the terms of DR have a standard deviation far from one, where the
    variance would look alike; and what logs say differs for more reasons than their weights.
    """
    spread = np.mean(case["widths"]) * np.sqrt(case["visits"]) / (2 * 1.96)
    by_weight = np.corrcoef(case["widths"], 1 / np.sqrt(case["overlap"]))[0, 1]
    return _uneven(case) and bool(
        min(case["clicked"]) < FEW and spread < 0.78 and by_weight < ALIKE
    )


def _goes_together(case: Case) -> bool:
    """Whether intervals are too narrow for whoever overlooks that both parts vary together."""
    return bool(case["apart"] <= TOGETHER)


def _goes_against(case: Case) -> bool:
    """Whether intervals are too wide for whoever overlooks that one part makes up for the other."""
    return bool(case["apart"] >= AGAINST)


def _light(case: Case) -> bool:
    """Whether some log's weights are so light that their squares alone call it enough."""
    return bool(case["lightest"] < 1 / LIGHT)


def _wide(_: Case) -> bool:
    """Its little overlap is all that is asked."""
    return True
