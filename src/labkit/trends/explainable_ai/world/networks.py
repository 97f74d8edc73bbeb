"""A small network as plain arrays, its outputs, and how it is trained.

``{"w1": (pixels, hidden), "b1": (hidden,), "w2": (hidden,), "b2": number}``: log-odds are
``relu((pixels - 0.7) @ w1 + b1) @ w2 + b2``, with each picture as a row of pixels.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit

Floats = NDArray[np.float64]
Network = dict[str, Floats]
SKIN = 0.7
"""Taken off every pixel, so that they lie around zero."""


def log_odds(network: Mapping[str, Any], images: ArrayLike) -> Floats:
    """Return what the network says of pictures (n, S, S), shape (n,)."""
    hidden = np.maximum(_rows(images) @ np.asarray(network["w1"]) + np.asarray(network["b1"]), 0)
    said: Floats = hidden @ np.asarray(network["w2"]) + float(np.asarray(network["b2"]))
    return said


def _rows(images: ArrayLike) -> Floats:
    table = np.asarray(images, float)
    return table.reshape(len(table), -1) - SKIN


def accuracy(network: Mapping[str, Any], images: ArrayLike, labels: ArrayLike) -> float:
    """Return the share of pictures that the network calls correctly."""
    return float(((log_odds(network, images) > 0) == (np.asarray(labels) == 1)).mean())


def fresh(seed: int, pixels: int, hidden: int) -> Network:
    """Draw a network that has learned nothing yet."""
    rng = np.random.default_rng(seed)
    return {
        "w1": rng.normal(size=(pixels, hidden)) / np.sqrt(pixels),
        "b1": np.zeros(hidden),
        "w2": rng.normal(size=hidden) / np.sqrt(hidden),
        "b2": np.zeros(()),
    }


def train(
    network: Mapping[str, Any],
    images: ArrayLike,
    labels: ArrayLike,
    steps: int = 250,
    rate: float = 0.01,
) -> Network:
    """Return the network trained further on all pictures at once, by Adam; log loss."""
    rows, y = _rows(images), np.asarray(labels, float)
    now = {key: np.array(network[key], dtype=float) for key in ("w1", "b1", "w2", "b2")}
    mean = {key: np.zeros_like(value) for key, value in now.items()}
    square = {key: np.zeros_like(value) for key, value in now.items()}
    for step in range(1, steps + 1):
        hidden = np.maximum(rows @ now["w1"] + now["b1"], 0)
        error = (expit(hidden @ now["w2"] + now["b2"]) - y) / len(y)
        back = np.outer(error, now["w2"]) * (hidden > 0)
        slope = {
            "w1": rows.T @ back,
            "b1": back.sum(axis=0),
            "w2": hidden.T @ error,
            "b2": np.array(error.sum()),
        }
        for key, value in slope.items():
            mean[key] = 0.9 * mean[key] + 0.1 * value
            square[key] = 0.999 * square[key] + 0.001 * value**2
            size = np.sqrt(square[key] / (1 - 0.999**step)) + 1e-8
            now[key] = now[key] - rate * mean[key] / (1 - 0.9**step) / size
    return now
