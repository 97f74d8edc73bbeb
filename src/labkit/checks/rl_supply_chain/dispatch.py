"""Task `dispatch`: the mean paired saving against nearest-request, on the same secret days."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labkit.exercise.guard import call
from labkit.exercise.outcome import Outcome, failed, passed
from labkit.exercise.reading import as_array, as_function
from labkit.exercise.task import Instance, Task, each_case
from labkit.trends.rl_supply_chain.world.routing import (
    Days,
    draw_days,
    nearest_request,
    paired_saving,
    rollout,
)

Floats = NDArray[np.float64]
Score = Callable[[NDArray[np.float32]], Floats]

TRAINING = 120.0
"""CPU-seconds of a call that searches; the reference needs below 5."""

QUICK = 10.0
"""CPU-seconds of one scoring; the reference needs milliseconds."""


def judge(answer: Any, instance: Instance) -> Outcome:
    """Send the truck out under every kind of storm, by the score that was learned for it."""
    return each_case(
        instance,
        lambda case: _case(answer, case),
        "The truck is home as early as asked under every kind of storm.",
    )


def _case(answer: Any, case: Instance) -> Outcome:
    learned = as_function(call(answer, case["storm"], seconds=TRAINING), "score")
    days = draw_days(case["days"], case["seed"], case["storm"])

    def score(features: NDArray[np.float32]) -> Floats:
        return as_array(call(learned, features, seconds=QUICK), "scores", features.shape[:2])

    baseline = rollout(days, nearest_request)
    saving, interval = paired_saving(rollout(days, score), baseline)
    if saving >= case["asked"]:
        return passed("")
    when = "earlier" if saving >= 0 else "later"
    return failed(
        f"The truck is home {abs(saving):.2%} {when} than with nearest-request (± {interval:.2%}, "
        f"{case['days']:,} paired days); {case['asked']:.2%} earlier is asked.",
        on="storms with " + ", ".join(f"{name} {value:g}" for name, value in case["storm"].items()),
        next_step="Search longer and on more days of this storm, judge every candidate on the same "
        "days, and let the score see where the storm will be, not only where it is.",
        misconception=_misconception(saving, score, days, baseline),
    )


def _misconception(saving: float, score: Score, days: Days, baseline: NDArray[np.float32]) -> str:
    if abs(saving) < 1e-9:
        return "These scores choose as nearest-request does: a faster truck needs another order."
    if saving < -0.1 and paired_saving(rollout(days, lambda f: -score(f)), baseline)[0] > -0.02:
        return "The highest score is visited next; these scores seem to be costs. Turn the sign."
    return ""


TASK = Task(
    "dispatch",
    15,
    judge,
    (
        "A linear score is enough: twelve weights, one a feature.",
        "Draw days of the storm you were given, and try candidates on the same days. Differences "
        "are far smaller than days differ.",
        "Start from nearest-request (weight −1 on the travel time), change the weights at "
        "random, keep the best quarter, and repeat with their mean and spread.",
    ),
    title="Trucks around a storm",
)
