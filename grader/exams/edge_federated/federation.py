"""The reference that corrects the clinics' drift, and what plainer methods reach beside it.

Source of the corrections: Karimireddy et al. (2020), SCAFFOLD, arXiv 1910.06378, option II.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labkit.trends.edge_federated.metrics import gap
from labkit.trends.edge_federated.world.clinics import Clinics, Labels, gradient
from labkit.trends.edge_federated.world.federation import (
    Client,
    Server,
    averaged,
    rounds,
)

Floats = NDArray[np.float64]


def scaffold(step: float = 0.5, steps: int = 30) -> tuple[Client, Server]:
    """Local steps, each corrected by how the clinic's slope differs from that of all."""

    def client(
        down: dict[str, Floats], x: Floats, y: Labels, state: Floats | None
    ) -> tuple[dict[str, Floats], Floats]:
        model = down["model"]
        everybody = down.get("slope", np.zeros_like(model))
        own = np.zeros_like(model) if state is None else state
        local = model.copy()
        for _ in range(steps):
            local -= step * (gradient(local, x, y) - own + everybody)
        own = own - everybody + (model - local) / (steps * step)
        return {"model": local, "slope": own}, own

    def server(
        down: Any, messages: Sequence[dict[str, Floats]], sizes: Sequence[int], state: Any
    ) -> tuple[dict[str, Floats], None]:
        return {
            name: np.average([m[name] for m in messages], axis=0, weights=sizes)
            for name in ("model", "slope")
        }, None

    return client, server


def momentum(step: float, steps: int, share: float) -> tuple[Client, Server]:
    """Averaged models that begin with a share of the last common move: the nearest wrong idea."""

    def part(model: Floats, extra: Floats, x: Floats, y: Labels, memory: Floats) -> Any:
        local = model + share * extra
        for _ in range(steps):
            local -= step * gradient(local, x, y)
        return local, local - model, memory

    return averaged(part)


def reached(clinics: Clinics, best: Floats, method: tuple[Client, Server], number: int) -> float:
    """The gap to the best model after some rounds."""
    *_, (model, _) = rounds(clinics, *method, number)
    return gap(model, clinics, best)
