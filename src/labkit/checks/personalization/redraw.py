"""Drawing again, from the seed in an instance, what is too large to stand in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from labkit.trends.personalization.world import live, logs, loyalty, views

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]


class Logged(NamedTuple):
    """A case of `evaluate`: the shop, both policies and the model by type, and the logs."""

    shop: logs.Shop
    new: Floats
    model: Floats
    logs: list[logs.Log]


def _rng(case: Mapping[str, Any]) -> np.random.Generator:
    return np.random.default_rng(case["seed"])


def logged(case: Mapping[str, Any]) -> Logged:
    """The logs of a case of `evaluate`; the model is off, and too low.

    "turned" is how far the new policy shows what the old one does, or avoids it if below zero;
    "loved" is None in a divided shop, where the model is off further.
    """
    rng = _rng(case)
    divided = case["loved"] is None
    shop = logs.draw_divided_shop(rng) if divided else logs.draw_shop(rng, loved=case["loved"])
    liked, other = rng.normal(size=(2, *shop.chance.shape))
    old = logs.softmax(case["old"] * liked)
    new = logs.softmax(case["turned"] * liked + case["new"] * other)
    known = 0.7 if divided else 0.8
    model = (known * shop.chance + rng.uniform(-0.05, 0.05, shop.chance.shape)).clip(0, 1)
    drawn = [logs.draw_log(rng, shop, old, case["visits"]) for _ in range(case["logs"])]
    return Logged(shop, new, model, drawn)


def service(case: Mapping[str, Any]) -> tuple[live.Service, np.random.Generator]:
    """The service of a case of `serve`, and the generator that draws its history and visitors."""
    rng = _rng(case)
    known = live.draw_service(rng, **{name: case[name] for name in ("keep", "better", "taste")})
    return known, rng


def viewer(case: Mapping[str, Any]) -> loyalty.Viewer:
    """The viewers of a case of `plan`."""
    return loyalty.draw_viewer(_rng(case))


def steps(case: Mapping[str, Any]) -> loyalty.Steps:
    """The log of a case of `plan`."""
    return loyalty.draw_steps(np.random.default_rng(case["log"]), viewer(case), case["steps"])


def viewed(case: Mapping[str, Any]) -> Whole:
    """The rows of a case of `release` or `broken_promises`."""
    return views.draw_views(_rng(case), case["people"], case["titles"], case["heavy"])
