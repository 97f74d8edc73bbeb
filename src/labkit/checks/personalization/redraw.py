"""Drawing again, from the seed in an instance, what is too large to stand in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from labkit.trends.personalization.world import live, logs, loyalty, views

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]


LOVED = 0.25
"""Share of types and items, in the shops of `evaluate`, in which most visits end in a click. The
model knows which they are, so that DR varies less than a share of clicks does: intervals made of
the share and of the effective sample are 1.19 to 1.45 times as wide, those of IPS and SNIPS 1.18 to
1.62 (14 shops)."""


class Logged(NamedTuple):
    """A case of `evaluate`: the shop, both policies and the model by type, and the logs."""

    shop: logs.Shop
    new: Floats
    model: Floats
    logs: list[logs.Log]


def _rng(case: Mapping[str, Any]) -> np.random.Generator:
    return np.random.default_rng(case["seed"])


def logged(case: Mapping[str, Any]) -> Logged:
    """The logs of a case of `evaluate`; the model is off.

    "turned" is how far the new policy shows what the old one does, or avoids it if below zero.
    "divided" holds the ranges of a divided shop's chances, or is None. "known" is how much of what
    the chances differ by the model tells, and "less" what it takes off.
    """
    rng = _rng(case)
    shop = (
        logs.draw_shop(rng, loved=LOVED)
        if case["divided"] is None
        else logs.draw_divided_shop(rng, *case["divided"])
    )
    liked, other = rng.normal(size=(2, *shop.chance.shape))
    old = logs.softmax(case["old"] * liked)
    new = logs.softmax(case["turned"] * liked + case["new"] * other)
    noise = rng.uniform(-0.05, 0.05, shop.chance.shape)
    model = (case["known"] * shop.chance - case["less"] + noise).clip(0, 1)
    drawn = [logs.draw_log(rng, shop, old, case["visits"]) for _ in range(case["logs"])]
    return Logged(shop, new, model, drawn)


def service(case: Mapping[str, Any]) -> tuple[live.Service, np.random.Generator]:
    """The service of a case of `serve`, and the generator that draws its history and visitors."""
    rng = _rng(case)
    known = live.draw_service(rng, **{name: case[name] for name in ("keep", "better", "taste")})
    return known, rng


def viewer(case: Mapping[str, Any]) -> loyalty.Viewer:
    """The viewers of a case of `plan`; what fatigue leaves stands in the case."""
    return loyalty.draw_viewer(_rng(case))._replace(tired=np.array(case["tired"]))


def steps(case: Mapping[str, Any]) -> loyalty.Steps:
    """The log of a case of `plan`."""
    return loyalty.draw_steps(np.random.default_rng(case["log"]), viewer(case), case["steps"])


def viewed(case: Mapping[str, Any]) -> Whole:
    """The rows of a case of `release` or `broken_promises`."""
    return views.draw_views(_rng(case), case["people"], case["titles"], case["heavy"])
