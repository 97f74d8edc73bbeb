"""The worlds of an instance, drawn again from what stands in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from labkit.exercise.task import Instance
from labkit.trends.explainable_ai.world.lesions import draw_lesions, put, told
from labkit.trends.explainable_ai.world.maps import Maker, maker
from labkit.trends.explainable_ai.world.networks import Network, fresh, train
from labkit.trends.explainable_ai.world.reviews import Review, draw_review

Floats = NDArray[np.float64]
ROWS = 5_000
"""Of each table of a review."""

SIZE, HIDDEN = 16, 8
PICTURES, SHOWN = 500, 12
"""To train on, and to make heat maps of."""


@dataclass(frozen=True)
class Ward:
    """Pictures of a hospital that uses stickers.

    Attributes:
        images, labels: to train on, shape (500, 16, 16) and (500,).
        as_there: others from there, stickers and all.
        misleading: the same ones, with every sticker on benign lesions and on no malignant one.
        truth: who of these is malignant.
    """

    images: Floats
    labels: NDArray[np.int64]
    as_there: Floats
    misleading: Floats
    truth: NDArray[np.int64]


def review(case: Instance) -> Review:
    """The review of a case of `leaks`."""
    return draw_review(case["seed"], case["names"], case["roles"], ROWS, case["is_text"])


def ward(case: Instance) -> Ward:
    """The pictures of a case of `repair`."""
    rng = np.random.default_rng(case["seed"])
    images, labels = draw_lesions(case["seed"], PICTURES, SIZE)
    new, truth = draw_lesions(case["seed"] + 1, 1_500, SIZE)
    misleading = new
    for sticker in case["stickers"]:
        where = sticker["place"], sticker["look"]
        images = put(images, told(rng, labels, sticker["share"]), *where)
        new = put(new, told(rng, truth, sticker["share"]), *where)
        misleading = put(misleading, truth == 0, *where)
    return Ward(images, labels, new, misleading, truth)


def learned(case: Instance, drawn: Ward) -> Network:
    """The network of a case of `repair`, trained on its pictures as they are."""
    start = fresh(case["seed"], SIZE * SIZE, HIDDEN)
    return train(start, drawn.images, drawn.labels, steps=150)


def heat_maps(case: Instance) -> tuple[dict[str, Maker], Floats]:
    """Makers by name, and the pictures (12, 16, 16) they take, of a case of `ignores_model`."""
    images, _ = draw_lesions(case["seed"], SHOWN, SIZE)
    makers = {
        name: shown_alone(maker(kind, case["seed"] + place, SIZE, HIDDEN), images)
        for place, (name, kind) in enumerate(zip(case["names"], case["kinds"], strict=True))
    }
    return makers, images


def shown_alone(make: Maker, images: Floats) -> Maker:
    """A maker that takes these pictures and no others."""
    known = {image.tobytes() for image in images}

    def made(network: Mapping[str, Any], image: ArrayLike) -> Floats:
        if np.ascontiguousarray(np.asarray(image, dtype=float)).tobytes() not in known:
            raise ValueError("this picture is none of those that the maker takes")
        return make(network, image)

    return made
