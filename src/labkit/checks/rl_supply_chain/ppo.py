"""Task `ppo`: the exact cost of trained weights, run in a stock policy of the judge's own.

Only the weights come from the learner, as values. So what counts is what training left in them, not
what an object of the learner's says when it is asked. Training leaves two networks: one that orders
and one that says what states are worth. A rule that was copied into the weights has no use for the
second one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from labkit.checks.rl_supply_chain.ordering import (
    Floats,
    hidden_shelf,
    played_through,
    policy_outcome,
    shelf_of,
    shelf_words,
)
from labkit.exercise.guard import call
from labkit.exercise.outcome import Outcome, Status, failed
from labkit.exercise.reading import as_array, as_mapping, as_returned
from labkit.exercise.task import Instance, Task
from labkit.trends.rl_supply_chain.metrics import all_states, max_order, relative_costs

if TYPE_CHECKING:
    from stable_baselines3.common.policies import ActorCriticPolicy

    from labkit.trends.rl_supply_chain.world.readings import HiddenShelf

TOLERANCE = 0.03
"""The lab's training ends 0.0 to 1.65 % above the optimum (12 exams). The best rule of the
inventory position alone is 5 % or more above it (exams draw until it is)."""

FORESEEN = 0.3
"""Share of the variance of what states are worth that the value network must explain. The lab's
training explained 0.70 to 0.92 (12 exams), weights that imitate the optimal orders or the rule
"never twice running" at most 0.06."""

TRAINING = 120.0
"""CPU-seconds of a call that trains; the reference needs below 10."""


def judge(answer: Any, instance: Instance) -> Outcome:
    """Load the trained weights into a stock policy; ask what it orders, and what it foresees."""
    shelf = hidden_shelf(instance)
    play = played_through(shelf, shelf.step)
    trained = call(answer, shelf.readings, shelf.largest, *play, seconds=TRAINING)
    policy = _loaded(as_returned(trained, "the trained weights"), shelf)
    states = all_states(*shelf_of(instance))
    orders = np.asarray(policy.predict(shelf.read(states), deterministic=True)[0], dtype=float)
    outcome = policy_outcome(orders, states, instance, TOLERANCE)
    if outcome.status is not Status.PASSED:
        return outcome
    explained = _explained(policy, orders, instance, shelf)
    if explained >= FORESEEN:
        return outcome
    return failed(
        f"The orders are good enough, but the value network explains only {max(explained, 0):.0%} "
        f"of how much the states differ in worth; at least {FORESEEN:.0%} is asked. PPO trains "
        "both networks.",
        on=shelf_words(instance),
        next_step="Hand in what PPO itself has learned, and train until its value network has "
        "settled too.",
    )


def _explained(
    policy: ActorCriticPolicy, orders: Floats, instance: Instance, shelf: HiddenShelf
) -> float:
    """How much of the worth of the states that the orders lead to the value network foresees.

    As a share of its variance; worth is counted in the rewards of `ShelfEnv`.
    """
    import torch

    known = shelf_of(instance)
    states, costs = relative_costs(np.minimum(orders, max_order(*known)), *known)
    worth = -costs / (instance["holding"] * shelf.mean)
    with torch.no_grad():
        values = policy.predict_values(torch.from_numpy(shelf.read(states)))[:, 0].numpy()
    return float(1 - np.var(worth - values) / np.var(worth))


def _loaded(weights: Any, shelf: HiddenShelf) -> ActorCriticPolicy:
    """A stock "MlpPolicy" with the learner's weights.

    Raises:
        UnusableError: a weight is missing, or has another shape than in a stock policy.
    """
    import torch
    from stable_baselines3.common.policies import ActorCriticPolicy

    from labkit.trends.rl_supply_chain.world.sb3 import ShelfEnv

    world = ShelfEnv(1, shelf.readings, shelf.largest, shelf.start, shelf.step)
    policy = ActorCriticPolicy(world.observation_space, world.action_space, lambda _: 0.0)
    stock = policy.state_dict()
    entries = as_mapping(
        weights,
        list(stock),
        "trained weights",
        'Train PPO("MlpPolicy", …) with its default network on ShelfEnv, and end the function '
        "with `return model.policy.state_dict()`.",
    )
    for name, own in stock.items():
        read = as_array(entries[name], f"weight {name}", tuple(own.shape))
        own.copy_(torch.from_numpy(np.ascontiguousarray(read)))
    return policy


TASK = Task(
    "ppo",
    10,
    judge,
    (
        "Many short rollouts beat few long ones here: a few hundred copies of the shelf.",
        "The effect of an order is over after lead time plus a few periods, so a discount near "
        "0.98 and a small gae_lambda cut the noise.",
        "A learning rate that falls to zero, and a small entropy bonus, so that it does not settle "
        "too early.",
    ),
    title="Learn from trial and error",
)
