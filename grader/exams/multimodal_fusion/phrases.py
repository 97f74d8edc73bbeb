"""What customers of the shops of exams write. What a phrase means differs from shop to shop.

Nothing here stands in the wheel, and whoever reads it all knows no shop: which situations are
those of one kind of use, and which qualities are praise, is dealt anew for each.
"""

from __future__ import annotations

from typing import Any

import numpy as np

SITUATIONS = (
    "Taken along to the campsite",
    "Stands beside the bathtub",
    "Carried upstairs to the attic",
    "Lives in the glove compartment",
    "Packed for the hiking hut",
    "Waits on grandfather's workbench",
    "Shared with the flatmates",
    "Moved into the caravan",
    "Kept behind the bakery counter",
    "Lent to a choir",
    "Found its way to the allotment",
    "Serves in the school canteen",
    "Rides in a bicycle basket",
    "Belongs to the rowing club",
    "Used in our pottery class",
    "Sits next to the aquarium",
    "Ended up in the tool shed",
    "Hangs in the stable",
    "Brought to rehearsals of the orchestra",
    "Stored under the bunk bed",
    "Set up for the village fair",
    "Goes to sea with my crew",
    "Placed in the waiting room",
    "Comes to every picnic",
    "Installed in the greenhouse",
    "Reserved for Sunday brunch",
    "Shipped to a student dormitory",
    "Handy during night shifts",
    "Meant for the nursery",
    "Tried at a barbecue",
    "Left at the riding school",
    "Put into the first-aid cupboard",
)
"""Situations of use: eight a shop, four of each kind."""

QUALITIES = (
    "rather heavy",
    "surprisingly thin",
    "smells of resin",
    "feels rubbery",
    "makes a clicking sound",
    "cool to the touch",
    "bends under pressure",
    "has rounded corners",
    "looks hand-made",
    "opens with a twist",
    "shows its grain",
    "dries within minutes",
    "stays warm for hours",
    "slides across the table",
    "takes up little room",
    "folds in three",
    "rings like a bell",
    "weighs almost nothing",
    "has a matt underside",
    "keeps its shape",
    "hums quietly",
    "floats",
    "stacks with its siblings",
    "needs two hands",
    "turns darker over time",
    "comes apart for cleaning",
    "grips firmly",
    "wears a leather strap",
    "bounces when dropped",
    "has seven screws",
    "catches the light",
    "holds a full litre",
)
"""What is said of a product: twelve a shop, four for each step of quality."""

ASIDES = (
    "Parcel left on the porch.",
    "Paid by transfer.",
    "Second order this year.",
    "Tracking number worked.",
    "Arrived before noon.",
    "Chosen from the catalogue.",
    "Voucher accepted.",
    "Postman was friendly.",
    "Sold out elsewhere.",
    "Seen in an advert.",
)


def draw_phrases(rng: np.random.Generator) -> dict[str, Any]:
    """Deal a shop's phrases: ``use`` (2 times 4), ``verdict`` (3 times 4), ``other`` (8)."""
    return {
        "use": _deal(rng, SITUATIONS, 2),
        "verdict": _deal(rng, QUALITIES, 3),
        "other": [str(one) for one in rng.permutation(ASIDES)[:8]],
    }


def _deal(rng: np.random.Generator, pool: tuple[str, ...], groups: int) -> list[list[str]]:
    chosen = rng.permutation(pool)[: 4 * groups].reshape(groups, 4)
    return [[str(one) for one in group] for group in chosen]
