"""Right and wrong answers of task `dispatch`."""

from __future__ import annotations

import numpy as np
import torch

from labkit.trends.rl_supply_chain.world import routing


def _climb(storm):
    """Hill climbing on common days, a candidate at a time, from nearest-request."""
    rng = np.random.default_rng(5)
    days = routing.draw_days(400, 11, storm)
    weights = -np.eye(len(routing.FEATURES))[0]
    least = routing.rollout(days, lambda features: features @ weights).mean()
    for trial in range(150):
        tried = weights + rng.normal(0, 0.3 if trial < 75 else 0.15, len(weights))
        hours = routing.rollout(days, lambda features, tried=tried: features @ tried).mean()
        if hours < least:
            weights, least = tried, hours
    return lambda features: torch.from_numpy(features).double() @ torch.from_numpy(weights)


def _searched(storm, generations=30, use=(True,) * 12):
    """The cross-entropy method with full steps; scores as lists."""
    rng = np.random.default_rng(8)
    centre, spread = -np.eye(12)[0], 0.5 * np.array(use)
    for generation in range(generations):
        tried = (centre + spread * rng.normal(size=(24, 12))).astype(np.float32)
        days = routing.draw_days(80, 100 + generation, storm)
        hours = [routing.rollout(days, lambda f, w=w: f @ w).mean() for w in tried]
        best = tried[np.argsort(hours)[:6]]
        centre, spread = best.mean(0), (0.9 * best.std(0) + 0.03) * np.array(use)
    weights = centre.astype(np.float32)
    return lambda features: np.einsum("drk,k->dr", features, weights).tolist()


# Found once for the usual storm, for a slow one and for a fast one.
USUAL = (-1.42, -0.36, -0.31, 0.28, 0.2, 0.55, -0.26, 0.76, 0.06, -0.23, -0.08, 0.03)
FOR_SLOW = (-1.42, -0.30, -0.42, 0.40, 0.34, 0.61, -0.26, 0.62, 0.52, 0.01, -0.03, -0.03)
FOR_FAST = (-1.76, -0.25, -0.07, -0.14, 0.18, 0.59, -0.28, 0.55, 0.44, -0.59, -0.07, -0.09)


def _fixed(weights):
    numbers = np.array(weights, np.float32)
    return lambda storm: lambda features: features @ numbers


def _random_score(features):
    return np.random.default_rng(0).random(features.shape[:2])


def _first_score(features):
    return np.tile(-np.arange(features.shape[1]), (len(features), 1))


ASKED = "earlier is asked"

RIGHT = {"hill climbing, scores as a tensor": _climb, "full steps, scores as lists": _searched}

WRONG = {
    "nearest-request": (lambda s: lambda features: -features[..., 0], "as nearest-request does"),
    "the sign is wrong": (lambda s: lambda features: features[..., 0], "Turn the sign"),
    "distance without the storm": (lambda s: lambda features: -features[..., 1], ASKED),
    "at random": (lambda s: _random_score, ASKED),
    "twelve numbers found for the usual storm": (_fixed(USUAL), ASKED),
    "twelve numbers found for a slow storm": (_fixed(FOR_SLOW), ASKED),
    "twelve numbers found for a fast storm": (_fixed(FOR_FAST), ASKED),
    "the mean of both": (_fixed(np.mean([FOR_SLOW, FOR_FAST], axis=0)), ASKED),
    "learned for the usual storm": (lambda s: _searched(routing.USUAL_STORM, 12), ASKED),
    "one score a day": (lambda s: lambda features: features[:, 0, 0], "should have shape"),
    "first come, first served": (lambda s: _first_score, ASKED),
    "not finite": (lambda s: lambda features: features[..., 0] * np.nan, "finite"),
    "the score is not returned": (lambda s: None, "returned nothing"),
    "weights instead of a score": (lambda s: np.ones(12), "A function was expected"),
}
