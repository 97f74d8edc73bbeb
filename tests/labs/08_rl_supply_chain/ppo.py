"""Right and wrong answers of task `ppo`."""

from __future__ import annotations

from functools import cache

import numpy as np
import torch
from stable_baselines3 import A2C, PPO

from labkit.trends.rl_supply_chain import distributions, metrics
from labkit.trends.rl_supply_chain.world.readings import HiddenShelf
from labkit.trends.rl_supply_chain.world.sb3 import ShelfEnv

from . import policies


def _stock(*given, copies=16, **settings):
    return PPO("MlpPolicy", ShelfEnv(copies, *given), device="cpu", seed=3, **settings)


def _longer_rollouts(*given):
    model = _stock(
        *given,
        copies=400,
        n_steps=50,
        batch_size=1_000,
        n_epochs=6,
        gamma=0.97,
        gae_lambda=0.85,
        learning_rate=lambda left: 3e-3 * left,
        ent_coef=0.005,
    )
    return dict(model.learn(300_000).policy.state_dict())


def _five_epochs(*given, steps=280_000, gamma=0.97):
    model = _stock(
        *given,
        copies=250,
        n_steps=32,
        batch_size=800,
        n_epochs=5,
        gamma=gamma,
        gae_lambda=0.9,
        learning_rate=lambda left: 3e-3 * left,
        ent_coef=0.004,
    )
    weights = model.learn(steps).policy.state_dict()
    return {name: weight.numpy() for name, weight in weights.items()}


def _greedy(*given):
    """Only the cost of the same period counts."""
    return _five_epochs(*given, steps=80_000, gamma=0.0)


def _costs_for_rewards(readings, largest, start, step):
    def other(orders):
        seen, costs = step(orders)
        return seen, -costs

    return _five_epochs(readings, largest, start, other, steps=80_000)


@cache
def _at_home(readings, largest):
    twin = HiddenShelf(*policies.at_home(readings, lot=1), turn=1, seed=2)
    return _five_epochs(readings, largest, twin.start, twin.step)


def _from_home(readings, largest, start, step):
    return _at_home(readings, largest)


def _imitating(table):
    """Weights that imitate a table of orders, on a shelf that is found out by play."""

    def answer(readings, largest, start, step):
        shelf, states = policies.found_out(readings, start, step)
        orders = policies.looked_up(table(*shelf), states)
        seen = [start(2_000)]
        rng = np.random.default_rng(0)
        for _ in range(60):
            wanted = orders(seen[-1])
            seen.append(step(np.where(rng.random(2_000) < 0.1, 1 - wanted, wanted))[0])
        return _fitted(np.concatenate(seen), orders, _stock(readings, largest, start, step))

    return answer


def _fitted(seen, orders, model):
    policy = model.policy
    different, weight = np.unique(seen.round(4), axis=0, return_counts=True)
    weight = torch.from_numpy((weight / weight.sum()).astype(np.float32))
    wanted = torch.from_numpy(orders(different).astype(np.int64).clip(0, 1))
    optimiser = torch.optim.Adam(policy.parameters(), lr=5e-3)
    for _ in range(300):
        logits = policy.get_distribution(torch.from_numpy(different)).distribution.logits
        loss = torch.nn.functional.cross_entropy(logits, wanted, reduction="none") @ weight
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return {name: weight.numpy() for name, weight in policy.state_dict().items()}


def _as_if_states(readings, largest, start, step):
    """The optimal orders of a shelf at home, with readings taken for its state."""
    shelf = policies.at_home(readings, lot=1)
    mean = distributions.mean(shelf[1])
    orders = policies.looked_up(policies.optimal(*shelf), lambda seen: np.rint((seen + 1) * mean))
    seen = metrics.all_states(*shelf) / mean - 1
    return _fitted(seen.astype(np.float32), orders, _stock(readings, largest, start, step))


def _always_one(*given):
    policy = _stock(*given).policy
    with torch.no_grad():
        policy.action_net.weight.zero_()
        policy.action_net.bias.copy_(torch.tensor([0.0, 1.0]))
    return policy.state_dict()


def _hardly_trained(*given):
    return _stock(*given, n_steps=8, batch_size=64).learn(128).policy.state_dict()


class _Overriding(PPO):
    """Says what the best order is, and has learned nothing."""

    def predict(self, observation, *_, **__):
        return np.ones(len(observation), np.int64), None


def _overriding_predict(*given):
    return _Overriding("MlpPolicy", ShelfEnv(16, *given), device="cpu").policy.state_dict()


def _another_network(*given):
    settings = {"policy_kwargs": {"net_arch": [16]}, "n_steps": 8, "batch_size": 64}
    return _stock(*given, **settings).policy.state_dict()


def _without_value_network(*given):
    weights = _stock(*given, n_steps=8).policy.state_dict()
    return {name: weight for name, weight in weights.items() if "value" not in name}


def _with_its_defaults(*given):
    """PPO as it comes, for one rollout of its default length."""
    return _stock(*given, copies=2).learn(4_096).policy.state_dict()


RIGHT = {
    "more copies, longer rollouts": _longer_rollouts,
    "five epochs, weights as arrays": _five_epochs,
}

WRONG = {
    "hardly trained": (_hardly_trained, "above the optimum"),
    "the library's defaults, one rollout": (_with_its_defaults, "above the optimum"),
    "a subclass that overrides predict": (_overriding_predict, "above the optimum"),
    "PPO without a view beyond the period": (_greedy, "above the optimum"),
    "costs are rewarded": (_costs_for_rewards, "above the optimum"),
    "trained at home, behind another mixing": (_from_home, "is asked"),
    "the best orders at home, readings taken for states": (_as_if_states, "is asked"),
    "the optimal orders of the shelf found out, in the weights": (
        _imitating(policies.optimal),
        "value network explains",
    ),
    "a unit up to a level, never twice running, in the weights": (
        _imitating(policies.never_twice),
        "is asked",
    ),
    "the best rule of the position in the weights": (
        _imitating(policies.best_of(())),
        "above the optimum",
    ),
    "a constant order in the weights": (_always_one, "above the optimum"),
    "A2C, a few steps": (
        lambda *given: (
            A2C("MlpPolicy", ShelfEnv(4, *given), device="cpu").learn(400).policy.state_dict()
        ),
        "above the optimum",
    ),
    "another network": (_another_network, "with its default network"),
    "part of the weights": (_without_value_network, "has no key"),
    "the model instead of its weights": (
        lambda *given: _stock(*given, n_steps=8),
        "A dictionary was expected",
    ),
    "nothing is returned": (lambda *a: None, "returned nothing"),
}

HARMLESS = {
    "constant: world = ShelfEnv(250, readings, largest, sta… -> *": "a copy more or less",
    "constant: …g_rate=lambda left: 0.003 * left, seed=0, device=… -> *": "half of it more",
    "constant: return model.learn(240000).policy.state_dict() -> *": "a step more or less",
}
