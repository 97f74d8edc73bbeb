"""Task `dispatch`: the mean paired saving against nearest-request, on the same secret days."""

from __future__ import annotations

from collections.abc import Callable, Mapping
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

TRAINING = 120.0
"""CPU-seconds of a call that searches; the reference needs below 5."""

QUICK = 10.0
"""CPU-seconds of one scoring; the reference needs milliseconds."""


def judge(answer: Any, instance: Instance) -> Outcome:
    """Send the truck out for every urgent district, by the score that was learned for it."""
    return each_case(
        instance,
        lambda case: _case(answer, case),
        "Days cost as little as asked, for every district.",
    )


def _case(answer: Any, case: Instance) -> Outcome:
    storm, urgent = case["storm"], case["urgent"]
    learned = as_function(call(answer, storm, urgent, seconds=TRAINING), "score")
    days = draw_days(case["days"], case["seed"], storm)

    def score(features: NDArray[np.float32]) -> Floats:
        return as_array(call(learned, features, seconds=QUICK), "scores", features.shape[:2])

    def saved(other: Score) -> tuple[float, float]:
        return paired_saving(day_cost(days, other, urgent), baseline)

    baseline = day_cost(days, nearest_request, urgent)
    saving, interval = saved(score)
    if saving >= case["asked"]:
        return passed("")
    which = "cheaper" if saving >= 0 else "more expensive"
    return failed(
        f"Days are {abs(saving):.2%} {which} than with nearest-request (± {interval:.2%}, "
        f"{case['days']:,} paired days); {case['asked']:.2%} cheaper is asked.",
        on=f"a storm with {_words(storm)}, urgent requests around {_words(urgent)}",
        next_step="Search longer and on more days of this storm and this district, and judge every "
        "candidate on the same days.",
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
        "Draw days of the storm you were given, and try candidates on the same days, by "
        "routing.day_cost. Differences are far smaller than days differ.",
        "Start from nearest-request (weight −1 on the travel time), change the weights at "
        "random, keep the best quarter, and repeat with their mean and spread.",
    ),
    title="Trucks around a storm",
)
