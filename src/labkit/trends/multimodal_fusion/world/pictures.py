"""Product pictures of 48 × 48 pixels, rendered from four attributes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

Whole = NDArray[np.int64]
Pixels = NDArray[np.uint8]

SIZE = 48
CHUNK = 128
"""Pictures rendered at once: what they need then stays in the processor's cache."""

COLOURS = np.array(
    [[0.82, 0.25, 0.20], [0.20, 0.42, 0.78], [0.25, 0.62, 0.32], [0.62, 0.38, 0.70]], np.float32
)
"""Red, blue, green, violet: the colours that a box can have."""


def render(attributes: Mapping[str, Whole], seed: int) -> Pixels:
    """Render a picture a product.

    Args:
        attributes: "clamshell", "clutter", "glossy" (0 or 1) and "colour" (0 to 3), each (n,).
        seed: of what attributes leave open: place, size, shade, background, grain.

    Returns:
        Shape (n, 48, 48, 3), values from 0 to 255.
    """
    draws = np.random.default_rng(seed)
    n = len(attributes["glossy"])
    parts = [
        _some({name: values[first : first + CHUNK] for name, values in attributes.items()}, draws)
        for first in range(0, n, CHUNK)
    ]
    return np.concatenate(parts) if parts else np.empty((0, SIZE, SIZE, 3), np.uint8)


def placeholder(shade: Sequence[int]) -> Pixels:
    """The picture that stands where there is none: red, green and blue alike, (1, 48, 48, 3)."""
    return np.broadcast_to(np.array(shade, np.uint8), (1, SIZE, SIZE, 3)).copy()


def _some(attributes: Mapping[str, Whole], draws: np.random.Generator) -> Pixels:
    n = len(attributes["glossy"])
    y, x = np.mgrid[:SIZE, :SIZE].astype(np.float32)
    across = np.abs(x - draws.uniform(22, 26, (n, 1, 1)).astype(np.float32))
    down = np.abs(y - draws.uniform(22, 26, (n, 1, 1)).astype(np.float32))
    width = draws.uniform(9, 12, (n, 1, 1)).astype(np.float32)
    height = draws.uniform(12, 15, (n, 1, 1)).astype(np.float32)
    box = (across < width) & (down < height)
    shell = (across < width + 5) & (down < height + 5) & ~box

    def where(name: str, mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
        return mask & (attributes[name] == 1)[:, None, None]

    canvas = np.full((n, SIZE, SIZE, 3), 0.92, np.float32)
    tiles = draws.random((n, 12, 12, 3), np.float32).repeat(4, 1).repeat(4, 2)
    covered = (draws.random((n, 12, 12), np.float32) < 0.35).repeat(4, 1).repeat(4, 2)
    canvas = np.where(where("clutter", covered)[..., None], tiles, canvas)
    shade = COLOURS[attributes["colour"]] + draws.normal(0, 0.04, (n, 3)).astype(np.float32)
    canvas = np.where(box[..., None], shade[:, None, None, :], canvas)
    offset = draws.integers(0, 8, (n, 1, 1))
    light = where("glossy", box & ((x + y + offset) % 8 < 3))
    canvas[light] = 0.3 * canvas[light] + 0.7
    ribs = where("clamshell", shell)
    striped = np.broadcast_to((x % 4 < 2)[None], ribs.shape)
    canvas[ribs] = 0.55 * canvas[ribs] + 0.15 + 0.25 * striped[ribs][:, None]
    canvas += draws.standard_normal(canvas.shape, np.float32) * np.float32(0.03)
    pixels: Pixels = (np.clip(canvas, 0, 1) * 255).astype(np.uint8)
    return pixels
