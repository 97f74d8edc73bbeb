"""Judge of the task `sample`: how far a sampler ends from where the flow leads."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from labkit.checks.generative_ai.redraw import flow
from labkit.exercise.guard import call
from labkit.exercise.outcome import Outcome, failed, passed
from labkit.exercise.reading import as_array
from labkit.exercise.task import Instance, Task, each_case
from labkit.exercise.traps import trap
from labkit.trends.generative_ai.world.flow import turning

Floats = NDArray[np.float64]
MOST = 0.35
"""Median distance as a share of Euler's, worst of four flows. Over 20 draws midpoints, Heun,
Adams-Bashforth and Runge-Kutta leave 0.03 to 0.27, Euler with twice the steps 0.50 to 0.52, with
half of them 2.0 to 2.1, one evaluation a step at the middle of its time, but where the points are
at its beginning, 0.77 to 2.0, the wrong direction or clock 12 and more."""

TRAPS = {
    "euler": "Each step goes along the velocity at its beginning (Euler), and leaves every bend on "
    "the outside.",
    "middle of its time": "The velocity is asked for the middle of a step's time, but where the "
    "points are at its beginning: in the middle, they have moved.",
    "backwards": "Time runs from `end` to `start`: sampling does not undo the noise, it follows "
    "the flow that begins with it.",
    "clock from 0 to 1": "Time is taken to run from 0 to 1, whatever `start` and `end` say.",
    "one step": "The first velocity is followed all the way.",
}
QUICK = 10.0
"""CPU-seconds of a call; the reference needs a thousandth."""


def judge(answer: Any, instance: Instance) -> Outcome:
    """Compare where the points end in each case."""
    return each_case(
        instance, lambda case: _case(answer, case), "The points end where the flow leads."
    )


def _case(answer: Any, case: Instance) -> Outcome:
    mixture, noise = flow(case)
    start, end, evaluations = case["start"], case["end"], case["evaluations"]
    asked = 0

    # Counted within: what an answer finds behind the velocity either counts or is another flow.
    def straight(x: ArrayLike, s: float) -> Floats:
        nonlocal asked
        asked += 1
        return mixture.velocity(x, s)

    turned = turning(straight, start, end, case["turn"])

    def velocity(x: ArrayLike, t: float) -> Floats:
        return turned(np.asarray(x, float).reshape(-1, noise.shape[1]), float(t))

    raw = call(answer, velocity, noise, start, end, evaluations, seconds=QUICK)
    found = as_array(raw, "points", noise.shape)
    on = f"{len(noise)} points, time from {start:g} to {end:g}, {evaluations} evaluations"
    if asked > evaluations:
        return failed(
            f"The velocity was asked {asked} times; {evaluations} are allowed.",
            on=on,
            next_step="Count the evaluations of a step, and take fewer steps.",
        )
    off = float(np.median(np.linalg.norm(found - np.array(case["points_at_end"]), axis=1)))
    share = off / case["traps"]["euler"]
    words = f"Half of the points end within {off:.4f} of where the flow leads"
    if share <= MOST:
        return passed(f"{words}.")
    return failed(
        f"{words}, {share:.2f} of what Euler's steps miss; {MOST:g} is allowed.",
        on=on,
        next_step="Look at the velocity in the middle of a step before you take it.",
        misconception=trap(off, case["traps"], TRAPS, 1e-6),
    )


TASK = Task(
    "sample",
    10,
    judge,
    (
        "How far is it from start to end, and in which direction? That over the number of steps.",
        "Two evaluations a step: go half a step along the first velocity, ask there, and take the "
        "whole step along the second one.",
    ),
    title="From noise to data in few evaluations",
    traps=TRAPS,
)
