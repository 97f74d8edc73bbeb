"""Seeds of drawn worlds: too many to be tried one after the other."""

from __future__ import annotations

import numpy as np

from labkit.checks.generative_ai.redraw import SEEDS


def seed(rng: np.random.Generator) -> int:
    """Draw a seed."""
    return int(rng.integers(SEEDS))
