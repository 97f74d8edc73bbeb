"""Task `backprop`: the exact cost of a policy that was trained through the steps of a hidden shelf.

The judge keeps the shelf to itself: the answer sees readings, costs and slopes.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from labkit.checks.rl_supply_chain.ordering import (
    hidden_shelf,
    played_through,
    policy_outcome,
    shelf_of,
)
from labkit.exercise.guard import call
from labkit.exercise.outcome import Outcome
from labkit.exercise.reading import as_array, as_function
from labkit.exercise.task import Instance, Task, each_case
from labkit.trends.rl_supply_chain.metrics import all_states

TOLERANCE = 0.012
"""The lab's training ends 0.0 to 0.75 % above the optimum (22 shelves of 12 exams); with 150 rounds
instead of 200 up to 0.90 %, with a learning rate of 0.02 as well up to 1.44 %. The best rule in
whole sets of the inventory position and one place of the state is 1.75 % or more above it (exams
draw until it is). Rules that order parts of sets remember by them what is on its way: with level,
slope and cap found by search, one of the position alone came to 0.5 to 1.6 % on two shelves."""

TRAINING = 120.0
"""CPU-seconds of a call that trains; the reference needs 2 to 4, and 4 more to load optimisers."""

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
    """Ask the trained policy for the order in every state, and compute what that costs.

    States are asked for by lot: in the order of the grid, the place of a row would tell its state,
    and orders learned on another shelf by heart would do.
    """
    import torch

    shelf = hidden_shelf(case)
    play = played_through(shelf, shelf.step_with_slopes)
    trained = call(answer, shelf.readings, shelf.mean, *play, seconds=TRAINING)
    policy = as_function(trained, "policy")
    states = all_states(*shelf_of(case))
    asked = np.random.default_rng(case["turn"]).permutation(len(states))
    with torch.no_grad():
        raw = call(policy, torch.from_numpy(shelf.read(states[asked])), seconds=QUICK)
    orders = np.empty(len(states))
    orders[asked] = as_array(raw, "orders", (len(states),))
    return policy_outcome(orders, states, case, TOLERANCE)


TASK = Task(
    "backprop",
    20,
    judge,
    (
        "Play a few dozen periods by `through`, with the orders of a network, and call backward() "
        "on the mean cost. Two hidden layers of 32 are enough.",
        "End the network in softplus so that no order is negative, and multiply by `mean`, so that "
        "training begins near the mean demand.",
        "Carry the last readings over to the next round of training, detached, so that you always "
        "train where the policy really goes. There is no need to start again.",
        "Let the learning rate rise to 0.03 and then fall to near zero (OneCycleLR); the last "
        "tenths of a percent come from its end.",
    ),
    title="Learn through the simulator",
)
