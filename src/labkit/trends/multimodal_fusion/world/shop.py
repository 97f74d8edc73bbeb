"""Shops whose stars are known causes: what a picture shows, what a review says, and both together.

A picture shows four attributes (clamshell, clutter, glossy, colour); a review says what a product
is used for and how good it seems. All are counts of a few levels, so there are 192 kinds of
product, and the best R² of any predictor that sees one part or both is a sum over these.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from labkit.trends.multimodal_fusion.world.encoder import encode, own_dictionary
from labkit.trends.multimodal_fusion.world.pictures import LOOK, SHOWN, Look, Pixels, render
from labkit.trends.multimodal_fusion.world.reviews import PHRASES, write

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

SAID = {"use": 2, "verdict": 3}
"""What a review says: use (0 everyday, 1 gift) and verdict (0 poor, 1 plain, 2 excellent)."""


@dataclass(frozen=True)
class Shop:
    """How stars come about, and which products there are.

    Attributes:
        level: stars of a plain, matte, red, everyday product of middling quality.
        effects: stars that clamshell, clutter and glossy add, by name.
        colours: stars that each colour adds, 4 numbers.
        gift: stars that a gift has more than an everyday product.
        quality: stars for each step from poor to plain to excellent.
        partner: the shown attribute that works together with use.
        together: stars added where partner and gift are both there or both not; elsewhere taken.
        style: the shown attribute that everyday products and gifts have unequally often.
        often: chance of the style among everyday products and among gifts.
        read: chance that the verdict is the true quality; else it is one of the other two.
        noise: standard deviation of what else moves stars.
        words: seed of the customers' phrases.
        phrases: what they are chosen from, as `write` takes it.
        look: how its pictures differ from others', fields of `Look`.
        encoder: seed of the dictionary that reads them; None stands for the stored one.
    """

    level: float = 3.3
    effects: Mapping[str, float] = field(
        default_factory=lambda: {"clamshell": -0.35, "clutter": -0.12, "glossy": 0.05}
    )
    colours: tuple[float, ...] = (0.0, 0.06, -0.05, 0.08)
    gift: float = 0.4
    quality: float = 0.34
    partner: str = "glossy"
    together: float = 0.35
    style: str = "clamshell"
    often: tuple[float, float] = (0.75, 0.25)
    read: float = 0.88
    noise: float = 0.08
    words: int = 0
    phrases: Mapping[str, Any] = field(default_factory=lambda: PHRASES)
    look: Mapping[str, Any] = field(default_factory=dict)
    encoder: int | None = None

    def expected(self, kinds: pd.DataFrame) -> Floats:
        """Mean stars of products with these attributes (columns of `SHOWN` and `SAID`)."""
        stars = self.level + np.take(self.colours, kinds["colour"]) + self.gift * kinds["use"]
        for name, effect in self.effects.items():
            stars = stars + effect * kinds[name]
        both = (2 * kinds[self.partner] - 1) * (2 * kinds["use"] - 1)
        # Of a verdict's quality all that is known is how often verdicts are right.
        step = (self.read - (1 - self.read) / 2) * (kinds["verdict"] - 1)
        return np.asarray(stars + self.together * both + self.quality * step, float)

    def scatter(self) -> Floats:
        """Variance of stars among products with the same attributes, by verdict, 3 numbers."""
        right, wrong = self.read, (1 - self.read) / 2
        chances = np.full((3, 3), wrong) + (right - wrong) * np.eye(3)
        levels = np.arange(3)
        mean = chances @ levels
        return self.quality**2 * (chances @ levels**2 - mean**2) + self.noise**2

    def read_pictures(self, pictures: Pixels) -> Floats:
        """What the shop's frozen encoder makes of pictures, shape (n, 64)."""
        if self.encoder is None:
            return encode(pictures)
        return encode(pictures, own_dictionary(Look.of(self.look), self.encoder))


@dataclass(frozen=True)
class Products:
    """Products of a shop, n rows each.

    Attributes:
        kinds: the attributes, columns of `SHOWN` and `SAID`.
        expected: mean stars of the kind.
        stars: what the product has.
        images: what the frozen encoder makes of its picture, (n, 64).
        texts: its review, n texts.
    """

    kinds: pd.DataFrame
    expected: Floats
    stars: Floats
    images: Floats
    texts: list[str]


def draw_stars(shop: Shop, n: int, seed: int) -> tuple[pd.DataFrame, Floats]:
    """Draw n products without their pictures and reviews: attributes and stars."""
    draws = np.random.default_rng(seed)
    use = draws.integers(0, 2, n)
    quality = draws.integers(0, 3, n)
    off = draws.random(n) >= shop.read
    verdict = np.where(off, (quality + draws.integers(1, 3, n)) % 3, quality)
    shown = {name: draws.integers(0, levels, n) for name, levels in SHOWN.items()}
    shown[shop.style] = (draws.random(n) < np.take(shop.often, use)).astype(int)
    kinds = pd.DataFrame({**shown, "use": use, "verdict": verdict})
    known = (shop.read - (1 - shop.read) / 2) * (verdict - 1)
    luck = shop.quality * (quality - 1 - known) + draws.normal(0, shop.noise, n)
    return kinds, shop.expected(kinds) + luck


def draw_products(shop: Shop, n: int, seed: int) -> Products:
    """Draw n products of a shop; `show(kinds, seed)` makes their pictures again."""
    kinds, stars = draw_stars(shop, n, seed)
    texts = write(kinds["use"], kinds["verdict"], seed, shop.words, shop.phrases)
    images = shop.read_pictures(show(kinds, seed, Look.of(shop.look)))
    return Products(kinds, shop.expected(kinds), stars, images, texts)


def show(kinds: pd.DataFrame, seed: int, look: Look = LOOK) -> Pixels:
    """Render the pictures of products, shape (n, 48, 48, 3) unless the look says else."""
    return render({name: kinds[name].to_numpy() for name in SHOWN}, seed, look)


def draw_images(shown: Mapping[str, ArrayLike], seed: int, shop: Shop | None = None) -> Floats:
    """Encoded pictures (n, 64) with these attributes; those not named are 0."""
    seller = Shop() if shop is None else shop
    given = {name: np.asarray(values, int) for name, values in shown.items()}
    nothing = np.zeros(len(next(iter(given.values()))), int)
    wanted = {name: given.get(name, nothing) for name in SHOWN}
    return seller.read_pictures(render(wanted, seed, Look.of(seller.look)))


def every_kind(shop: Shop) -> tuple[pd.DataFrame, Floats]:
    """All 192 kinds of product, and the chance of each."""
    levels = {**SHOWN, **SAID}
    grid = np.indices(tuple(levels.values())).reshape(len(levels), -1)
    kinds = pd.DataFrame(dict(zip(levels, grid, strict=True)))
    often = np.take(shop.often, kinds["use"])
    chance = np.where(kinds[shop.style] == 1, often, 1 - often)
    for name, count in levels.items():
        if name != shop.style:
            chance = chance / count
    return kinds, chance


def ceilings(shop: Shop) -> dict[str, float]:
    """The best R² that any predictor can have: from pictures, texts, their sum, and both.

    The sum is the best of all that add a function of the picture and a function of the text, which
    is what late fusion does, however tuned. Exact, by weighted least squares over all kinds.
    """
    kinds, chance = every_kind(shop)
    stars = shop.expected(kinds)
    overall = chance @ stars
    total = chance @ ((stars - overall) ** 2 + shop.scatter()[kinds["verdict"]])
    image = pd.get_dummies(kinds[list(SHOWN)].astype(str).agg("".join, axis=1)).to_numpy(float)
    text = pd.get_dummies(kinds[list(SAID)].astype(str).agg("".join, axis=1)).to_numpy(float)
    views = {
        "image": image,
        "text": text,
        "additive": np.hstack([image, text]),
        "joint": np.eye(len(kinds)),
    }
    return {name: explained(view, stars, chance) / total for name, view in views.items()}


def explained(view: Floats, stars: Floats, chance: Floats) -> float:
    """Variance of the best linear combination of a view's columns that predicts stars."""
    root = np.sqrt(chance)[:, None]
    weights = np.linalg.lstsq(root * view, root[:, 0] * stars, rcond=None)[0]
    fitted = view @ weights
    return float(chance @ (fitted - chance @ fitted) ** 2)
