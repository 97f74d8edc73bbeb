"""Judge of the task `aipw`: the effect on the treated, its interval, and overlap."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from labkit.checks.causal_uplift import surfaces
from labkit.checks.causal_uplift.asking import TRAINING, ask
from labkit.checks.causal_uplift.intervals import Numbers, ordered
from labkit.exercise.outcome import Outcome, Status, failed, passed, weighted
from labkit.exercise.reading import as_flag, as_number, as_parts
from labkit.exercise.task import Instance, Task

TRAPS = {
    "naive": "This is the plain difference in means, as if the treatment had been drawn by lot.",
    "regression": "This is one regression with the treatment as a column. It assumes a linear "
    "outcome, and it weighs people by how undecided their treatment was.",
    "imputation": "This is the outcome regression alone: right only while the outcome is linear.",
    "squares": "This is an outcome regression with squares and products, alone: right only while "
    "the outcome bends like a square. No weights correct what it misses.",
    "weighting": "This is weighting alone: right only while the propensity is logistic.",
    "effect on all": "This is the effect on everybody (ATE). Asked is the effect on the treated "
    "(ATT): other people, other weights.",
    "model of all": "The outcome model has learned from the treated as well, so a part of the "
    "effect is in it. What is missing is the outcome without treatment: learn it from the "
    "untreated alone.",
    "trimmed": "People with a high propensity are left out. They are treated too, and the effect "
    "on them is another one.",
    "trimmed a little": "The few with the highest propensity are left out. They are treated too, "
    "and the effect on them is another one.",
}

FLAT = "straight"
KINDS = {
    "curved outcome": "worlds whose margin bends in the features",
    "curved assignment": "worlds whose offers bend in the features",
    FLAT: "worlds in which nothing bends",
}

ESTIMATES, INTERVALS, OVERLAP = 0.45, 0.3, 0.25
"""Shares of the points, as the task's text states them. Overlap needs no estimate, so that alone it
earns no more than a quarter."""

MEAN_OFF = 2.5
"""How many of its own standard errors the mean error over worlds of one kind may have, where each
world's error is taken in its standard errors. By choice of the worlds the
reference stays below 1 and every mistake of a kind above 3.5."""

MISSED = 1
"""How many intervals may miss the truth. Over 20 instances right ones (by formula, cross-fitted, of
models with squares by 40 bootstrap samples, of balancing weights, of a weighted regression) missed
one at most; those of two means of residuals, and of one standard error, missed 2 to 5. Narrow ones
are seen by what they miss, not by their width: a better outcome model earns them."""

WIDE = {"curved outcome": 2.0, "curved assignment": 2.0, FLAT: 1.4}
"""How wide intervals may be, mean over worlds of a kind, against the reference's. Over the same 20
instances right ones had 0.36 to 1.00, 0.93 to 1.48 and 0.86 to 1.25; two means of the margin 1.75
to 4.55 where nothing bends; three times those of residuals, which miss nothing, 3.9 and more in
the two last kinds. Constants for every world have a hundred and more."""


def judge(answer: Any, instance: Instance) -> Outcome:
    """Bias and interval of the effect on the treated in worlds of three kinds, and overlap."""
    cases = instance["cases"]
    answers = [_world(answer, case) for case in cases]
    fine = [
        (case, numbers)
        for case, (numbers, _) in zip(cases, answers, strict=True)
        if numbers is not None
    ]
    said = [enough for _, enough in answers]
    good = [case["kind"] in KINDS for case in cases]
    overlap = _overlap_outcome(said, good)
    if len(fine) < sum(good):
        estimates = overlap
    else:
        estimates = _estimates_outcome(fine)
    if estimates.status is Status.PASSED:
        intervals = _intervals_outcome(fine)
    else:
        intervals = failed("Intervals are judged once the estimates are right.")
    return weighted(
        [(ESTIMATES, estimates), (INTERVALS, intervals), (OVERLAP, overlap)],
        "No bias in any kind of world, intervals of the right width, and overlap is seen.",
    )


def _world(answer: Any, case: Instance) -> tuple[Numbers | None, bool]:
    """What the answer says of a world: estimate and interval (where they count), and overlap."""
    drawn = surfaces.customers(case)
    raw = ask(answer, drawn.x, drawn.offer, drawn.margin, seconds=TRAINING)
    names = ("att", "low", "high", "enough_overlap")
    *numbers, enough = as_parts(raw, names)
    says = as_flag(enough, "enough_overlap")
    if case["kind"] not in KINDS or not says:
        return None, says
    att, low, high = (as_number(n, name) for n, name in zip(numbers, names[:3], strict=True))
    return ordered(att, low, high, "att"), says


def _of_kind(fine: Sequence[tuple[Instance, Numbers]], kind: str) -> list[tuple[Instance, Numbers]]:
    return [(case, numbers) for case, numbers in fine if case["kind"] == kind]


def _estimates_outcome(fine: Sequence[tuple[Instance, Numbers]]) -> Outcome:
    for kind, words in KINDS.items():
        own = _of_kind(fine, kind)
        if not own:
            continue
        # In standard errors, since each world has money of its own size.
        off = float(np.mean([(numbers[0] - case["att"]) / case["error"] for case, numbers in own]))
        chance = MEAN_OFF / math.sqrt(len(own))
        if abs(off) > chance:
            return failed(
                f"Over {len(own)} worlds your ATT is off by {off:+.2f} standard errors on average; "
                f"chance explains {chance:.2f}.",
                on=words,
                next_step="Doubly robust: predict everybody's outcome without treatment, and "
                "correct the mean residual of the treated by that of the others, weighted by "
                "their odds.",
                misconception=_nearest_trap(own),
            )
    return passed("")


def _nearest_trap(own: Sequence[tuple[Instance, Numbers]]) -> str:
    """Name the mistake whose estimates are those of the answer, to a third of an error."""
    distances = {}
    for name in TRAPS:
        gaps = [(numbers[0] - case["traps"][name]) / case["error"] for case, numbers in own]
        distances[name] = float(np.sqrt(np.mean(np.square(gaps))))
    nearest = min(distances, key=lambda name: distances[name])
    return TRAPS[nearest] if distances[nearest] < 0.35 else ""


def _intervals_outcome(fine: Sequence[tuple[Instance, Numbers]]) -> Outcome:
    missed = sum(not low <= case["att"] <= high for case, (_, low, high) in fine)
    if missed > MISSED:
        return failed(
            f"The estimates are right, but {missed} of {len(fine)} intervals miss the truth.",
            on="all worlds with overlap",
            next_step=_STEP,
            misconception=_TOO_NARROW,
        )
    for kind, words in KINDS.items():
        width = _width(_of_kind(fine, kind))
        if width > WIDE[kind]:
            return failed(
                f"The estimates are right, but the intervals are {width:.2f} times as wide as "
                "those of the doubly robust estimate.",
                on=words,
                next_step=_STEP,
                misconception=_TOO_WIDE,
            )
    return passed("")


def _width(own: Sequence[tuple[Instance, Numbers]]) -> float:
    """How wide intervals are on average, against the reference's, by their longer side.

    So neither end can lie anywhere.
    """
    sides = [max(high - att, att - low) / (1.96 * case["error"]) for case, (att, low, high) in own]
    return float(np.mean(sides)) if sides else 1.0


_STEP = (
    "Take the standard deviation of each person's term in the estimate, divided by the square root "
    "of their number, and 1.96 of that to each side; or draw people again with replacement and "
    "repeat everything, 100 times at least."
)
_TOO_NARROW = (
    "The weights make some people count many times, and the interval has to hold that. One of two "
    "means of residuals, or of one standard error to each side, is too narrow."
)
_TOO_WIDE = (
    "The interval is that of single people, of a difference of two means, or wide enough for any "
    "world: the estimate is known better, since the features explain most of the margin."
)


def _overlap_outcome(said: Sequence[bool], good: Sequence[bool]) -> Outcome:
    missed = sum(says and not is_good for says, is_good in zip(said, good, strict=True))
    alarms = sum(not says and is_good for says, is_good in zip(said, good, strict=True))
    if not missed and not alarms:
        return passed("")
    trap = ""
    if all(said):
        trap = (
            "You never say False. In some of these worlds a good part of the treated has nobody "
            "like them among the others: their estimated propensity is close to 1."
        )
    elif missed == len(good) - sum(good) and alarms == sum(good):
        trap = "The verdict is turned round: True means that there is enough overlap."
    return failed(
        f"In {len(good) - sum(good)} of {len(good)} worlds there is nobody to compare many of the "
        f"treated with. You missed {missed} of these, and gave {alarms} false alarms.",
        on="the propensity scores of the treated",
        next_step="Look at the estimated propensity of the treated. If a good part of them is "
        "above 0.95, others like them hardly exist.",
        misconception=trap,
    )


TASK = Task(
    "aipw",
    15,
    judge,
    (
        "Only the outcome without an offer is missing: what the treated would have done.",
        "Predict it with a regression on the untreated. Its mean error on the untreated, "
        "weighted by their odds of treatment, tells what to correct.",
        "The odds are e / (1 − e) with the estimated propensity e. ATT = the sum over people "
        "of (treated − (1 − treated) · odds) · (outcome − prediction), divided by the number "
        "of the treated.",
        "Overlap: which share of the treated has a propensity above 0.95? In some worlds "
        "hardly any, in others a third and more.",
    ),
    title="The effect on those who got the offer",
    traps=TRAPS,
)
