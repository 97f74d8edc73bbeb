"""Right and wrong answers of task `ppo`."""

from __future__ import annotations

import numpy as np
import torch
from stable_baselines3 import A2C, PPO

from labkit.trends.rl_supply_chain import distributions, metrics
from labkit.trends.rl_supply_chain.world.sb3 import observe, shelf_env

from . import policies


def _stock(*shelf, copies=16, **settings):
    return PPO("MlpPolicy", shelf_env(copies, *shelf), device="cpu", seed=3, **settings)


def _longer_rollouts(*shelf):
    model = _stock(
        *shelf,
        copies=400,
        n_steps=50,
        batch_size=2_000,
        n_epochs=6,
        gamma=0.97,
        gae_lambda=0.85,
        learning_rate=lambda left: 2e-3 * left,
        ent_coef=0.005,
    )
    return dict(model.learn(300_000).policy.state_dict())


def _five_epochs(*shelf):
    model = _stock(
        *shelf,
        copies=250,
        n_steps=32,
        batch_size=800,
        n_epochs=5,
        gamma=0.97,
        gae_lambda=0.9,
        learning_rate=lambda left: 3e-3 * left,
        ent_coef=0.004,
    )
    weights = model.learn(280_000).policy.state_dict()
    return {name: weight.numpy() for name, weight in weights.items()}


def _imitating(table):
    """Weights of a stock policy that imitates a table of orders, in NumPy arrays."""

    def answer(*shelf):
        policy = _stock(*shelf, n_steps=8).policy
        states = metrics.all_states(*shelf)
        low = states.sum(axis=1) <= 6  # nobody orders above
        seen = torch.from_numpy(observe(states[low], distributions.mean(shelf[1])))
        most = policy.action_space.n - 1
        wanted = torch.as_tensor(
            np.asarray(table(*shelf)).ravel()[low].clip(0, most).astype(np.int64)
        )
        optimiser = torch.optim.Adam(policy.parameters(), lr=5e-3)
        for _ in range(300):
            logits = policy.get_distribution(seen).distribution.logits
            loss = torch.nn.functional.cross_entropy(logits, wanted)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
        return {name: weight.numpy() for name, weight in policy.state_dict().items()}

    return answer


def _hardly_trained(*shelf):
    return _stock(*shelf, n_steps=8, batch_size=64).learn(128).policy.state_dict()


class _Overriding(PPO):
    """Says what the best order is, and has learned nothing."""

    def predict(self, observation, *_, **__):
        return np.ones(len(observation), np.int64), None


def _overriding_predict(*shelf):
    return _Overriding("MlpPolicy", shelf_env(16, *shelf), device="cpu").policy.state_dict()


def _another_network(*shelf):
    settings = {"policy_kwargs": {"net_arch": [16]}, "n_steps": 8, "batch_size": 64}
    return _stock(*shelf, **settings).policy.state_dict()


def _without_value_network(*shelf):
    weights = _stock(*shelf, n_steps=8).policy.state_dict()
    return {name: weight for name, weight in weights.items() if "value" not in name}


def _with_its_defaults(*shelf):
    """PPO as it comes, for one rollout of its default length."""
    return _stock(*shelf, copies=2).learn(4_096).policy.state_dict()


RIGHT = {
    "more copies, longer rollouts": _longer_rollouts,
    "five epochs, weights as arrays": _five_epochs,
}

WRONG = {
    "hardly trained": (_hardly_trained, "above the optimum"),
    "the library's defaults, one rollout": (_with_its_defaults, "above the optimum"),
    "a subclass that overrides predict": (_overriding_predict, "above the optimum"),
    "base-stock in the weights": (_imitating(policies.base_stock), "above the optimum"),
    "the optimal orders in the weights": (_imitating(policies.optimal), "value network explains"),
    "a unit up to a level, never twice running, in the weights": (
        _imitating(policies.never_twice),
        "is asked",
    ),
    "the best rule of the position in the weights": (
        _imitating(policies.best_of(())),
        "above the optimum",
    ),
    "a constant order in the weights": (_imitating(policies.constant), "above the optimum"),
    "the package's table in the weights": (
        _imitating(policies.from_the_package),
        "above the optimum",
    ),
    "A2C, a few steps": (
        lambda *shelf: (
            A2C("MlpPolicy", shelf_env(4, *shelf), device="cpu").learn(400).policy.state_dict()
        ),
        "above the optimum",
    ),
    "another network": (_another_network, "with its default network"),
    "part of the weights": (_without_value_network, "has no key"),
    "the model instead of its weights": (
        lambda *shelf: _stock(*shelf, n_steps=8),
        "A dictionary was expected",
    ),
    "nothing is returned": (lambda *a: None, "returned nothing"),
}
