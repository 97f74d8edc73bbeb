"""Task `ppo`: the exact cost of trained weights, run in a stock policy of the judge's own.

Only the weights come from the learner, as values. So what counts is what training left in them, not
what an object of the learner's says when it is asked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from labkit.checks.rl_supply_chain.ordering import Shelf, policy_outcome, shelf_of
from labkit.exercise.guard import call
from labkit.exercise.outcome import Outcome
from labkit.exercise.reading import as_array, as_mapping, as_returned
from labkit.exercise.task import Instance, Task
from labkit.trends.rl_supply_chain import distributions
from labkit.trends.rl_supply_chain.metrics import all_states

if TYPE_CHECKING:
    from stable_baselines3.common.policies import ActorCriticPolicy

TOLERANCE = 0.03
"""The lab's training ends 0.0 to 1.75 % above the optimum (6 exams). The best rule of the inventory
position alone is 5 % or more above it (exams draw until it is)."""

TRAINING = 120.0
"""CPU-seconds of a call that trains; the reference needs below 10."""


def judge(answer: Any, instance: Instance) -> Outcome:
    """Load the trained weights into a stock policy, and compute what its orders cost."""
    from labkit.trends.rl_supply_chain.world.sb3 import observe

    shelf = shelf_of(instance)
    weights = as_returned(call(answer, *shelf, seconds=TRAINING), "the trained weights")
    policy = _loaded(weights, shelf)
    states = all_states(*shelf)
    seen = observe(states, distributions.mean(instance["demand"]))
    orders = np.asarray(policy.predict(seen, deterministic=True)[0], dtype=float)
    return policy_outcome(orders, states, instance, TOLERANCE)


def _loaded(weights: Any, shelf: Shelf) -> ActorCriticPolicy:
    """A stock "MlpPolicy" with the learner's weights.

    Raises:
        UnusableError: a weight is missing, or has another shape than in a stock policy.
    """
    import torch
    from stable_baselines3.common.policies import ActorCriticPolicy

    from labkit.trends.rl_supply_chain.world.sb3 import shelf_env

    world = shelf_env(1, *shelf)
    policy = ActorCriticPolicy(world.observation_space, world.action_space, lambda _: 0.0)
    stock = policy.state_dict()
    entries = as_mapping(
        weights,
        list(stock),
        "trained weights",
        'Train PPO("MlpPolicy", …) with its default network on shelf_env, and end the function '
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
