"""Task `multi_echelon`: the exact cost of echelon base-stock levels in a serial system."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from labkit.exercise.guard import call
from labkit.exercise.outcome import Outcome, failed, passed
from labkit.exercise.reading import as_array
from labkit.exercise.task import Instance, Task, each_case
from labkit.exercise.traps import trap
from labkit.trends.rl_supply_chain.metrics import serial_cost

TOLERANCE = 1e-3
"""The simplex search with default tolerances, from the mean of both bounds, and coordinate descent
ended within 0.0001 % of the least cost (24 chains), a grid of whole units within 0.022 %, one of a
tenth of a deviation within 0.053 % (180 chains). In the worst chain of each of 60 exams, the mean
of both bounds was 0.36 % or more above it, a mean that leans to one of them 0.51 % or more. A cubic
with 20 constants, fitted to other chains, was 0.66 % or more above it in the worst chain (100
exams), and 0.23 % in every chain."""

SECONDS = 20.0
"""CPU-seconds of a call; a search on the exact cost needs one to five."""

MOST_UNITS = 1e6
"""Levels beyond this are a slip."""

TRAPS = {
    "local levels": "These look like local levels. Echelon levels count all stock downstream too.",
    "reversed stages": "The levels stand in the wrong order: stage 0 is nearest to the customer.",
    "without safety stock": "These levels cover the mean demand alone, with no safety stock.",
    "adds a review period": "Each level covers one period more than the lead time. Here orders are "
    "placed and shipped before the demand of the same period.",
    "one lead time only": "Each level looks at its own lead time; demand of all stages downstream "
    "has to be covered as well.",
    "lower bound": "This is the lower one of two newsvendor bounds. Above stage 0 the best levels "
    "are higher: search for them with metrics.serial_cost.",
    "upper bound": "This is the upper one of two newsvendor bounds. Above stage 0 the best levels "
    "are lower: search for them with metrics.serial_cost.",
    "mean of bounds": "This is the mean of two newsvendor bounds, which is a good start. The best "
    "levels lie elsewhere between the bounds: search on from here with metrics.serial_cost.",
    "local rates": "Each level weighs the penalty against the stage's own holding rate. A unit "
    "held upstream saves that rate downstream: use echelon rates.",
}

STALLED = (
    "A level above the next one upstream changes nothing any more, so a search may stall there. "
    "Start it between the two newsvendor bounds."
)


def judge(answer: Any, instance: Instance) -> Outcome:
    """Hold the exact cost of the levels against the least possible, for every chain."""
    return each_case(
        instance,
        lambda case: _case(answer, case),
        "The levels are within 0.1 % of the least possible cost.",
    )


def _case(answer: Any, case: Instance) -> Outcome:
    names = ("lead_times", "holding", "penalty", "mean", "sd")
    arguments = [case[name] for name in names]
    stages = len(case["lead_times"])
    levels = as_array(call(answer, *arguments, seconds=SECONDS), "echelon levels", (stages,))
    levels = np.clip(levels, -MOST_UNITS, MOST_UNITS)
    cost = serial_cost(levels.tolist(), *arguments)
    gap = cost / case["optimal_cost"] - 1
    if gap <= TOLERANCE:
        return passed("")
    return failed(
        f"Your levels ({', '.join(f'{level:.4g}' for level in levels)}) cost {cost:.4g} a period, "
        f"{gap:.2%} above the least possible; {TOLERANCE:.1%} is allowed.",
        on=f"{stages} stages, lead times {case['lead_times']}, holding {case['holding']}, "
        f"penalty {case['penalty']}, demand {case['mean']} ± {case['sd']}",
        next_step="Start at the customer's stage, find its best level, and hand the cost of being "
        "short of it up to the next stage.",
        misconception=_misconception(levels, case),
    )


def _misconception(levels: NDArray[np.float64], case: Instance) -> str:
    # In periods of demand, since a local level may be next to nothing.
    found = levels / case["mean"]
    known = {name: np.divide(led_to, case["mean"]) for name, led_to in case["traps"].items()}
    # The bounds and their mean may lie close together, so the nearest name comes first.
    named = trap(found, known, TRAPS, 5e-4) or trap(found, known, TRAPS, 5e-3)
    return named or (STALLED if (np.diff(levels) < 0).any() else "")


TASK = Task(
    "multi_echelon",
    15,
    judge,
    (
        "Work from the customer upwards; each stage is a one-dimensional problem.",
        "Give each stage its echelon holding cost: its own rate less the rate one stage up.",
        "What a stage passes up is the extra cost of holding less than its best level, as a "
        "function of the position that arrives. A fine grid and a convolution with the demand "
        "over the lead time are enough.",
        "Another way: metrics.serial_cost is exact and fast. Search over the levels. A good start "
        "is the mean of two newsvendor quantities for the demand of all lead times down to the "
        "customer: Shang and Song (2003) show that the best level lies between them.",
    ),
    title="A chain of warehouses",
    traps=TRAPS,
)
