"""Right and wrong answers of task `dispatch`."""

from __future__ import annotations

import numpy as np
import torch

from labkit.trends.rl_supply_chain.world import routing


def _climb(storm, urgent):
    """Hill climbing on common days, a candidate at a time, from nearest-request."""
    rng = np.random.default_rng(5)
    days = routing.draw_days(250, 11, storm)
    weights = -np.eye(len(routing.FEATURES))[0]
    least = routing.day_cost(days, lambda features: features @ weights, urgent).mean()
    for trial in range(150):
        tried = weights + rng.normal(0, 0.3 if trial < 75 else 0.15, len(weights))
        cost = routing.day_cost(days, lambda features, w=tried: features @ w, urgent).mean()
        if cost < least:
            weights, least = tried, cost
    return lambda features: torch.from_numpy(features).double() @ torch.from_numpy(weights)


def _searched(storm, urgent, generations=30):
    """The cross-entropy method with full steps; scores as lists."""
    rng = np.random.default_rng(8)
    centre, spread = -np.eye(12)[0], np.full(12, 0.5)
    for generation in range(generations):
        tried = (centre + spread * rng.normal(size=(24, 12))).astype(np.float32)
        days = routing.draw_days(80, 100 + generation, storm)
        costs = [routing.day_cost(days, lambda f, w=w: f @ w, urgent).mean() for w in tried]
        best = tried[np.argsort(costs)[:6]]
        centre, spread = best.mean(0), 0.9 * best.std(0) + 0.03
    weights = centre.astype(np.float32)
    return lambda features: np.einsum("drk,k->dr", features, weights).tolist()


# Found once for a slow storm and for a fast one, where nothing is urgent.
FOR_SLOW = (-1.42, -0.30, -0.42, 0.40, 0.34, 0.61, -0.26, 0.62, 0.52, 0.01, -0.03, -0.03)
FOR_FAST = (-1.76, -0.25, -0.07, -0.14, 0.18, 0.59, -0.28, 0.55, 0.44, -0.59, -0.07, -0.09)


def _fixed(weights):
    numbers = np.array(weights, np.float32)
    return lambda *_: lambda features: features @ numbers


def _by_speed(storm, urgent):
    """One of two lists of twelve numbers."""
    return _fixed(FOR_SLOW if storm["speed"] < 0.35 else FOR_FAST)()


def _off(features, urgent):
    """Distances from the middle of the urgent district."""
    return np.hypot(features[..., 10] - urgent["x"], features[..., 11] - urgent["y"])


def _towards(share):
    """Travel time, and a share of the distance from the urgent district."""
    return lambda storm, urgent: lambda features: -features[..., 0] - share * _off(features, urgent)


def _by_worth(storm, urgent):
    """Travel time for what a request is worth, as if the hours of the truck cost nothing."""
    return lambda features: (
        -features[..., 0] / (0.05 + np.exp(-0.5 * (_off(features, urgent) / urgent["radius"]) ** 2))
    )


def _for_another_district(storm, urgent):
    return _searched(storm, {**urgent, "x": 1 - urgent["x"], "y": 1 - urgent["y"]}, 10)


def _random_score(features):
    return np.random.default_rng(0).random(features.shape[:2])


def _first_score(features):
    return np.tile(-np.arange(features.shape[1]), (len(features), 1))


ASKED = "is asked"

RIGHT = {"hill climbing, scores as a tensor": _climb, "full steps, scores as lists": _searched}

WRONG = {
    "nearest-request": (lambda *_: lambda features: -features[..., 0], "as nearest-request does"),
    "the sign is wrong": (lambda *_: lambda features: features[..., 0], "Turn the sign"),
    "distance without the storm": (lambda *_: lambda features: -features[..., 1], ASKED),
    "at random": (lambda *_: _random_score, ASKED),
    "twelve numbers found for a slow storm": (_fixed(FOR_SLOW), ASKED),
    "twelve numbers found for a fast storm": (_fixed(FOR_FAST), ASKED),
    "two lists of numbers, chosen by the storm's speed": (_by_speed, ASKED),
    "a little towards the district": (_towards(0.2), ASKED),
    "towards the district": (_towards(0.4), ASKED),
    "far towards the district": (_towards(0.8), ASKED),
    "travel time for what a request is worth": (_by_worth, ASKED),
    "learned for another district": (_for_another_district, ASKED),
    "learned as if nothing were urgent": (
        lambda storm, urgent: _searched(storm, {**urgent, "price": 0.0}, 10),
        ASKED,
    ),
    "one score a day": (lambda *_: lambda features: features[:, 0, 0], "should have shape"),
    "first come, first served": (lambda *_: _first_score, ASKED),
    "not finite": (lambda *_: lambda features: features[..., 0] * np.nan, "finite"),
    "the score is not returned": (lambda *_: None, "returned nothing"),
    "weights instead of a score": (lambda *_: np.ones(12), "A function was expected"),
}
