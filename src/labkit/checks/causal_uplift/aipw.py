"""Judge of the task `aipw`: the effect on the treated, its interval, and overlap."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from labkit.checks.causal_uplift import redraw
from labkit.checks.causal_uplift.asking import TRAINING, ask
from labkit.checks.causal_uplift.intervals import NARROW, WIDE, Numbers, ordered, width_trap
from labkit.exercise.guard import UnusableError
from labkit.exercise.outcome import Outcome, Status, failed, passed, weighted
from labkit.exercise.reading import (
    as_number,
    as_parts,
)
from labkit.exercise.task import Instance, Task
from labkit.trends.causal_uplift.metrics import coverage

TRAPS = {
    "naive": "This is the plain difference in means, as if the treatment had been drawn by lot.",
    "regression": (
        "This is one regression with the treatment as a column. It assumes a linear outcome, "
        "and it weighs people by how undecided their treatment was."
    ),
    "imputation": "This is the outcome regression alone: right only while the outcome is linear.",
    "weighting": "This is weighting alone: right only while the propensity is logistic.",
    "effect on all": (
        "This is the effect on everybody (ATE). Asked is the effect on the treated (ATT): "
        "other people, other weights."
    ),
}


MEAN_OFF = 2.5
"""Standard errors that the mean error over worlds of one kind may have. The reference stays below
1.2, every known mistake is above 3 in one kind (both by choice of the worlds)."""


def judge(answer: Any, instance: Instance) -> Outcome:
    """Bias and coverage of the effect on the treated over ten worlds, and a word on overlap."""
    answers = [_aipw_world(answer, world) for world in instance["worlds"]]
    poor = [world["kind"] == "no overlap" for world in instance["worlds"]]
    fine = [
        (world, numbers)
        for world, (numbers, _) in zip(instance["worlds"], answers, strict=True)
        if numbers is not None
    ]
    estimates = _estimates_outcome(fine)
    if estimates.status is Status.PASSED:
        intervals = _intervals_outcome(fine)
    else:
        intervals = failed("Intervals are judged once the estimates are right.")
    overlap = _overlap_outcome([enough for _, enough in answers], poor)
    return weighted(
        [(0.5, estimates), (0.25, intervals), (0.25, overlap)],
        "No bias in any kind of world, intervals that hold the truth, and overlap is seen.",
    )


def _aipw_world(answer: Any, world: Instance) -> tuple[Numbers | None, bool]:
    """What the answer says of a world: estimate and interval (where judged), and overlap."""
    drawn = redraw.customers(world)
    raw = ask(answer, drawn.x, drawn.offer, drawn.margin, seconds=TRAINING)
    names = ("att", "low", "high", "enough_overlap")
    *numbers, enough = as_parts(raw, names)
    says = as_number(enough, "enough_overlap")
    if says not in (0.0, 1.0):
        raise UnusableError(
            f"enough_overlap is {says:g}; it should be True or False.",
            "Return whether the data suffice, not the number you judge that by.",
        )
    if world["kind"] == "no overlap":
        return None, bool(says)
    att, low, high = (as_number(n, name) for n, name in zip(numbers, names[:3], strict=True))
    return ordered(att, low, high, "att"), bool(says)


def _estimates_outcome(fine: Sequence[tuple[Instance, Numbers]]) -> Outcome:
    for kind in ("curved outcome", "curved assignment"):
        own = [(world, numbers[0]) for world, numbers in fine if world["kind"] == kind]
        error = math.sqrt(sum(world["error"] ** 2 for world, _ in own)) / len(own)
        off = float(np.mean([att - world["att"] for world, att in own]))
        if abs(off) > MEAN_OFF * error:
            return failed(
                f"Over {len(own)} worlds your ATT is off by {off:+.2f} € on average, "
                f"{abs(off) / error:.1f} standard errors; chance explains {MEAN_OFF:g}.",
                on="worlds whose margin bends in the features"
                if kind == "curved outcome"
                else "worlds whose offers bend in the features",
                next_step="Doubly robust: predict everybody's outcome without treatment, and "
                "correct the mean residual of the treated by that of the others, weighted by "
                "their odds.",
                misconception=_nearest_trap(fine),
            )
    return passed("")


def _nearest_trap(fine: Sequence[tuple[Instance, Numbers]]) -> str:
    """Name the mistake whose estimates are those of the answer, to a third of an error."""
    distances = {}
    for name in fine[0][0]["traps"]:
        gaps = [(n[0] - world["traps"][name]) / world["error"] for world, n in fine]
        distances[name] = float(np.sqrt(np.mean(np.square(gaps))))
    nearest = min(distances, key=lambda name: distances[name])
    return TRAPS[nearest] if distances[nearest] < 0.35 else ""


def _intervals_outcome(fine: Sequence[tuple[Instance, Numbers]]) -> Outcome:
    truth = [world["att"] for world, _ in fine]
    low, high = ([numbers[place] for _, numbers in fine] for place in (1, 2))
    usual = [2 * 1.96 * world["error"] for world, _ in fine]
    width = float(np.mean(np.subtract(high, low) / usual))
    held = round(coverage(low, high, truth) * len(fine))
    words = (
        f"{held} of {len(fine)} intervals hold the truth, and they are {width:.2f} times as wide "
        "as they should be"
    )
    if held >= len(fine) - 1 and NARROW <= width <= WIDE:
        return passed("")
    return failed(
        f"The estimates are right. {words}.",
        on="all worlds with overlap",
        next_step="Take the standard deviation of each person's term in the estimate, divided by "
        "the square root of their number, and 1.96 of that to each side.",
        misconception=width_trap(width),
    )


def _overlap_outcome(enough: Sequence[bool], poor: Sequence[bool]) -> Outcome:
    missed = sum(says and is_poor for says, is_poor in zip(enough, poor, strict=True))
    alarms = sum(not says and not is_poor for says, is_poor in zip(enough, poor, strict=True))
    if not missed and not alarms:
        return passed("")
    trap = ""
    if all(enough):
        trap = "Every world is said to have overlap: nobody looked at the propensities."
    return failed(
        f"In {sum(poor)} of {len(poor)} worlds there is nobody to compare many of the treated "
        f"with. You missed {missed} of these, and gave {alarms} false alarms.",
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
