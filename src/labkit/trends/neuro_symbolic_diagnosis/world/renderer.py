"""Pictures of lesions, many at a time.

A picture is computed from the formulas of the lesion's geometry at each pixel, so turning or
relighting it resamples nothing, and the truth of `lesions` holds exactly. Each picture depends on
its own lesion and nuisances only: alone or in any batch it comes out the same. Small things (areas,
spots) are painted into small windows, one of each picture at a time, which is where the speed comes
from.

The pictures look like dermatoscopy only as far as the ABCD rule goes. They are for teaching, and no
diagnosis was ever learned from them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labkit.trends.neuro_symbolic_diagnosis.world import geometry
from labkit.trends.neuro_symbolic_diagnosis.world.lesions import STRUCTURES, Lesions, draw_lesions
from labkit.trends.neuro_symbolic_diagnosis.world.nuisances import (
    Nuisances,
    draw_nuisances,
    no_nuisances,
)

Images = NDArray[np.float32]

COLOUR_RGB: Images = np.array(
    [
        [0.93, 0.90, 0.88],
        [0.80, 0.33, 0.33],
        [0.74, 0.54, 0.40],
        [0.42, 0.26, 0.18],
        [0.44, 0.50, 0.62],
        [0.10, 0.08, 0.08],
    ],
    np.float32,
)
"""The six colours of the rule under neutral light, in the order of `COLOURS`."""

GLOBULE_RGB = np.array([0.30, 0.17, 0.10], np.float32)
DOT_RGB = np.array([0.16, 0.11, 0.08], np.float32)
_STRUCTURELESS_RGB = np.array([0.70, 0.58, 0.52], np.float32)

BATCH = 64
"""Pictures drawn together: enough to spare Python's time, few enough for the processor's cache."""


@dataclass(frozen=True)
class Cases:
    """Lesions, how they were photographed, and the pictures, (n, size, size, 3) in [0, 1]."""

    lesions: Lesions
    nuisances: Nuisances
    images: Images

    def __len__(self) -> int:
        return len(self.lesions)


def draw_cases(
    n: int,
    seed: int,
    hair: float = 0.35,
    ruler: float = 0.2,
    size: int = 64,
    unusual: bool = False,
) -> Cases:
    """Draw `n` lesions and pictures of them; see `draw_lesions` and `draw_nuisances`.

    The `unusual` ones have the same findings and other outlines, see `geometry.unusual_outline`.
    """
    lesions = draw_lesions(n, seed)
    # An own stream, so that the lesions of a seed stay the same under all nuisances.
    nuisances = draw_nuisances(n, seed + 2**32, hair, ruler)
    return Cases(lesions, nuisances, render(lesions, nuisances, size, unusual))


def render(
    lesions: Lesions, nuisances: Nuisances | None = None, size: int = 64, unusual: bool = False
) -> Images:
    """Return pictures of `lesions`, shape (n, size, size, 3), float32 in [0, 1].

    Without `nuisances` the pictures are ideal (`no_nuisances`). Raises `ValueError` where the two
    differ in number or `size` is below 32, at which spots are lost.
    """
    nuisances = no_nuisances(len(lesions)) if nuisances is None else nuisances
    if len(nuisances) != len(lesions):
        raise ValueError(f"{len(lesions)} lesions and {len(nuisances)} nuisances were given")
    if size < 32:
        raise ValueError(f"size is at least 32 pixels, and {size} was given")
    images = np.empty((len(lesions), size, size, 3), np.float32)
    for start in range(0, len(lesions), BATCH):
        part = slice(start, start + BATCH)
        images[part] = _render_batch(lesions.take(part), nuisances.take(part), size, unusual)
    return images


def _render_batch(lesions: Lesions, nuisances: Nuisances, size: int, unusual: bool) -> Images:
    plan = _Plan.of(lesions, nuisances, size, unusual)
    streaks = _streaks(lesions, plan)
    body = _paint_body(lesions, plan, streaks)
    cover = _cover(lesions, plan, streaks)
    images = _paint_skin(nuisances, plan)
    # In place: body over skin, as far as the lesion covers it.
    body -= images
    body *= cover[..., None]
    images += body
    _lay_hairs(images, nuisances)
    _lay_ruler(images, nuisances)
    return _expose(images, nuisances)


@dataclass(frozen=True)
class _Plan:
    """Where the lesions of a batch lie: the polar grid of each, and the turn from its frame.

    `x`, `y` and `radius` (n, size, size) from the lesion's centre, `place` the same shape: where in
    a table (n, ANGLES) the pixel's angle stands, `reach` the outline's radius there, `radii`
    (n, ANGLES). `turn` (n,) from the lesion's frame to the image's, `centre` (n, 2).
    """

    size: int
    x: Images
    y: Images
    radius: Images
    place: NDArray[np.int32]
    reach: Images
    radii: NDArray[np.float64]
    turn: NDArray[np.float64]
    centre: NDArray[np.float64]

    @staticmethod
    def of(lesions: Lesions, nuisances: Nuisances, size: int, unusual: bool = False) -> _Plan:
        n = len(lesions)
        own_axis = 2 * np.pi * geometry.luck_of(lesions.luck, "axis")[:, 0]
        turn = np.mod(own_axis - nuisances.rotation, 2 * np.pi)
        outline = geometry.unusual_outline if unusual else geometry.outline
        radii = outline(lesions.luck, lesions.asymmetry)
        grid = pixel_grid(size)
        x = grid[None, None, :] - nuisances.shift[:, 0, None, None].astype(np.float32)
        y = grid[None, :, None] - nuisances.shift[:, 1, None, None].astype(np.float32)
        x, y = (np.ascontiguousarray(np.broadcast_to(part, (n, size, size))) for part in (x, y))
        angle = np.arctan2(y, x)
        angle -= turn[:, None, None].astype(np.float32)
        # From -3 pi to pi: two turns added make it positive, so that casting rounds down.
        angle *= geometry.ANGLES / (2 * np.pi)
        angle += 2 * geometry.ANGLES
        place = angle.astype(np.int32)
        place %= geometry.ANGLES
        place += (geometry.ANGLES * np.arange(n, dtype=np.int32))[:, None, None]
        reach = radii.astype(np.float32).ravel()[place]
        return _Plan(size, x, y, np.sqrt(x * x + y * y), place, reach, radii, turn, nuisances.shift)

    def table(self, values: NDArray[Any]) -> NDArray[Any]:
        """Spread values (n, ANGLES) by angle over the pixels, (n, size, size)."""
        return values.ravel()[self.place]

    def in_pixels(self, discs: NDArray[np.float64]) -> NDArray[np.float64]:
        """Turn and move discs (n, k, 3) from the lesion's frame into the image's."""
        cosine, sine = np.cos(self.turn)[:, None], np.sin(self.turn)[:, None]
        x, y = discs[..., 0], discs[..., 1]
        return np.stack(
            [
                x * cosine - y * sine + self.centre[:, :1],
                x * sine + y * cosine + self.centre[:, 1:],
                discs[..., 2],
            ],
            axis=-1,
        )


def pixel_grid(size: int) -> Images:
    """Return the positions of a row's pixel centres, (size,), from -1/2 to 1/2."""
    return ((np.arange(size) + 0.5) / size - 0.5).astype(np.float32)


def _paint_body(lesions: Lesions, plan: _Plan, streaks: NDArray[np.bool_]) -> Images:
    """Colours and structures of the lesion, as if it filled the image: (n, size, size, 3)."""
    n, size = len(lesions), plan.size
    tints = 0.10 * (geometry.luck_of(lesions.luck, "tints").reshape(n, 6, 3) - 0.5)
    paints = (COLOUR_RGB + tints).astype(np.float32)
    ground = paints[np.arange(n), lesions.ground]
    body = np.empty((n, size, size, 3), np.float32)
    body[:] = ground[:, None, None]
    shown = dict(zip(STRUCTURES, lesions.structures.T > 0, strict=True))

    _darken_network(body, plan, lesions, shown["network"])
    slots = geometry.colour_slots(lesions.luck, lesions.ground)
    areas = plan.in_pixels(geometry.area_discs(lesions.luck, slots, plan.radii))
    others = (lesions.colours > 0) & (slots >= 0)
    for colour in range(6):
        _paint_discs(body, areas[:, colour], paints[:, colour], others[:, colour], _AREA)
    flat = plan.in_pixels(geometry.homogeneous_disc(lesions.luck, plan.radii)[:, None])[:, 0]
    tint = (0.5 * ground + 0.5 * _STRUCTURELESS_RGB).astype(np.float32)
    _paint_discs(body, flat, tint, shown["homogeneous"], _FLAT)
    body *= np.where(streaks, np.float32(0.45), np.float32(1.0))[..., None]
    for kind, colour_rgb, look in (("dots", DOT_RGB, _DOT), ("globules", GLOBULE_RGB, _GLOBULE)):
        discs = plan.in_pixels(geometry.spots(lesions.luck, kind, plan.radii))
        paint = np.broadcast_to(colour_rgb, (n, 3))
        for each in range(discs.shape[1]):
            _paint_discs(body, discs[:, each], paint, shown[kind] & (discs[:, each, 2] > 0), look)
    return body


@dataclass(frozen=True)
class _Look:
    """How a disc is painted: most radius in widths, edge width in widths, opacity."""

    largest: float
    edge: float
    opacity: float


_AREA = _Look(largest=0.13, edge=0.012, opacity=1.0)
_FLAT = _Look(largest=0.13, edge=0.012, opacity=1.0)
_DOT = _Look(largest=0.012, edge=0.0045, opacity=0.9)
_GLOBULE = _Look(largest=0.034, edge=0.0045, opacity=0.85)


def _paint_discs(
    body: Images,
    discs: NDArray[np.float64],
    paint: NDArray[np.float32],
    shown: NDArray[np.bool_],
    look: _Look,
) -> None:
    """Paint one disc (x, y, radius) into each picture of `body` in which it is `shown`."""
    rows = np.flatnonzero(shown)
    if not len(rows):
        return
    size = body.shape[1]
    discs = discs[rows]
    half = int(np.ceil((look.largest + 4 * look.edge) * size)) + 1
    window = np.arange(-half, half + 1)
    middle = np.floor((discs[:, :2] + 0.5) * size).astype(np.int64)
    # A window that would stick out is pushed inside; distances are still from the disc's centre.
    middle = np.clip(middle, half, size - 1 - half)
    columns, lines = middle[:, :1] + window, middle[:, 1:] + window
    grid = pixel_grid(size)
    across = (grid[columns] - discs[:, :1]).astype(np.float32)
    down = (grid[lines] - discs[:, 1:2]).astype(np.float32)
    distance = np.sqrt(down[:, :, None] ** 2 + across[:, None, :] ** 2)
    distance -= discs[:, 2, None, None].astype(np.float32)
    share = look.opacity * _sigmoid(distance * np.float32(-1 / look.edge))
    where = (rows[:, None, None], lines[:, :, None], columns[:, None, :])
    old = body[where]
    body[where] = old + share[..., None] * (paint[rows][:, None, None] - old)


def _darken_network(body: Images, plan: _Plan, lesions: Lesions, shown: NDArray[np.bool_]) -> None:
    """Draw a grid of darker lines, 5 to 6.5 pixels apart at 64 pixels, in the lesion's frame."""
    rows = np.flatnonzero(shown)
    if not len(rows):
        return
    chance = geometry.luck_of(lesions.luck, "network")[rows]
    angle = (plan.turn[rows] + np.pi * chance[:, 0]).astype(np.float32)[:, None, None]
    mesh = ((5.0 + 1.5 * chance[:, 1]) / 64).astype(np.float32)[:, None, None]
    x, y = plan.x[rows], plan.y[rows]
    along = (x * np.cos(angle) + y * np.sin(angle)) / mesh
    across = (y * np.cos(angle) - x * np.sin(angle)) / mesh
    lines = (_to_nearest(along) > 0.36) | (_to_nearest(across) > 0.36)
    body[rows] *= np.where(lines, np.float32(0.70), np.float32(1.0))[..., None]


def _to_nearest(value: Images) -> Images:
    """Distance to the nearest whole number, 0 to 1/2."""
    return np.abs(value - np.rint(value))


def _streaks(lesions: Lesions, plan: _Plan) -> NDArray[np.bool_]:
    """Where streaks run, 12 to 17 across the outline of each lesion that has them."""
    chance = geometry.luck_of(lesions.luck, "streaks")
    number = 12 + (6 * chance[:, :1]).astype(np.int64)
    angle = 2 * np.pi * np.arange(geometry.ANGLES) / geometry.ANGLES
    runs = np.cos(number * angle + 2 * np.pi * chance[:, 1:]) > 0.55
    runs &= lesions.structures[:, STRUCTURES.index("streaks"), None] > 0
    pattern = plan.table(runs)
    pattern &= plan.radius > np.float32(0.72) * plan.reach
    pattern &= plan.radius < np.float32(1.12) * plan.reach
    return pattern


def _cover(lesions: Lesions, plan: _Plan, streaks: NDArray[np.bool_]) -> Images:
    """How far the lesion hides the skin, 0 to 1, (n, size, size): abrupt or fading by eighths."""
    sharp = geometry.sharp_sectors(lesions.luck, lesions.border)
    width = np.where(sharp, 0.010, 0.075) / 2.2
    steepness = np.repeat(1 / width, geometry.ANGLES // 8, axis=1).astype(np.float32)
    cover = _sigmoid((plan.reach - plan.radius) * plan.table(steepness))
    return np.where(streaks, np.maximum(cover, np.float32(0.75)), cover)


def _paint_skin(nuisances: Nuisances, plan: _Plan) -> Images:
    """Skin with its own slight grain under uneven light, (n, size, size, 3)."""
    n, size = len(nuisances), plan.size
    grid = pixel_grid(size)
    slope = nuisances.slope.astype(np.float32)
    uneven = slope[:, :1, None] * grid[None, None, :] + slope[:, 1:, None] * grid[None, :, None]
    skin = np.empty((n, size, size, 3), np.float32)
    skin[:] = nuisances.skin.astype(np.float32)[:, None, None]
    skin += uneven[..., None]
    return skin


def _lay_hairs(images: Images, nuisances: Nuisances) -> None:
    """Darken along the hairs: thin parabolas that cross the image."""
    grid = pixel_grid(images.shape[1])
    for each in range(nuisances.hairs.shape[1]):
        rows = np.flatnonzero(nuisances.hair_count > each)
        if not len(rows):
            continue
        angle, offset, bend = nuisances.hairs[rows, each].astype(np.float32).T[..., None, None]
        x, y = grid[None, None, :], grid[None, :, None]
        along = x * np.cos(angle) + y * np.sin(angle)
        across = y * np.cos(angle) - x * np.sin(angle)
        hair = np.abs(across - offset - bend * along**2) < 0.007
        images[rows] *= np.where(hair, np.float32(0.4), np.float32(1.0))[..., None]


def _lay_ruler(images: Images, nuisances: Nuisances) -> None:
    """Lay a pale strip with black marks along the left edge."""
    rows = np.flatnonzero(nuisances.ruler)
    width = images.shape[1] // 16
    images[rows, :, :width] = 0.96
    images[rows, 1::width, : width - 1] = 0.12


def _expose(images: Images, nuisances: Nuisances) -> Images:
    """Light, the lens's darker corners, and the sensor's noise; values end in [0, 1]."""
    size = images.shape[1]
    grid = pixel_grid(size)
    corner = np.clip(np.hypot(grid[:, None], grid[None, :]) - np.float32(0.45), 0, 1)
    images *= (1 - np.float32(0.35) * corner)[None, :, :, None]
    images *= nuisances.light.astype(np.float32)[:, None, None]
    noise = np.empty((size, size, 4), np.float32)
    for place in np.flatnonzero(nuisances.grain):
        np.random.Generator(np.random.SFC64(int(nuisances.grain[place]))).standard_normal(
            out=noise, dtype=np.float32
        )
        # The fourth layer is common to all channels: grain of brightness, not of colour.
        noise[..., :3] += noise[..., 3:]
        images[place] += NOISE * noise[..., :3]
    return np.clip(images, 0, 1, out=images)


NOISE = np.float32(0.013)
"""Deviation of the pixel noise, apart in each channel and again common to all."""


def _sigmoid(value: Images) -> Images:
    """Logistic function in float32, in place: `value` is overwritten."""
    np.clip(value, -30, 30, out=value)
    np.negative(value, out=value)
    np.exp(value, out=value)
    value += 1
    return np.reciprocal(value, out=value)
