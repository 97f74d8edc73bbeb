"""From chance numbers to the geometry of a lesion: outline, places of colours, spots, streaks.

Lengths are in widths of the image, angles in radians. The lesion's own frame has its centre at the
origin and its first axis along x; turning and moving it is the nuisances' work, so that no nuisance
can touch the truth. The geometry is drawn for every finding, present or not, and `renderer` shows
the present ones: taking a finding away leaves the others where they are.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

DOTS, GLOBULES = 18, 8
_FIELDS = {
    "ground": 1,
    "axis": 1,
    "radius": 1,
    "even": 2,
    "pear": 3,
    "skew": 4,
    "sectors": 8,
    "slots": 6,
    "ring": 1,
    "areas": 6,
    "tints": 18,
    "network": 2,
    "streaks": 2,
    "spot_counts": 2,
    "dots": 3 * DOTS,
    "globules": 3 * GLOBULES,
}
LUCK = sum(_FIELDS.values())
"""Chance numbers a lesion needs."""

_ENDS = np.cumsum(list(_FIELDS.values()))
_PLACE = {
    name: slice(int(end) - width, int(end))
    for (name, width), end in zip(_FIELDS.items(), _ENDS, strict=True)
}

ANGLES = 720
"""Angles at which an outline is tabulated."""

PEAR_ONE, PEAR_THREE, SKEW_FOUR = (0.06, 0.12), (0.07, 0.13), (0.08, 0.13)
"""Sizes, as shares of the radius, of the waves that make an outline asymmetric."""

# Areas lie on a ring: first the homogeneous one, then five colours, so far round that they hide
# neither it nor each other. Distances and sizes are shares of the outline's radius at that angle.
_RING = 0.55
_SLOT_ANGLES = np.deg2rad([70.0, 125.0, 180.0, 235.0, 290.0])


def luck_of(luck: Floats, name: str) -> Floats:
    """Chance numbers of one field, shape (n, width)."""
    return luck[:, _PLACE[name]]


def light_or_dark(luck: Floats) -> Ints:
    """Whether the ground prefers light (0) or dark brown (1), shape (n,)."""
    return (luck_of(luck, "ground")[:, 0] < 0.5).astype(np.int64)


def outline(luck: Floats, asymmetry: Ints) -> Floats:
    """Radius of the outline at `ANGLES` angles from 0 up, shape (n, ANGLES).

    Even cosines are mirror-symmetric about both axes, odd cosines about the first one only, and
    shifted waves about neither. The fourth wave keeps `asymmetry` 2 from being a turned 1.
    """
    angle = 2 * np.pi * (np.arange(ANGLES) + 0.5) / ANGLES
    even, pear, skew = (luck_of(luck, name) for name in ("even", "pear", "skew"))
    base = _between(luck_of(luck, "radius"), 0.27, 0.33)

    def wave(size: Floats, times: int, turn: Floats | float = 0.0) -> Floats:
        return size[:, None] * np.cos(times * angle - np.atleast_1d(turn)[:, None])

    side = np.where(pear[:, 2] < 0.5, -1.0, 1.0)
    one, three = side * _between(pear[:, 0], *PEAR_ONE), side * _between(pear[:, 1], *PEAR_THREE)
    shape = (
        1 + wave(_between(even[:, 0], 0.05, 0.12), 2) + wave(_between(even[:, 1], -0.03, 0.03), 4)
    )
    hand = np.where(skew[:, 3] < 0.5, -1.0, 1.0)
    turned_three = hand * np.deg2rad(_between(skew[:, 0], 40.0, 55.0))
    turned_four = hand * np.deg2rad(_between(skew[:, 1], 80.0, 100.0))
    lopsided = wave(one, 1) + wave(three, 3)
    skewed = wave(one, 1, -turned_three) + wave(three, 3, turned_three)
    skewed += wave(_between(skew[:, 2], *SKEW_FOUR), 4, turned_four)
    level = asymmetry[:, None]
    shape = shape + np.where(level == 1, lopsided, 0) + np.where(level == 2, skewed, 0)
    return np.clip(base * shape, 0.12, 0.46)


def unusual_outline(luck: Floats, asymmetry: Ints) -> Floats:
    """As `outline`, of forms in which no length, half a turn or wave alone tells the asymmetry.

    Of the symmetric ones four in ten are long and have corners or a waist, three in ten are long,
    up to half as long again as wide, and three in ten round, as lopsided ones are. Of those without
    any axis two in three are the same after half a turn, like an S: they have the same two waves as
    those with corners or a waist, and only how the two lie to each other differs.
    """
    angle = 2 * np.pi * (np.arange(ANGLES) + 0.5) / ANGLES
    even, pear, skew = (luck_of(luck, name) for name in ("even", "pear", "skew"))
    hand = np.where(skew[:, 3] < 0.5, -1.0, 1.0)

    def wave(size: Floats, times: int, turn: Floats | float = 0.0) -> Floats:
        return size[:, None] * np.cos(times * angle - np.atleast_1d(turn)[:, None])

    long = np.where(even[:, 1] < 0.7, _between(even[:, 0], 0.14, 0.2), 0.05 * even[:, 0])
    two, four = _between(pear[:, 0], 0.13, 0.18), _between(skew[:, 2], 0.12, 0.15)
    curved = 1 + wave(two, 2) + wave(four, 4, hand * np.deg2rad(_between(skew[:, 1], 80.0, 100.0)))
    cornered = 1 + wave(two, 2) + wave(hand * four, 4)
    base = _between(luck_of(luck, "radius"), 0.27, 0.33)
    shape = outline(luck, asymmetry) / base - wave(_between(even[:, 0], 0.05, 0.12), 2)
    for here, form in (
        (asymmetry == 0, 1 + wave(long, 2)),
        ((asymmetry == 0) & (even[:, 1] < 0.4), cornered),
        ((asymmetry == 2) & (pear[:, 2] < 2 / 3), curved),
    ):
        shape = np.where(here[:, None], form, shape)
    return np.clip(base * shape, 0.12, 0.46)


def sharp_sectors(luck: Floats, border: Ints) -> NDArray[np.bool_]:
    """Which eighths end abruptly, (n, 8); the first one begins at the lesion's first axis."""
    return luck_of(luck, "sectors").argsort(axis=1).argsort(axis=1) < border[:, None]


def colour_slots(luck: Floats, ground: Ints) -> Ints:
    """Place of each colour on the ring, (n, 6); the ground colour has none (-1)."""
    keys = luck_of(luck, "slots").copy()
    keys[np.arange(len(keys)), ground] = -1
    return keys.argsort(axis=1).argsort(axis=1) - 1


def area_discs(luck: Floats, slots: Ints, radii: Floats) -> Floats:
    """Centre x, y and radius of each colour's area, (n, 6, 3); of no meaning for the ground."""
    spread = luck_of(luck, "areas")
    angle = _SLOT_ANGLES[np.clip(slots, 0, 4)] + _ring_start(luck)[:, None]
    reach = _radius_at(radii, angle)
    distance = _RING * reach
    size = _between(spread, 0.23, 0.28) * reach
    return np.stack([distance * np.cos(angle), distance * np.sin(angle), size], axis=2)


def homogeneous_disc(luck: Floats, radii: Floats) -> Floats:
    """Centre x, y and radius of the homogeneous area, (n, 3): over a tenth of the lesion."""
    angle = _ring_start(luck)
    distance = 0.5 * _radius_at(radii, angle[:, None])[:, 0]
    size = 0.36 * np.sqrt((radii**2).mean(axis=1))
    return np.stack([distance * np.cos(angle), distance * np.sin(angle), size], axis=1)


def spots(luck: Floats, kind: str, radii: Floats) -> Floats:
    """Centre x, y and radius of dots or globules, (n, most, 3); those not drawn have radius 0.

    `kind` is "dots" (12 to 18) or "globules" (5 to 8). They keep off the homogeneous area.
    """
    most, fewest, low, high = (
        (DOTS, 12, 0.008, 0.012) if kind == "dots" else (GLOBULES, 5, 0.026, 0.034)
    )
    number = luck_of(luck, "spot_counts")[:, int(kind == "globules")]
    count = fewest + (number * (most - fewest + 1)).astype(np.int64)
    chance = luck_of(luck, kind).reshape(len(luck), most, 3)
    angle = np.deg2rad(_between(chance[..., 0], 50.0, 310.0)) + _ring_start(luck)[:, None]
    distance = np.sqrt(_between(chance[..., 1], 0.05, 0.6)) * _radius_at(radii, angle)
    size = _between(chance[..., 2], low, high) * (np.arange(most) < count[:, None])
    return np.stack([distance * np.cos(angle), distance * np.sin(angle), size], axis=2)


def _ring_start(luck: Floats) -> Floats:
    return 2 * np.pi * luck_of(luck, "ring")[:, 0]


def _radius_at(radii: Floats, angle: Floats) -> Floats:
    place = (angle / (2 * np.pi) * ANGLES).astype(np.int64) % ANGLES
    return np.asarray(np.take_along_axis(radii, place, axis=1))


def _between(chance: Floats, low: float, high: float) -> Floats:
    return low + (high - low) * chance
