"""Two explorations: what a deletion score rewards, and what LIME's width decides."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from labkit.pictures.explorer import Explorer, choice, decimal, whole
from labkit.pictures.plot import Plot
from labkit.trends.explainable_ai import clinic
from labkit.trends.explainable_ai.plots import deletion, widths
from labkit.trends.explainable_ai.world.boxes import box, mean_slopes

Floats = NDArray[np.float64]
SHARES = np.linspace(0, 1, 26)
APPLICANT = (
    ["wave", 1.2, 0.5, [1.4, 0.3, 0.0]],
    ["wave", -0.8, -1.0, [0.0, 2.4, 0.4]],
    ["step", 1.0, 0.1, [0.3, 0.0, 1.0]],
    ["line", 0.5, 0.0, [0.2, 0.5, -0.6]],
)
"""A credit box of three columns, asked at 0 with scale 1."""

NAMES = ("income", "debt", "arrears")
WIDTHS = np.geomspace(0.1, 5, 40)
POINTS = (100, 300, 1_000, 5_000, 30_000)


def explore_deletion() -> Explorer:
    """Sliders for how many of the hottest pixels are replaced, and by which grey."""
    return Explorer(
        _deleted,
        {
            "share": decimal("pixels replaced", 0.04, 0.0, 1.0, 0.04),
            "grey": decimal("replaced by", 0.7, -2.0, 3.0, 0.1),
        },
    )


def _deleted(share: float, grey: float) -> Plot:
    image, orders = lesion_and_orders()
    curves = {name: deletion_curve(order, grey) for name, order in orders.items()}
    hottest = orders["hottest first"][: round(share * image.size)]
    removed = np.zeros(image.size, dtype=bool)
    removed[hottest] = True
    shown = np.where(removed, grey, image.ravel()).reshape(image.shape)
    return deletion(shown, removed.reshape(image.shape), curves, share, grey)


def deletion_curve(order: NDArray[np.int64], grey: float) -> Floats:
    """Return the chance of "malignant" as pixels become grey in this order, for `SHARES`."""
    image, _ = lesion_and_orders()
    rows = np.repeat(image.reshape(1, -1), len(SHARES), axis=0)
    for row, share in zip(rows, SHARES, strict=True):
        row[order[: round(share * image.size)]] = grey
    said = clinic.log_odds(_network(), rows.reshape(-1, *image.shape))
    chances: Floats = expit(said)
    return chances


@lru_cache(maxsize=1)
def lesion_and_orders() -> tuple[Floats, dict[str, NDArray[np.int64]]]:
    """Return a malignant lesion with its sticker, and orders in which its pixels may go."""
    images, malignant = clinic.pictures(7, 40)
    top, left = clinic.PLACE
    has = images[:, top, left] == clinic.STICKER[0, 0]
    image = images[np.flatnonzero(has & (malignant == 1))[0]]
    heat = clinic.heat_map(_network(), image, "occlusion").ravel()
    return image, {
        "hottest first": heat.argsort()[::-1],
        "in random order": np.random.default_rng(0).permutation(image.size),
    }


@lru_cache(maxsize=1)
def _network():  # type: ignore[no-untyped-def]
    return clinic.shipped("sticker")


def explore_width() -> Explorer:
    """Sliders for the kernel's width and the number of points, and a choice of eight runs."""
    return Explorer(
        _widths,
        {
            "width": decimal("kernel width", 0.5, 0.1, 5.0, 0.1),
            "points": choice("points a run", 300, list(POINTS)),
            "seed": whole("eight runs, number", 1, 1, 20),
        },
    )


def _widths(width: float, points: int, seed: int) -> Plot:
    exact = np.array([exact_slopes(one) for one in WIDTHS]).T
    runs = np.array([lime_slopes(width, points, 100 * seed + run) for run in range(8)]).T
    return widths(
        WIDTHS,
        dict(zip(NAMES, exact, strict=True)),
        width,
        dict(zip(NAMES, runs, strict=True)),
    )


def exact_slopes(width: float) -> Floats:
    """Return the slopes that LIME has with endlessly many points, shape (3,)."""
    return mean_slopes(APPLICANT, np.zeros(3), np.full(3, 1 / np.sqrt(1 + 1 / width**2)))


def lime_slopes(width: float, points: int, seed: int) -> Floats:
    """Return the slopes that the library `lime` finds with so many points, shape (3,)."""
    from lime.lime_tabular import LimeTabularExplainer

    explainer = LimeTabularExplainer(
        np.array([[-1.0] * 3, [1.0] * 3]),
        mode="regression",
        kernel_width=width,
        discretize_continuous=False,
        sample_around_instance=True,
        random_state=seed,
    )
    said = explainer.explain_instance(
        np.zeros(3), box(APPLICANT), num_features=3, num_samples=points
    )
    found = np.zeros(3)
    for column, slope in said.as_map()[1]:
        found[column] = slope
    return found
