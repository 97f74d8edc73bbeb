"""Task `dispatch`: the mean paired saving against nearest-request, on the same secret days."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labkit.exercise.guard import call
from labkit.exercise.outcome import Outcome, failed, passed
from labkit.exercise.reading import as_array, as_function
from labkit.exercise.task import Instance, Task, each_case
from labkit.trends.rl_supply_chain.world.routing import (
    day_cost,
    draw_days,
    nearest_request,
    paired_saving,
)

Floats = NDArray[np.float64]
Score = Callable[[NDArray[np.float32]], Floats]

RECORDED = 400
"""Past days that a score is learned on."""

TRAINING = 120.0
"""CPU-seconds of a call that searches; the reference needs below 5."""

QUICK = 10.0
"""CPU-seconds of one scoring; the reference needs milliseconds."""


def judge(answer: Any, instance: Instance) -> Outcome:
    """Send the truck out in every district, by the score that was learned from its past days."""
    return each_case(
        instance,
        lambda case: _case(answer, case),
        "Days cost as little as asked, in every district.",
    )


def recorded(case: Instance) -> dict[str, Any]:
    """The past days of a case, as plain arrays for `Days(**records)`."""
    days = draw_days(RECORDED, case["past_seed"], case["storm"], case["urgent"])
    return {part.name: getattr(days, part.name) for part in fields(days)}


def _case(answer: Any, case: Instance) -> Outcome:
    learned = as_function(call(answer, recorded(case), seconds=TRAINING), "score")
    days = draw_days(case["days"], case["seed"], case["storm"], case["urgent"])

    def score(features: NDArray[np.float32]) -> Floats:
        return as_array(call(learned, features, seconds=QUICK), "scores", features.shape[:2])

    def saved(other: Score) -> tuple[float, float]:
        return paired_saving(day_cost(days, other), baseline)

    baseline = day_cost(days, nearest_request)
    saving, interval = saved(score)
    if saving >= case["asked"]:
        return passed("")
    which = "cheaper" if saving >= 0 else "more expensive"
    return failed(
        f"Days are {abs(saving):.2%} {which} than with nearest-request (± {interval:.2%}, "
        f"{case['days']:,} paired days); {case['asked']:.2%} cheaper is asked.",
        on=f"a storm with {_words(case['storm'])}, and requests that are urgent in one district",
        next_step="Search longer and on more of the recorded days, and judge every candidate on "
        "the same ones.",
        misconception=_misconception(saving, saved, score),
    )


def _words(numbers: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {value:g}" for name, value in numbers.items())


def _misconception(
    saving: float, saved: Callable[[Score], tuple[float, float]], score: Score
) -> str:
    if abs(saving) < 1e-9:
        return "These scores choose as nearest-request does: cheaper days need another order."
    if saving < -0.1 and saved(lambda features: -score(features))[0] > -0.02:
        return "The highest score is visited next; these scores seem to be costs. Turn the sign."
    return ""


TASK = Task(
    "dispatch",
    15,
    judge,
    (
        "A linear score is enough: twelve weights, one a feature.",
        "Drive the recorded days anew, routing.Days(**records), and try candidates on the same "
        "ones, by routing.day_cost. Differences are far smaller than days differ.",
        "Start from nearest-request (weight −1 on the travel time), change the weights at "
        "random, keep the best quarter, and repeat with their mean and spread.",
    ),
    title="Trucks around a storm",
)
