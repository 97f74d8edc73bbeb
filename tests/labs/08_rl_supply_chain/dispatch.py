"""Right and wrong answers of task `dispatch`."""

from __future__ import annotations

import numpy as np
import torch

from labkit.trends.rl_supply_chain.world import routing


def _climb(records):
    """Hill climbing on common days, a candidate at a time, from nearest-request."""
    rng = np.random.default_rng(5)
    days = routing.Days(**records)[:250]
    weights = -np.eye(len(routing.FEATURES))[0]
    least = routing.day_cost(days, lambda features: features @ weights).mean()
    for trial in range(150):
        tried = weights + rng.normal(0, 0.3 if trial < 75 else 0.15, len(weights))
        cost = routing.day_cost(days, lambda features, w=tried: features @ w).mean()
        if cost < least:
            weights, least = tried, cost
    return lambda features: torch.from_numpy(features).double() @ torch.from_numpy(weights)


def _searched(records, generations=30):
    """The cross-entropy method with full steps; scores as lists."""
    rng = np.random.default_rng(8)
    centre, spread = -np.eye(12)[0], np.full(12, 0.5)
    days = routing.Days(**records)
    for _ in range(generations):
        tried = (centre + spread * rng.normal(size=(24, 12))).astype(np.float32)
        some = days[rng.choice(len(days), 80, replace=False)]
        costs = [routing.day_cost(some, lambda f, w=w: f @ w).mean() for w in tried]
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


def _by_speed(records):
    """One of two lists of twelve numbers."""
    return _fixed(FOR_SLOW if records["storm"]["speed"] < 0.35 else FOR_FAST)()


def _middle(records):
    """The middle of the requests that were urgent."""
    return records["places"][records["price"] > 0].mean(axis=0)


def _off(features, middle):
    """Distances from the middle of the urgent requests."""
    return np.hypot(features[..., 10] - middle[0], features[..., 11] - middle[1])


def _towards(share):
    """Travel time, and a share of the distance from the middle of the urgent requests."""

    def train(records):
        middle = _middle(records)
        return lambda features: -features[..., 0] - share * _off(features, middle)

    return train


def _by_worth(records):
    """Travel time for what a request is worth, as if the hours of the truck cost nothing."""
    middle = _middle(records)
    return lambda features: (
        -features[..., 0] / (0.05 + np.exp(-0.5 * (_off(features, middle) / 0.2) ** 2))
    )


def _by_constants(records):
    """Constants that were tuned for other districts, around the middle of this map."""
    return lambda features: (
        -features[..., 0]
        + 0.5 * np.exp(-0.5 * (_off(features, (0.5, 0.5)) / 0.2) ** 2)
        + 0.5 * features[..., 6]
        - 0.2 * features[..., 1]
    )


def _for_another_district(records):
    """Learned for a district on the other side of the map."""
    places = 1 - records["places"]
    return _searched({**records, "places": places}, 10)


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
    "constants tuned for other districts": (_by_constants, ASKED),
    "learned for another district": (_for_another_district, ASKED),
    "learned as if nothing were urgent": (
        lambda records: _searched({**records, "price": 0 * records["price"]}, 10),
        ASKED,
    ),
    "one score a day": (lambda *_: lambda features: features[:, 0, 0], "should have shape"),
    "first come, first served": (lambda *_: _first_score, ASKED),
    "not finite": (lambda *_: lambda features: features[..., 0] * np.nan, "finite"),
    "the score is not returned": (lambda *_: None, "returned nothing"),
    "weights instead of a score": (lambda *_: np.ones(12), "A function was expected"),
}
