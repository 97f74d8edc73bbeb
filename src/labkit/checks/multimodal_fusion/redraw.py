"""The worlds of an instance, drawn again from what stands in it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from labkit.exercise.task import Instance
from labkit.trends.multimodal_fusion.world.gaps import Gaps, take_away
from labkit.trends.multimodal_fusion.world.pairs import draw_encoders
from labkit.trends.multimodal_fusion.world.shop import (
    SHOWN,
    Products,
    Shop,
    draw_images,
    draw_products,
)

Floats = NDArray[np.float64]


def shop(case: Instance) -> Shop:
    """The shop of a case."""
    return Shop(**case["shop"])


def history(case: Instance) -> Products:
    """What the shop has sold."""
    return _drawn(json.dumps(case["shop"]), case["n"], case["seed"])


def new_ones(case: Instance) -> Products:
    """What the shop is going to sell."""
    return _drawn(json.dumps(case["shop"]), case["new"], case["seed"] + 1)


@lru_cache(maxsize=32)
def _drawn(fields: str, n: int, seed: int) -> Products:
    """Products of a shop; answers get copies. Drawing a thousand takes a quarter of a second."""
    return draw_products(Shop(**json.loads(fields)), n, seed)


@dataclass(frozen=True)
class Pairs:
    """Photos and titles in the same order, new ones with the titles shuffled, and the truth."""

    photos: Floats
    titles: Floats
    new_photos: Floats
    new_titles: Floats
    truth: NDArray[np.int64]


def pairs(case: Instance) -> Pairs:
    """The photos and titles of a case of `match`."""
    encoders = draw_encoders(
        case["seed"], case["shared"], case["dimensions"], case["own"], case["noise"]
    )
    photos, titles = encoders.draw(case["n"], case["seed"] + 1)
    new_photos, new_titles = encoders.draw(case["new"], case["seed"] + 2)
    order = np.random.default_rng(case["seed"] + 3).permutation(case["new"])
    return Pairs(photos, titles, new_photos, new_titles[order], order.argsort())


def mock_ups(case: Instance) -> tuple[Floats, Floats]:
    """Encoded mock-ups without and with the style of a shop of `style_effect`, pair by pair."""
    return _mock_ups(json.dumps(case["shop"]), case["pairs"], case["seed"])


@lru_cache(maxsize=32)
def _mock_ups(fields: str, pairs: int, seed: int) -> tuple[Floats, Floats]:
    seller, draws = Shop(**json.loads(fields)), np.random.default_rng(seed + 2)
    shown = {name: draws.integers(0, levels, pairs) for name, levels in SHOWN.items()}
    plain, styled = (
        draw_images({**shown, seller.style: np.full(pairs, there)}, seed + 3, seller)
        for there in (0, 1)
    )
    return plain, styled


def packs(case: Instance) -> Floats:
    """Encoded pictures of the packs of a case of `choose_pack`, shape (packs, 64)."""
    shown = {name: [pack[name] for pack in case["packs"]] for name in SHOWN}
    return draw_images(shown, case["seed"] + 2, shop(case))


def gaps(case: Instance, products: Products, first: int) -> Gaps:
    """Take pictures and reviews away from the products of a case of `predict_any`."""
    return take_away(
        shop(case), products, case["seed"] + first, case["shares"], case["shades"], case["silent"]
    )
