"""Reading beliefs: a dictionary of tables of probabilities."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labkit.exercise.reading import as_mapping, as_probabilities
from labkit.trends.neuro_symbolic_diagnosis.logic import WIDTHS

Floats = NDArray[np.float64]


def as_beliefs(value: Any, n: int, names: Sequence[str]) -> dict[str, Floats]:
    """Read the probabilities of the named criteria, each (n, levels).

    Raises:
        UnusableError: a criterion is missing, has another shape, or holds no probabilities.
    """
    tables = as_mapping(
        value, names, "beliefs", "perception.beliefs(logits) returns such a dictionary."
    )
    return {
        name: as_probabilities(tables[name], f"belief of {name}", (n, WIDTHS[name]))
        for name in names
    }
