"""Task `ppo`: a shelf of small orders whose demand follows a calendar drawn for each learner."""

from __future__ import annotations

from typing import Any

import numpy as np

from .calendar import draw_shelf


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return one shelf with four weeks, lead time 2 and customers of one to four units.

    Keys: see `calendar.draw_shelf`.
    """
    return draw_shelf(rng, 2, 4, largest=4, blind_gap=0.075, levels_gap=0.05)
