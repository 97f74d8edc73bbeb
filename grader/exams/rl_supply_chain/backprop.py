"""Task `backprop`: shelves whose demand follows a calendar that is drawn for each learner."""

from __future__ import annotations

from typing import Any

import numpy as np

from .calendar import draw_shelf


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``: four weeks and lead time 2, three weeks and lead time 3.

    Keys: see `calendar.draw_shelf`.
    """
    return {
        "cases": [
            draw_shelf(rng, 2, 4, largest=9, blind_gap=0.05, levels_gap=0.025),
            draw_shelf(rng, 3, 3, largest=7, blind_gap=0.05, levels_gap=0.025),
        ]
    }
