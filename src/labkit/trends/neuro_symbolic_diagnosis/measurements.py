"""What the ABCD rule tells a reader to look at, measured in pictures, many at a time.

Here are the lesion's mask, its outline, and the measurements of border and structures. Each number
is a hint about one finding, not the finding: what to make of them is learned from labels. How to
measure asymmetry and colours is a task of the lab, so it is not here; `bank` has lesions for which
all of it was measured.

All sizes assume pictures of 64 pixels; others are refused. Nothing is computed in a loop over
pictures, which is where the speed comes from.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.fft
from numpy.typing import NDArray
from scipy import ndimage

Images = NDArray[np.float32]
Floats = NDArray[np.float64]
Masks = NDArray[np.bool_]

SIZE = 64
RAYS = 72
"""Directions in which an outline is measured, one each 5 degrees."""

BATCH = 128
_STEP = 0.5
_REACH = 60
_RING_LOW, _RING_HIGH = 8.5, 14.0
_SPOT_SCALES = (0.8, 1.4, 2.4)
_SPOT_LEVELS = (0.03, 0.06)
_SPOT_RANKS = (0, 4, 8)
_DARK_LEVELS = (0.12, 0.20)

BORDER = (
    *(f"steepness_{place}" for place in range(8)),
    "steepness_mean",
    "steepness_spread",
    "steep_share",
)
STRUCTURE = (
    "ring_share",
    "ring_peak",
    "texture",
    *(
        f"spots_{scale}_{what}"
        for scale in _SPOT_SCALES
        for what in ("faint", "clear", *(f"height_{rank}" for rank in _SPOT_RANKS))
    ),
    *(f"darker_than_{level}" for level in _DARK_LEVELS),
    "flat_share",
    "flattest",
    "streaks_inside",
    "streaks_outside",
)
BORDER_AND_STRUCTURES = ("area", *BORDER, *STRUCTURE)
"""Columns of `measure`."""


@dataclass(frozen=True)
class Segmentation:
    """Where the lesions are.

    `mask` (n, 64, 64) is true inside, holes filled; `skin` (n, 3) is the colour around the lesion;
    `contrast` (n, 64, 64) how far each pixel's colour is from it, slightly blurred.
    """

    mask: Masks
    skin: Images
    contrast: Images


def segment(images: Images) -> Segmentation:
    """Find the lesion in each of `images` (n, 64, 64, 3).

    The skin is the median of a frame at the edge, the threshold Otsu's (1979, IEEE Trans. SMC
    9(1)), and thin things such as hair are opened away. Raises `ValueError` for another shape.
    """
    images = _checked(images)
    frame = np.concatenate(
        [
            images[:, :4].reshape(len(images), -1, 3),
            images[:, -4:].reshape(len(images), -1, 3),
            images[:, 4:-4, -4:].reshape(len(images), -1, 3),
        ],
        axis=1,
    )
    skin = np.median(frame, axis=1).astype(np.float32)
    away = images - skin[:, None, None]
    contrast = blur(np.sqrt(np.einsum("nijc,nijc->nij", away, away)), 1.2)
    mask = contrast > 0.85 * _otsu(contrast)[:, None, None]
    mask = largest_piece(dilate(erode(mask, 2), 2))
    mask = fill_holes(mask)
    # Nothing found: take the middle, so that every measurement is a number.
    grid = np.arange(SIZE) - (SIZE - 1) / 2
    middle = np.hypot(grid[:, None], grid[None, :]) < 0.25 * SIZE
    mask[mask.sum(axis=(1, 2)) < 60] = middle
    return Segmentation(mask, skin, contrast)


def outline(mask: Masks) -> Floats:
    """Return the distance from centroid to outline in pixels, (n, 72), one each 5 degrees.

    The first ray points right, the next ones turn clockwise as seen (the image's y points down).
    """
    rays = sample_rays(blur(mask.astype(np.float32), 0.8), centroids(mask))
    return np.asarray(_STEP * (rays > 0.5).sum(axis=2), float)


def measure(images: Images) -> Floats:
    """Measure borders and structures in `images` (n, 64, 64, 3); see `BORDER_AND_STRUCTURES`."""
    images = _checked(images)
    result = np.empty((len(images), len(BORDER_AND_STRUCTURES)))
    for start in range(0, len(images), BATCH):
        part = images[start : start + BATCH]
        result[start : start + BATCH] = measure_segmented(part, segment(part))
    return result


def measure_segmented(images: Images, found: Segmentation) -> Floats:
    """As `measure`, for lesions that have been found already."""
    radii = outline(found.mask)
    centres = centroids(found.mask)
    light = images.sum(axis=3, dtype=np.float32) / np.float32(3)
    return np.column_stack(
        [
            found.mask.mean(axis=(1, 2)),
            _border(images, found, centres, radii),
            _network(light, found.mask),
            _spots(light, found.mask),
            _flatness(light, found.mask),
            _streaks(light, centres, radii),
        ]
    )


def _border(images: Images, found: Segmentation, centres: Floats, radii: Floats) -> Floats:
    """How abruptly the pigment ends: steepest fall along each ray, as a share of its height."""
    away = images - found.skin[:, None, None]
    contrast = blur(np.sqrt(np.einsum("nijc,nijc->nij", away, away)), 0.6)
    rays = sample_rays(contrast, centres)
    fall = rays[:, :, :-3] - rays[:, :, 3:]
    at = _STEP * (np.arange(fall.shape[2]) + 1.5)
    near = np.abs(at - radii[:, :, None]) < 5
    height = np.einsum("nij,nij->n", found.contrast, found.mask) / found.mask.sum(axis=(1, 2))
    steepest = np.where(near, fall, 0).max(axis=2) / (height[:, None] + 0.05)
    sectors = np.median(steepest.reshape(len(rays), 24, 3), axis=2)
    ordered = np.sort(sectors, axis=1)
    return np.column_stack(
        [
            ordered[:, 1::3],
            sectors.mean(axis=1),
            sectors.std(axis=1),
            (sectors > 0.45).mean(axis=1),
        ]
    )


def _network(light: Images, mask: Masks) -> Floats:
    """Power of a grid of lines, 64 / 8.5 to 64 / 14 pixels apart, in the spectrum."""
    window = blur(mask.astype(np.float32), 2.0)
    power = np.abs(scipy.fft.rfft2((light - blur(light, 3.0)) * window)) ** 2
    rows, columns = scipy.fft.fftfreq(SIZE, 1 / SIZE), scipy.fft.rfftfreq(SIZE, 1 / SIZE)
    frequency = np.hypot(rows[:, None], columns[None, :])
    ring = power[:, (frequency > _RING_LOW) & (frequency < _RING_HIGH)]
    total = power[:, frequency > 3].sum(axis=1) + 1e-9
    return np.column_stack([ring.sum(axis=1) / total, ring.max(axis=1) / total, np.log(total)])


def _spots(light: Images, mask: Masks) -> Floats:
    """Dark spots of three sizes: how many faint and clear ones, the heights of some, and darkness.

    The rim is left out, because streaks end there.
    """
    inside = erode(mask, 5)
    columns = []
    for scale in _SPOT_SCALES:
        # A difference of Gaussians stands in for the Laplacian of a Gaussian.
        response = blur(light, 1.6 * scale) - blur(light, scale)
        peak = (response == _window_max(response)) & inside
        height = np.where(peak, response, 0).reshape(len(light), -1)
        columns += [(height > level).sum(axis=1) for level in _SPOT_LEVELS]
        highest = -np.partition(-height, _SPOT_RANKS, axis=1)[:, : _SPOT_RANKS[-1] + 1]
        columns += [highest[:, rank] for rank in _SPOT_RANKS]
    size = np.maximum(inside.sum(axis=(1, 2)), 1)
    columns += [((light < level) & inside).sum(axis=(1, 2)) / size for level in _DARK_LEVELS]
    return np.column_stack(columns)


def _flatness(light: Images, mask: Masks) -> Floats:
    """Share of the lesion without texture, and the texture of its flattest tenth."""
    mean, square = (ndimage.uniform_filter(part, (0, 7, 7)) for part in (light, light * light))
    texture = np.sqrt(np.maximum(square - mean * mean, 0))
    inside = mask.sum(axis=(1, 2))
    flat = ((texture < 0.025) & mask).sum(axis=(1, 2)) / inside
    levels = np.sort(np.where(mask, texture, np.inf).reshape(len(light), -1), axis=1)
    return np.column_stack([flat, levels[np.arange(len(light)), inside // 10]])


def _streaks(light: Images, centres: Floats, radii: Floats) -> Floats:
    """Waves of brightness around the outline, 10 to 19 a turn, just inside and just outside it."""
    rays = sample_rays(light, centres)
    share = _STEP * np.arange(_REACH) / np.maximum(smooth_outline(radii), 1)[:, :, None]
    columns = []
    for low, high in ((0.80, 0.98), (0.98, 1.18)):
        near = (share > low) & (share < high)
        around = np.where(near, rays, 0).sum(axis=2) / np.maximum(near.sum(axis=2), 1)
        waves = np.abs(scipy.fft.rfft(around, axis=1))
        columns.append(waves[:, 11:20].max(axis=1) / RAYS)
    return np.column_stack(columns)


# --- Tools that the measurement of asymmetry and colours can use too -----------------------------


def blur(layers: Images, width: float) -> Images:
    """Blur (n, 64, 64) by a Gaussian of `width` pixels, each layer apart."""
    return np.asarray(ndimage.gaussian_filter(layers, (0, width, width), truncate=3.0))


def centroids(mask: Masks) -> Floats:
    """Return column and line of each mask's centre of mass, (n, 2), in pixels."""
    counts = mask.sum(axis=(1, 2))
    place = np.arange(mask.shape[2])
    return np.column_stack([mask.sum(axis=1) @ place / counts, mask.sum(axis=2) @ place / counts])


def sample_rays(layers: Images, centres: Floats) -> Images:
    """Read `layers` (n, 64, 64) along 72 rays from `centres`, each half pixel: (n, 72, 60).

    Between pixels the value is interpolated; beyond the edge the last pixel goes on.
    """
    angle = 2 * np.pi * np.arange(RAYS) / RAYS
    distance = _STEP * np.arange(_REACH)
    x = centres[:, :1, None] + np.cos(angle)[:, None] * distance
    y = centres[:, 1:, None] + np.sin(angle)[:, None] * distance
    x, y = (np.clip(part, 0, SIZE - 1.001).astype(np.float32) for part in (x, y))
    column, line = x.astype(np.int32), y.astype(np.int32)
    x -= column
    y -= line
    corner = (
        line * SIZE + column + (SIZE * SIZE * np.arange(len(layers), dtype=np.int32))[:, None, None]
    )
    flat = np.ascontiguousarray(layers).ravel()
    top = flat[corner] * (1 - x) + flat[corner + 1] * x
    bottom = flat[corner + SIZE] * (1 - x) + flat[corner + SIZE + 1] * x
    return np.asarray(top * (1 - y) + bottom * y)


def smooth_outline(radii: Floats, waves: int = 6) -> Floats:
    """Keep the first `waves` Fourier terms of outlines (n, 72): streaks and jags go."""
    terms = scipy.fft.rfft(radii, axis=1)
    terms[:, waves + 1 :] = 0
    return np.asarray(scipy.fft.irfft(terms, RAYS, axis=1))


def erode(mask: Masks, times: int) -> Masks:
    """Take `times` layers of pixels off each mask; a pixel has four neighbours."""
    return ~dilate(~mask, times)


def dilate(mask: Masks, times: int) -> Masks:
    """Put `times` layers of pixels onto each mask; a pixel has four neighbours."""
    for _ in range(times):
        wider = mask.copy()
        wider[:, 1:] |= mask[:, :-1]
        wider[:, :-1] |= mask[:, 1:]
        wider[:, :, 1:] |= mask[:, :, :-1]
        wider[:, :, :-1] |= mask[:, :, 1:]
        mask = wider
    return mask


_WITHIN = np.zeros((3, 3, 3), bool)
_WITHIN[1] = ndimage.generate_binary_structure(2, 1)


def largest_piece(mask: Masks) -> Masks:
    """Keep the largest connected piece of each mask."""
    labels, number = ndimage.label(mask, _WITHIN)
    if not number:
        return mask
    sizes = np.bincount(labels.ravel(), minlength=number + 1)
    sizes[0] = 0
    flat = labels.reshape(len(mask), -1)
    best = flat[np.arange(len(mask)), sizes[flat].argmax(axis=1)]
    return np.asarray((labels == best[:, None, None]) & mask)


def fill_holes(mask: Masks) -> Masks:
    """Fill what a mask surrounds."""
    labels, number = ndimage.label(~mask, _WITHIN)
    outside = np.zeros(number + 1, bool)
    for edge in (labels[:, 0], labels[:, -1], labels[:, :, 0], labels[:, :, -1]):
        outside[edge.ravel()] = True
    return np.asarray(mask | ~outside[labels])


def _otsu(layers: Images) -> Images:
    """Otsu's threshold of each layer, (n,), over 64 levels from its lowest to its highest value."""
    flat = layers.reshape(len(layers), -1)
    low, high = flat.min(axis=1), flat.max(axis=1)
    step = np.maximum(high - low, 1e-9) / 64
    level = ((flat - low[:, None]) / step[:, None]).astype(np.int32)
    np.minimum(level, 63, out=level)
    level += 64 * np.arange(len(flat), dtype=np.int32)[:, None]
    share = np.bincount(level.ravel(), minlength=64 * len(flat)).reshape(-1, 64) / flat.shape[1]
    below = share.cumsum(axis=1)
    mean = (share * np.arange(64)).cumsum(axis=1)
    between = (mean[:, -1:] * below - mean) ** 2 / (below * (1 - below) + 1e-9)
    return np.asarray(low + step * between.argmax(axis=1), np.float32)


def _window_max(layers: Images) -> Images:
    """Maximum of the 5 x 5 pixels around each."""
    for axis in (1, 2):
        layers = ndimage.maximum_filter1d(layers, 5, axis=axis)
    return layers


def _checked(images: Images) -> Images:
    images = np.asarray(images, np.float32)
    if images.ndim != 4 or images.shape[1:] != (SIZE, SIZE, 3):
        raise ValueError(f"images have the shape {images.shape}, and (n, 64, 64, 3) is needed")
    if images.size and not (images.min() >= -1e-3 and images.max() <= 1.001):
        raise ValueError(
            f"images go from {images.min():g} to {images.max():g}, and 0 to 1 is needed; "
            "bytes are divided by 255"
        )
    return images
