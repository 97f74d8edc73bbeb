"""Task `diagnose`: what is wrong with a hiring tool, and how much; twenty audits.

The reference holds each of four differences against its standard error. Judging is left to the
checks.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from labkit.checks.responsible_ai.redraw import audit
from labkit.exercise.drawing import until
from labkit.trends.responsible_ai.world.audits import CAUSES, Audit

EACH = 4
"""Audits of each of the five kinds."""

CHANCE = (2.0, 2.3)
"""Standard errors. In two audits without a bias a difference lies so far from zero by chance, so
that whoever calls 1.96 a finding calls two biases too many."""

RAW = 0.3
"""Relative; at least so far is the gap between areas, the score not held, from a proxy's size."""


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"audits": [...]}``.

    Each has ``seed``, ``cause``, ``size``, ``share``, ``good``, ``ability`` and ``areas``, which
    draw the audit. The reference finds every cause, and the size within 12 %.
    A proxy is not seen by comparing areas alone, and in two audits without a bias the groups differ
    in how many are good as a label bias would have it, and one difference is there by chance.
    """
    audits = [
        until(partial(_case, rng, cause), _found, "a bias that stands out")
        for cause in CAUSES
        for _ in range(EACH)
        if cause != "none"
    ]
    for misleading in (True, True, False, False):
        audits.append(
            until(
                partial(_case, rng, "none"),
                partial(_clean, misleading=misleading),
                "no bias, and a difference that looks like one",
                tries=1_000,
            )
        )
    return {"audits": [audits[place] for place in rng.permutation(len(audits))]}


SIZES = {
    "none": (0.0, 0.0),
    "label": (0.22, 0.34),
    "measurement": (3.0, 9.0),
    "sampling": (0.07, 0.18),
    "proxy": (0.11, 0.24),
}


def _case(rng: np.random.Generator, cause: str) -> dict[str, Any]:
    low = rng.uniform(0.34, 0.46)
    turned = -1 if rng.random() < 0.5 else 1
    return {
        "seed": int(rng.integers(2**31)),
        "cause": cause,
        "size": round(float(rng.uniform(*SIZES[cause])), 3),
        "share": round(float(rng.uniform(0.34, 0.44)), 3),
        "good": rng.permutation([low, low + rng.uniform(0.12, 0.2)]).round(3).tolist(),
        "ability": (50 + turned * rng.uniform(5, 8) * np.array([1, -1])).round(1).tolist(),
        "areas": [
            round(float(rng.uniform(0.1, 0.2)), 3),
            round(float(rng.uniform(0.8, 0.9)), 3),
        ],
    }


def sizes(given: Audit) -> dict[str, tuple[float, float]]:
    """Each bias and its standard error, estimated as if it were there."""
    records, again = given.records, given.rechecked
    good = again[again["good"] == 1]
    share = float((records["group"] == 1).mean())
    slope = np.polyfit(records["score"], records["decided"], 1)
    return {
        "label": _difference(good["label"], good["group"]),
        "measurement": _difference(again["score"] - again["true_score"], again["group"]),
        "sampling": (given.register - share, np.sqrt(share * (1 - share) / len(records))),
        "proxy": _difference(
            records["decided"] - np.polyval(slope, records["score"]), records["area"]
        ),
    }


def _difference(values: ArrayLike, who: ArrayLike) -> tuple[float, float]:
    """The mean of those with 0 minus that of those with 1, and its standard error."""
    parts = [np.asarray(values, float)[np.asarray(who) == side] for side in (0, 1)]
    error = np.sqrt(sum(part.var() / len(part) for part in parts))
    return float(parts[0].mean() - parts[1].mean()), float(error)


def _clean(case: dict[str, Any], misleading: bool) -> bool:
    if misleading and case["good"][0] < case["good"][1]:
        return False
    far = {name: size / error for name, (size, error) in sizes(audit(case)).items()}
    if not misleading:
        return max(map(abs, far.values())) < CHANCE[1]
    return (
        CHANCE[0] < max(far.values()) < CHANCE[1]
        and abs(far["proxy"]) < CHANCE[0]
        and min(far.values()) > -CHANCE[1]
    )


def _found(case: dict[str, Any]) -> bool:
    found = sizes(audit(case))
    others = [abs(size) / error for name, (size, error) in found.items() if name != case["cause"]]
    if max(others) > 2.5:
        return False
    size, error = found[case["cause"]]
    if case["cause"] == "proxy":
        records = audit(case).records
        raw, _ = _difference(records["decided"], records["area"])
        if abs(raw - case["size"]) < RAW * case["size"]:
            return False
    return abs(size - case["size"]) < 0.12 * case["size"] and size > 7 * error
