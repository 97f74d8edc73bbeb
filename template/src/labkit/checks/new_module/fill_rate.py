"""Task `fill_rate`: the share of demand served from stock.

Judged on every case by the share itself. Known traps come with the instance as numbers: an answer
that equals one is told its name.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from labkit.exercise.guard import call
from labkit.exercise.outcome import Outcome, failed, passed
from labkit.exercise.reading import as_number
from labkit.exercise.task import Instance, Task, each_case
from labkit.exercise.traps import trap

TOLERANCE = 1e-6

QUICK = 5.0
"""CPU-seconds of a call; the reference needs milliseconds."""

TRAPS = {
    "days without shortage": "This is the share of days without shortage. Count units, not days.",
    "mean of daily shares": "This weighs every day alike. A busy day has more units to serve.",
    "share lost": "This is the share of demand that was lost.",
    "stock over demand": "This counts stock nobody asked for. A day serves at most its demand.",
    "in percent": "This is in percent. Return a share from 0 to 1.",
}


def judge(answer: Any, instance: Instance) -> Outcome:
    """Judge the share of demand served on every case of the instance."""

    def one(case: Instance) -> Outcome:
        demand = np.array(case["demand"])
        found = as_number(call(answer, demand, case["stock"], seconds=QUICK), "fill rate")
        if math.isclose(found, case["fill_rate"], abs_tol=TOLERANCE):
            return passed("")
        return failed(
            f"You found {found:.4f}, which is not the share of demand served.",
            on=f"{len(demand)} days with a stock of {case['stock']} each",
            next_step="Take three days with small numbers and count the units by hand.",
            misconception=trap(found, case["traps"], TRAPS, TOLERANCE),
        )

    return each_case(instance, one, "The share of demand served is right in every case.")


TASK = Task(
    "fill_rate",
    10,
    judge,
    (
        "How many units were served on one single day?",
        "A day serves what was asked or what was there, whichever is less. np.minimum does it.",
    ),
    title="The share of demand served",
    traps=TRAPS,
)
