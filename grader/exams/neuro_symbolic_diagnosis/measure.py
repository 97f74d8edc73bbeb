"""Task `measure`: seeds of two sets of pictures, which the judge renders again."""

from __future__ import annotations

from typing import Any

import numpy as np

LESIONS = 360
"""Of these about 300 are shown."""

DARKEST = 0.5
"""Share of the light that the darkest images have; `draw_cases` dims none."""


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``, two sets of images of lesions of unusual forms.

    Each has ``words``, ``drawn``, how many lesions are drawn, ``seed``, and ``hair`` and ``ruler``,
    the shares of images with them, and ``darkest``, down to which share the light is dimmed.
    """
    kinds = (
        ("without hair or ruler", 0.0, 0.0),
        ("some with hair or a ruler", 0.35, 0.2),
    )
    return {
        "cases": [
            {
                "words": words,
                "drawn": LESIONS,
                "seed": int(rng.integers(2**31)),
                "hair": hair,
                "ruler": ruler,
                "darkest": DARKEST,
            }
            for words, hair, ruler in kinds
        ]
    }
