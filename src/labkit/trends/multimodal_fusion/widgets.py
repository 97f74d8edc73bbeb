"""Two explorations: a pack that is designed while models watch, and ceilings that move."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from labkit.pictures.explorer import Explorer, choice, decimal
from labkit.pictures.plot import Plot
from labkit.trends.multimodal_fusion import baselines
from labkit.trends.multimodal_fusion.plots import designer, limits
from labkit.trends.multimodal_fusion.world.encoder import encode
from labkit.trends.multimodal_fusion.world.pictures import render
from labkit.trends.multimodal_fusion.world.reviews import write
from labkit.trends.multimodal_fusion.world.shop import (
    Products,
    Shop,
    ceilings,
    draw_products,
    every_kind,
    show,
)

STRENGTHS = np.linspace(0, 0.6, 13)
WITHOUT, WITH = "no", "yes"
COLOURS = ("red", "blue", "green", "violet")
USES = ("everyday", "gift")


def explore_pack() -> Explorer:
    """Choose what a pack looks like; see what late and hybrid fusion say for each use."""
    answers = [WITHOUT, WITH]
    return Explorer(
        _designed,
        {
            "shell": choice("clamshell", WITHOUT, answers),
            "clutter": choice("cluttered ground", WITHOUT, answers),
            "finish": choice("finish", "matte", ["matte", "glossy"]),
            "colour": choice("colour", "red", list(COLOURS)),
        },
    )


def _designed(shell: str, clutter: str, finish: str, colour: str) -> Plot:
    shown = {
        "clamshell": int(shell == WITH),
        "clutter": int(clutter == WITH),
        "glossy": int(finish == "glossy"),
        "colour": COLOURS.index(colour),
    }
    pixels = render({name: np.array([level]) for name, level in shown.items()}, 7)
    stars, share = predicted(shown)
    return designer(pixels[0], stars, share)


def predicted(shown: dict[str, int]) -> tuple[dict[str, dict[str, float]], float]:
    """Stars of a pack by use, from late and hybrid fusion and in truth; the interaction's share."""
    kinds, said, share = _learned()
    same = (kinds[list(shown)] == pd.Series(shown)).all(axis=1).to_numpy()
    stars = {}
    for use, name in enumerate(USES):
        row = int(np.flatnonzero(same & (kinds["use"] == use).to_numpy())[0])
        stars[name] = {model: float(values[row]) for model, values in said.items()}
    return stars, share


@cache
def _learned() -> tuple[pd.DataFrame, dict[str, NDArray[np.float64]], float]:
    """All 32 packs in both uses, what each model says of them, and the interaction's share.

    Both models learn from 800 products; of 200 others people have written down finish and use.
    """
    seller = Shop()
    train, labelled = draw_products(seller, 800, 31), draw_products(seller, 200, 32)
    kinds = every_kind(seller)[0].query("verdict == 1").reset_index(drop=True)
    images = encode(show(kinds[kinds["use"] == 0], 7)).repeat(2, axis=0)  # one picture a pack
    reviews = write([0, 1], [1, 1], 8, seller.words)
    texts = [reviews[use] for use in kinds["use"]]
    true = seller.expected(kinds)
    asked = Products(kinds, true, true, images, texts)
    said = {
        "late": baselines.late(train, asked),
        "hybrid": baselines.hybrid(train, asked, labelled),
        "true": true,
    }
    return kinds, said, interaction(train, labelled, draw_products(seller, 50, 33))


def interaction(train: Products, labelled: Products, new: Products) -> float:
    """Share of the variance of hybrid predictions, over all pairings of `new`, that no sum has."""
    n = len(new.stars)
    first, second = np.repeat(np.arange(n), n), np.tile(np.arange(n), n)
    every = Products(
        new.kinds.iloc[first],
        new.expected[first],
        new.stars[first],
        new.images[first],
        [new.texts[row] for row in second],
    )
    table = baselines.hybrid(train, every, labelled).reshape(n, n)
    part = table.mean(axis=1, keepdims=True) + table.mean(axis=0) - table.mean()
    return float((table - part).var() / table.var())


def explore_ceilings() -> Explorer:
    """Move how much finish and use do together, and how unequally shells are used."""
    return Explorer(
        _moved,
        {
            "together": decimal("finish × use (stars)", 0.35, 0.0, 0.6, 0.05),
            "apart": decimal("shells: everyday − gift", 0.4, 0.0, 0.9, 0.1),
        },
    )


def _moved(together: float, apart: float) -> Plot:
    seller = replace(Shop(), often=(0.5 + apart / 2, 0.5 - apart / 2))
    found = [ceilings(replace(seller, together=float(one))) for one in STRENGTHS]
    names = {"image": "pictures", "text": "reviews", "additive": "their sum", "joint": "both"}
    return limits(
        STRENGTHS, {name: [one[key] for one in found] for key, name in names.items()}, together
    )
