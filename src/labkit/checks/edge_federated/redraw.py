"""Drawing again, from the seed in an instance, what is too large to stand in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from labkit.trends.edge_federated.world.clinics import Clinics, draw_clinics

KEYS = ("clinics", "alpha", "features", "classes", "patients", "apart")


def clinics(case: Mapping[str, Any]) -> Clinics:
    """The clinics of a case; it has a ``seed`` and the arguments of `draw_clinics` in `KEYS`."""
    settings = {key: case[key] for key in KEYS if key in case}
    return draw_clinics(np.random.default_rng(case["seed"]), **settings, new=10)
