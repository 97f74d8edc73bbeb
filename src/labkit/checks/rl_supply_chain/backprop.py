"""Task `backprop`: the exact cost of a policy that was trained for a shelf."""

from __future__ import annotations

from typing import Any

import numpy as np

from labkit.checks.rl_supply_chain.ordering import policy_outcome, shelf_of
from labkit.exercise.guard import call
from labkit.exercise.outcome import Outcome
from labkit.exercise.reading import as_array, as_function
from labkit.exercise.task import Instance, Task, each_case
from labkit.trends.rl_supply_chain.metrics import all_states

TOLERANCE = 0.012
"""Trainings like the lab's ended 0.2 to 0.8 % above the optimum (14 on shelves of the exam's kind).
The best rule of the inventory position and one number more is 1.75 % or more above it (exams draw
until it is)."""

TRAINING = 120.0
"""CPU-seconds of a call that trains; the reference needs below 5."""

QUICK = 10.0
"""CPU-seconds of a call that computes; the reference needs milliseconds."""


def judge(answer: Any, instance: Instance) -> Outcome:
    """Hold the exact cost of a policy against the optimum, on every shelf."""
    return each_case(
        instance,
        lambda case: _case(answer, case),
        "The policies are within 1.2 % of the optimum.",
    )


def _case(answer: Any, case: Instance) -> Outcome:
    """Ask the trained policy for the order in every state, and compute what that costs."""
    import torch

    shelf = shelf_of(case)
    policy = as_function(call(answer, *shelf, seconds=TRAINING), "policy")
    states = all_states(*shelf)
    with torch.no_grad():
        raw = call(policy, torch.from_numpy(np.ascontiguousarray(states)), seconds=QUICK)
    orders = as_array(raw, "orders", (len(states),))
    return policy_outcome(orders, states, case, TOLERANCE)


TASK = Task(
    "backprop",
    20,
    judge,
    (
        "lost_sales_step is differentiable: run it for a few dozen periods and call backward() "
        "on the mean cost.",
        "Scale the states to about one, and end the network in softplus so that no order is "
        "negative. Begin near the mean demand.",
        "Carry the last state over to the next step of training, detached, so that you always "
        "train where the policy really goes.",
        "Let the learning rate rise and then fall to near zero (OneCycleLR); the last tenths "
        "of a percent come from its end.",
    ),
    title="Learn through the simulator",
)
