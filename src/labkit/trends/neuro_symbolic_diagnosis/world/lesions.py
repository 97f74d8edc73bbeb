"""Lesions with an exact ABCD truth, apart from any picture of them.

A lesion is what the rule asks for (asymmetry, border, colours, structures) and a private geometry,
drawn independently: where its axis lies, how large its spots are. So the same lesion can be drawn
under another light, turned, or with one finding changed and everything else kept. Turning truth
and geometry into pixels is left to `renderer`.

What counts, after Nachbar et al. 1994 (J Am Acad Dermatol 30(4), 551-559), with one
simplification: asymmetry is that of the outline only, while a clinician also looks at the
distribution of colours and structures.

- asymmetry, 0 to 2: about how many of two perpendicular axes the outline is no mirror image
- border, 0 to 8: eighths of the outline at which the pigment ends abruptly
- colours: which of six cover an area; dots and globules are structures, not areas
- structures: which of five are there; a homogeneous area covers over a tenth of the lesion
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from labkit.trends.neuro_symbolic_diagnosis.world.geometry import LUCK, light_or_dark
from labkit.trends.neuro_symbolic_diagnosis.world.scores import tds_tenths

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

COLOURS = ("white", "red", "light_brown", "dark_brown", "blue_grey", "black")
STRUCTURES = ("network", "homogeneous", "streaks", "dots", "globules")
BROWNS = (COLOURS.index("light_brown"), COLOURS.index("dark_brown"))


@dataclass(frozen=True)
class Lesions:
    """The truth of `n` lesions, and the geometry that shows it.

    `asymmetry` (n,) 0 to 2, `border` (n,) 0 to 8, `colours` (n, 6) and `structures` (n, 5) of 0 and
    1 in the order of `COLOURS` and `STRUCTURES`, at least one set in each row. `ground` (n,) is the
    colour of the lesion's body, one that is present. `luck` (n, LUCK) are numbers in [0, 1) from
    which the geometry follows.
    """

    asymmetry: Ints
    border: Ints
    colours: Ints
    structures: Ints
    ground: Ints
    luck: Floats

    def __len__(self) -> int:
        return len(self.asymmetry)

    @property
    def tenths(self) -> Ints:
        """Ten times the TDS, shape (n,)."""
        return tds_tenths(self.asymmetry, self.border, self.colours, self.structures)

    @property
    def tds(self) -> Floats:
        """Total dermatoscopy score, shape (n,), 1.0 to 8.9."""
        return self.tenths / 10

    def concepts(self) -> dict[str, Ints]:
        """Return the truth without the geometry."""
        names = ("asymmetry", "border", "colours", "structures")
        return {name: getattr(self, name) for name in names}

    def take(self, index: Any) -> Lesions:
        """Return the lesions at `index`: a slice, a mask or whole numbers."""
        rows = np.atleast_1d(np.arange(len(self))[index])
        return Lesions(**{name: value[rows] for name, value in vars(self).items()})


def draw_lesions(n: int, seed: int) -> Lesions:
    """Draw `n` lesions; one seed gives the same again, and more of them begin with the same.

    A hidden severity makes the findings of a lesion go together, as they do in clinics: asymmetric
    lesions have more colours. About four in ten have a TDS above 4.75.
    """
    streams = [np.random.default_rng(source) for source in np.random.SeedSequence(seed).spawn(3)]
    normal = streams[0].standard_normal((n, 5))
    luck = streams[1].random((n, LUCK))
    severity = normal[:, 0]

    def correlated(column: int, share: float) -> Floats:
        own = np.sqrt(1 - share**2) * normal[:, column]
        return np.clip(share * severity + own, -2.5, 2.5)

    asymmetry = np.digitize(correlated(1, 0.5), [-0.45, 0.45])
    border = np.clip(np.rint(4 + 2.2 * correlated(2, 0.4)), 0, 8)
    colour_count = np.clip(np.rint(3 + 1.2 * correlated(3, 0.5)), 1, 6)
    structure_count = np.clip(np.rint(2.8 + 1.1 * correlated(4, 0.4)), 1, 5)

    # Which ones: the first so many of a random order. A brown always comes first.
    order = streams[2].random((n, 11))
    ground = np.array(BROWNS)[light_or_dark(luck)]
    order[np.arange(n), ground] = -1
    return Lesions(
        asymmetry=asymmetry.astype(np.int64),
        border=border.astype(np.int64),
        colours=(_ranks(order[:, :6]) < colour_count[:, None]).astype(np.int64),
        structures=(_ranks(order[:, 6:]) < structure_count[:, None]).astype(np.int64),
        ground=ground,
        luck=luck,
    )


def make_lesions(
    asymmetry: ArrayLike,
    border: ArrayLike,
    colours: ArrayLike,
    structures: ArrayLike,
    seed: int = 0,
) -> Lesions:
    """Make lesions with a given truth: (n,), (n,), (n, 6) and (n, 5), see `Lesions`.

    The geometry comes from `seed`: the same seed gives lesion i the same geometry whatever its
    findings. Raises `ValueError` that names a value out of range.
    """
    flat, rows = np.atleast_1d, np.atleast_2d
    n = len(flat(np.asarray(asymmetry)))
    _, shape_stream = np.random.SeedSequence(seed).spawn(2)
    luck = np.random.default_rng(shape_stream).random((n, LUCK))
    lesions = Lesions(
        flat(np.asarray(asymmetry, np.int64)),
        flat(np.asarray(border, np.int64)),
        rows(np.asarray(colours, np.int64)),
        rows(np.asarray(structures, np.int64)),
        np.array(BROWNS)[light_or_dark(luck)],
        luck,
    )
    return _checked(lesions)


def with_concepts(
    lesions: Lesions,
    asymmetry: ArrayLike | None = None,
    border: ArrayLike | None = None,
    colours: ArrayLike | None = None,
    structures: ArrayLike | None = None,
) -> Lesions:
    """Return the same lesions with some findings changed: what a counterfactual looks like.

    A single number, or one row, is given to all lesions. Raises `ValueError` as `make_lesions`.
    """
    given = {
        "asymmetry": asymmetry,
        "border": border,
        "colours": colours,
        "structures": structures,
    }
    changed: dict[str, Any] = {
        name: np.broadcast_to(np.asarray(value, np.int64), getattr(lesions, name).shape).copy()
        for name, value in given.items()
        if value is not None
    }
    return _checked(replace(lesions, **changed))


def _checked(lesions: Lesions) -> Lesions:
    """Refuse a truth that the rule does not know; choose a ground colour that is present."""
    n = len(lesions)
    shapes = {"border": (n,), "colours": (n, 6), "structures": (n, 5)}
    for name, shape in shapes.items():
        if getattr(lesions, name).shape != shape:
            found = getattr(lesions, name).shape
            raise ValueError(f"{name} has the shape {found}, and {shape} is needed")
    limits = {"asymmetry": 2, "border": 8, "colours": 1, "structures": 1}
    for name, highest in limits.items():
        values = getattr(lesions, name)
        wrong = values[(values < 0) | (values > highest)]
        if len(wrong):
            raise ValueError(f"{name} goes from 0 to {highest}, and {wrong[0]} was given")
    for name in ("colours", "structures"):
        empty = np.flatnonzero(getattr(lesions, name).sum(axis=1) == 0)
        if len(empty):
            raise ValueError(f"lesion {empty[0]} has no {name}; the rule counts at least one")
    return replace(lesions, ground=_present_ground(lesions))


def _present_ground(lesions: Lesions) -> Ints:
    """Keep the ground colour where it is present; else take a brown, else the first present."""
    preference = np.zeros((len(lesions), 6))
    preference[:, BROWNS] = 1
    preference[np.arange(len(lesions)), lesions.ground] = 2
    return np.asarray(np.where(lesions.colours > 0, preference, -1).argmax(axis=1))


def _ranks(keys: Floats) -> Ints:
    """Place of each key in its row, 0 for the lowest."""
    return np.asarray(keys.argsort(axis=1).argsort(axis=1))
