"""How far a model learned apart is from the best one, and what was sent for it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from labkit.trends.edge_federated.world.clinics import Clinics, gradient, loss

Floats = NDArray[np.float64]


def optimum(clinics: Clinics) -> Floats:
    """The best model of all patients together, (features, classes), by L-BFGS on the whole loss.

    The loss is strictly convex, so there is one such model. Its gradient is below 1e-7 in every
    weight.
    """
    x, y = clinics.together
    start = clinics.start()

    def value(weights: Floats) -> tuple[float, Floats]:
        model = weights.reshape(start.shape)
        return loss(model, x, y), gradient(model, x, y).ravel()

    found = minimize(
        value,
        start.ravel(),
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": 5_000, "maxfun": 10_000, "ftol": 1e-15, "gtol": 1e-8, "maxcor": 30},
    )
    return np.asarray(found.x).reshape(start.shape)


def gap(model: Floats, clinics: Clinics, best: Floats) -> float:
    """What is left of the way to the optimum: 1 at the start, 0 at the best model.

    Args:
        model: weights, (features, classes).
        clinics: whose patients it is for.
        best: `optimum(clinics)`.
    """
    x, y = clinics.together
    least = loss(best, x, y)
    return (loss(model, x, y) - least) / (loss(clinics.start(), x, y) - least)


def bytes_sent(message: Any) -> int:
    """Bytes of the numbers in a message: 4 for each, as single precision sends them.

    Args:
        message: an array or number, or lists, tuples and dictionaries of these.
    """
    if isinstance(message, dict):
        return sum(bytes_sent(part) for part in message.values())
    if isinstance(message, (list, tuple)):
        return sum(bytes_sent(part) for part in message)
    return 0 if message is None else 4 * int(np.size(message))
