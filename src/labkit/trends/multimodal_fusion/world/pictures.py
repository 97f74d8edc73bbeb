"""Product pictures of 48 × 48 pixels, rendered from four attributes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Whole = NDArray[np.int64]
Pixels = NDArray[np.uint8]

SIZE = 48
CHUNK = 128
"""Pictures rendered at once: what they need then stays in the processor's cache."""

SHOWN = {"clamshell": 2, "clutter": 2, "glossy": 2, "colour": 4}
"""What a picture shows, and how many levels each has."""


@dataclass(frozen=True)
class Look:
    """How a shop's pictures show what they show.

    Attributes:
        size: pixels of a side.
        colours: red, green and blue of the four colours of a box; the default is red, blue, green,
            violet.
        ground: shade of what is around it.
        tile: pixels of a side of what a cluttered ground is covered with.
        stripes: of a glossy box: where a * x + b * y, modulo the third number, is below the fourth.
        light: how far a stripe is on the way to white.
        ribs: of a shell, as `stripes`.
        film: how much of what is behind a shell is seen, what it adds, and what its ribs add.
    """

    size: int = SIZE
    colours: tuple[tuple[float, ...], ...] = (
        (0.82, 0.25, 0.20), (0.20, 0.42, 0.78), (0.25, 0.62, 0.32), (0.62, 0.38, 0.70)
    )  # fmt: skip
    ground: float = 0.92
    tile: int = 4
    stripes: tuple[int, int, int, int] = (1, 1, 8, 3)
    light: float = 0.7
    ribs: tuple[int, int, int, int] = (1, 0, 4, 2)
    film: tuple[float, float, float] = (0.55, 0.15, 0.25)

    @classmethod
    def of(cls, fields: Mapping[str, Any]) -> Look:
        """Make one of plain data, with lists for tuples; what is not named is as usual."""
        return cls(**{name: _tuples(value) for name, value in fields.items()})


LOOK = Look()


def _tuples(value: Any) -> Any:
    return tuple(map(_tuples, value)) if isinstance(value, list | tuple) else value


def render(attributes: Mapping[str, Whole], seed: int, look: Look = LOOK) -> Pixels:
    """Render a picture a product.

    Args:
        attributes: "clamshell", "clutter", "glossy" (0 or 1) and "colour" (0 to 3), each (n,).
        seed: of what attributes leave open: place, size, shade, background, grain.
        look: how attributes are shown.

    Returns:
        Shape (n, size, size, 3), values from 0 to 255; the size is 48 unless the look says else.
    """
    draws = np.random.default_rng(seed)
    n = len(attributes["glossy"])
    parts = [
        _some(
            {name: values[first : first + CHUNK] for name, values in attributes.items()},
            draws,
            look,
        )
        for first in range(0, n, CHUNK)
    ]
    return np.concatenate(parts) if parts else np.empty((0, look.size, look.size, 3), np.uint8)


def placeholder(shade: Sequence[int]) -> Pixels:
    """The picture that stands where there is none: red, green and blue alike, (1, 48, 48, 3)."""
    return np.broadcast_to(np.array(shade, np.uint8), (1, SIZE, SIZE, 3)).copy()


def _some(attributes: Mapping[str, Whole], draws: np.random.Generator, look: Look) -> Pixels:
    n, size, scale = len(attributes["glossy"]), look.size, look.size / SIZE
    y, x = np.mgrid[:size, :size].astype(np.float32)

    def between(low: float, high: float) -> NDArray[np.float32]:
        return (scale * draws.uniform(low, high, (n, 1, 1))).astype(np.float32)

    def waves(a: int, b: int, period: int, wide: int) -> NDArray[np.bool_]:
        steps = np.arange(period)[:, None, None]
        return np.asarray((a * x + b * y + steps) % period < wide)

    across, down = np.abs(x - between(22, 26)), np.abs(y - between(22, 26))
    width, height, rim = between(9, 12), between(12, 15), 5 * scale
    box = (across < width) & (down < height)
    shell = (across < width + rim) & (down < height + rim) & ~box

    def where(name: str, mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
        return mask & (attributes[name] == 1)[:, None, None]

    canvas = np.full((n, size, size, 3), look.ground, np.float32)
    side = -(-size // look.tile)
    tiles = _tiled(draws.random((n, side, side, 3), np.float32), look)
    covered = _tiled(draws.random((n, side, side), np.float32) < 0.35, look)
    np.copyto(canvas, tiles, where=where("clutter", covered)[..., None])
    shade = np.array(look.colours, np.float32)[attributes["colour"]]
    shade += draws.normal(0, 0.04, (n, 3)).astype(np.float32)
    np.copyto(canvas, shade[:, None, None, :], where=box[..., None])
    offset = draws.integers(0, look.stripes[2], n)
    light = where("glossy", box & waves(*look.stripes)[offset])
    canvas[light] = (1 - look.light) * canvas[light] + look.light
    ribs = where("clamshell", shell)
    striped = np.broadcast_to(waves(*look.ribs)[0], ribs.shape)
    clear, dark, bright = look.film
    canvas[ribs] = clear * canvas[ribs] + dark + bright * striped[ribs][:, None]
    grain = draws.standard_normal(canvas.shape, np.float32)
    grain *= np.float32(0.03)
    canvas += grain
    np.clip(canvas, 0, 1, out=canvas)
    canvas *= 255
    pixels: Pixels = canvas.astype(np.uint8)
    return pixels


def _tiled(values: NDArray[Any], look: Look) -> NDArray[Any]:
    """Repeat values (n, side, side, ...) so that each covers a tile of the picture."""
    return values.repeat(look.tile, 1).repeat(look.tile, 2)[:, : look.size, : look.size]
