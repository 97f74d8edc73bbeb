"""The references of task 2, asymmetry and colours, and the full table of measurements.

Border and structures are measured by `labkit.trends.neuro_symbolic_diagnosis.measurements`; what a
lab's task asks for stands here. The full table serves the draws of later tasks, so that none of
them depends on how well a learner measured.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from labkit.trends.neuro_symbolic_diagnosis import measurements as shipped
from labkit.trends.neuro_symbolic_diagnosis.measurements import RAYS, Images, Segmentation
from labkit.trends.neuro_symbolic_diagnosis.world.lesions import COLOURS
from labkit.trends.neuro_symbolic_diagnosis.world.nuisances import SKIN
from labkit.trends.neuro_symbolic_diagnosis.world.renderer import COLOUR_RGB

Floats = NDArray[np.float64]

ASYMMETRY = (
    "mirror_better",
    "mirror_worse",
    "mirror_least",
    "mirror_most",
    "mirror_mean",
    *(f"wave_{times}" for times in range(1, 7)),
)
COLOUR = (
    *(f"near_{name}" for name in COLOURS),
    *(f"least_{name}" for name in COLOURS),
)
MEASUREMENTS = (*ASYMMETRY, *COLOUR, *shipped.BORDER_AND_STRUCTURES)
"""Columns of `measure_all`."""

_NEAR, _AREA = 0.17, 0.02


def asymmetry_score(images: Images) -> Floats:
    """Return how asymmetric each outline is, (n,): larger is more, about 0 for a perfect one."""
    table = measure_all(images)
    better, worse = (
        table[:, MEASUREMENTS.index(name)] for name in ("mirror_better", "mirror_worse")
    )
    return np.asarray(better + 0.3 * worse)


def colour_count(images: Images) -> Floats:
    """Return how many colours of the rule cover an area of each lesion, (n,)."""
    first = MEASUREMENTS.index(f"near_{COLOURS[0]}")
    shares = measure_all(images)[:, first : first + len(COLOURS)]
    return np.asarray((shares > _AREA).sum(axis=1), np.float64)


def measure_all(images: Images) -> Floats:
    """Measure all criteria in `images` (n, 64, 64, 3): (n, len(MEASUREMENTS))."""
    parts = []
    for start in range(0, len(images), shipped.BATCH):
        part = np.asarray(images[start : start + shipped.BATCH], np.float32)
        found = shipped.segment(part)
        parts.append(
            np.column_stack(
                [_asymmetry(found), _colours(part, found), shipped.measure_segmented(part, found)]
            )
        )
    return np.concatenate(parts)


def _asymmetry(found: Segmentation) -> Floats:
    """Compare the outline with its mirror images about 72 axes through the centroid.

    A mismatch is the area in one of the two outlines only, as a share of the lesion's. The pair of
    perpendicular axes with the least sum is the one the rule means.
    """
    radii = shipped.smooth_outline(shipped.outline(found.mask))
    area = radii**2
    ray = np.arange(RAYS)
    # Mirrored about the axis at k * 2.5 degrees, ray i comes from ray k - i.
    mirrored = area[:, (ray[:, None] - ray) % RAYS]
    mismatch = np.abs(mirrored - area[:, None]).sum(axis=2) / (2 * area.sum(axis=1)[:, None])
    pair = mismatch[:, : RAYS // 2] + mismatch[:, RAYS // 2 :]
    best = pair.argmin(axis=1)
    rows = np.arange(len(radii))
    both = np.sort([mismatch[rows, best], mismatch[rows, best + RAYS // 2]], axis=0)
    waves = np.abs(np.fft.rfft(radii / radii.mean(axis=1, keepdims=True), axis=1))[:, 1:7] / RAYS
    return np.column_stack(
        [*both, mismatch.min(axis=1), mismatch.max(axis=1), mismatch.mean(axis=1), waves]
    )


def _colours(images: Images, found: Segmentation) -> Floats:
    """Share of the lesion near each colour, and the least distance to it.

    The skin around the lesion tells the light, so colours are judged as under neutral light.
    """
    light = found.skin / np.array(SKIN, np.float32)
    # The light is common to all channels for the most part; skin tones differ too.
    gain = np.maximum(0.5 * light + 0.5 * light.mean(axis=1, keepdims=True), 0.05)
    neutral = images / gain[:, None, None]
    # Channels first: (n, 3, 64, 64), and by the binomial formula the squared distances to the six.
    smooth = np.stack([shipped.blur(neutral[..., channel], 0.9) for channel in range(3)], axis=1)
    pixels = smooth.reshape(len(images), 3, -1)
    away = (COLOUR_RGB**2).sum(axis=1)[:, None] - 2 * (COLOUR_RGB @ pixels)
    away += (pixels**2).sum(axis=1)[:, None]
    inside = shipped.erode(found.mask, 2).reshape(len(images), -1)
    size = np.maximum(inside.sum(axis=1), 1)
    nearest = np.where(inside & (away.min(axis=1) < _NEAR**2), away.argmin(axis=1), -1)
    share = np.column_stack([(nearest == colour).sum(axis=1) / size for colour in range(6)])
    away[np.broadcast_to(~inside[:, None], away.shape)] = 9
    least = np.sqrt(np.maximum(away.min(axis=2), 0))
    return np.column_stack([share, least])
