"""Figures that take minutes to compute, read from the package.

`benchmarks/edge_federated/figures.py` computes them anew. What they show is left to `plots`.
"""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any


def figure(name: str) -> Any:
    """Return a saved figure.

    Args:
        name: "gaps" (what is left of the gap, by alpha, method and round), "private" (accuracy by
            number of clients and epsilon for each client), "patients" (accuracy by epsilon for each
            patient of ten clinics) or "odd" (gap and accuracy by alpha, attack and rule).
    """
    path = files("labkit.trends.edge_federated") / "figures" / f"{name}.json"
    return json.loads(path.read_text(encoding="utf-8"))
