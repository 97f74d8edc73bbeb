"""Drawing again where every draw has a truth of its own, which no other draw tells of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from labkit.checks.responsible_ai import redraw

Whole = NDArray[np.int64]
GOOD, HIGH, LOW = (0.35, 0.65), (0.86, 0.95), (0.05, 0.12)
"""From and to: shares of good people, true-positive and false-positive rates."""


class Populations(NamedTuple):
    """Populations of like size: each (populations, people), and `truth`, (populations, 3).

    `truth` has the true gaps of selection, true-positive and false-positive rate.
    """

    y: Whole
    decided: Whole
    group: Whole
    truth: NDArray[np.float64]


def populations(case: Mapping[str, Any]) -> Populations:
    """The populations of a case of `rate_gaps`, each with true rates of its own."""
    rng = np.random.default_rng(case["seed"])
    drawn, truth = [], []
    for seed in rng.integers(2**31, size=case["populations"]):
        good, high, low = (rng.uniform(*ends, 2) for ends in (GOOD, HIGH, LOW))
        rates = {"good": good, "true_positive": high, "false_positive": low}
        one = {"seed": int(seed), "people": case["people"], "populations": 1, **rates}
        drawn += redraw.populations(one)
        truth.append(np.diff([good * high + (1 - good) * low, high, low])[:, 0])
    y, decided, group = (np.array(part) for part in zip(*drawn, strict=True))
    return Populations(y, decided, group, np.array(truth))


def counts(case: Mapping[str, Any]) -> Whole:
    """How many are chosen of each group, again and again, (draws, groups): `largest_gap`.

    Which group has which chance changes from draw to draw.
    """
    rng = np.random.default_rng(case["seed"])
    rows = [
        redraw.counts(
            {
                "seed": int(seed),
                "people": case["people"],
                "chances": rng.permutation(case["chances"]),
                "draws": 1,
            }
        )
        for seed in rng.integers(2**31, size=case["draws"])
    ]
    return np.concatenate(rows)
