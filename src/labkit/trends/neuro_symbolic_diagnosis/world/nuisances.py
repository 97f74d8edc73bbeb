"""What a picture of a lesion has besides the lesion: light, turn, hair, ruler, skin, noise.

Nuisances are drawn apart from the lesions, so that the same lesion can be seen under others, and
none of them touches its truth. How they look in pixels is left to `renderer`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

SKIN = (0.88, 0.70, 0.60)
"""Mean colour of the skin, red, green and blue in [0, 1]."""

MOST_HAIRS = 3


@dataclass(frozen=True)
class Nuisances:
    """How each of `n` pictures was taken.

    `rotation` (n,) radians, counter-clockwise as seen; `shift` (n, 2) right and down, in widths of
    the image; `light` (n, 3) gain of red, green and blue, 1 is neutral; `slope` (n, 2) brightness
    gained from one side to the other; `skin` (n, 3) colour in [0, 1]; `hairs` (n, 3, 3) each with
    angle, offset and bend, and `hair_count` (n,) how many are there; `ruler` (n,) whether a ruler
    lies at the edge; `grain` (n,) seed of the pixel noise, 0 for none.
    """

    rotation: Floats
    shift: Floats
    light: Floats
    slope: Floats
    skin: Floats
    hairs: Floats
    hair_count: NDArray[np.int64]
    ruler: NDArray[np.bool_]
    grain: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.rotation)

    def take(self, index: Any) -> Nuisances:
        """Return the nuisances at `index`: a slice, a mask or whole numbers."""
        rows = np.atleast_1d(np.arange(len(self))[index])
        return Nuisances(**{name: value[rows] for name, value in vars(self).items()})


def no_nuisances(n: int) -> Nuisances:
    """Return `n` ideal pictures: centred, unturned, even neutral light, no hair, no noise."""
    return Nuisances(
        rotation=np.zeros(n),
        shift=np.zeros((n, 2)),
        light=np.ones((n, 3)),
        slope=np.zeros((n, 2)),
        skin=np.tile(SKIN, (n, 1)),
        hairs=np.zeros((n, MOST_HAIRS, 3)),
        hair_count=np.zeros(n, np.int64),
        ruler=np.zeros(n, np.bool_),
        grain=np.zeros(n, np.int64),
    )


def draw_nuisances(
    n: int, seed: int, hair: float = 0.35, ruler: float | ArrayLike = 0.2
) -> Nuisances:
    """Draw the nuisances of `n` pictures; one seed gives the same again.

    `hair` is the share of pictures with one to three hairs. `ruler` is the share with a ruler or,
    to plant a shortcut, an array (n,) of the probability in each picture (0 and 1 decide it).
    """
    chances = np.asarray(ruler, float)
    if not 0 <= hair <= 1 or chances.min() < 0 or chances.max() > 1:
        raise ValueError(
            f"hair and ruler are shares from 0 to 1, and {hair} and {chances} were given"
        )
    streams = [np.random.default_rng(source) for source in np.random.SeedSequence(seed).spawn(3)]
    chance = streams[0].random((n, 10 + 3 * MOST_HAIRS))
    tint = streams[1].standard_normal((n, 7))
    hairs = chance[:, 10:].reshape(n, MOST_HAIRS, 3)
    brightness = 0.9 + 0.18 * chance[:, :1]
    return Nuisances(
        rotation=2 * np.pi * chance[:, 1],
        shift=0.08 * chance[:, 2:4] - 0.04,
        light=brightness * (1 + 0.02 * tint[:, :3]),
        slope=0.12 * chance[:, 4:6] - 0.06,
        skin=np.array(SKIN) + 0.015 * tint[:, 3:6] + 0.025 * tint[:, 6:],
        hairs=hairs * [np.pi, 0.8, 2.0] - [0.0, 0.4, 1.0],
        hair_count=np.where(chance[:, 6] < hair, 1 + (MOST_HAIRS * chance[:, 7]).astype(int), 0),
        ruler=chance[:, 8] < chances,
        grain=streams[2].integers(1, 2**62, n),
    )
