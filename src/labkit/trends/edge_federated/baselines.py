"""The textbook methods that no task asks for: averaged gradients and averaged models.

Each function returns a pair (client, server) for `world.federation.rounds`. Sources: McMahan et al.
(2017), arXiv 1602.05629 (FedSGD, FedAvg); Li et al. (2020), arXiv 1812.06127 (FedProx); Hsu, Qi and
Brown (2019), arXiv 1909.06335 (FedAvgM).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labkit.trends.edge_federated.world.clinics import Labels, gradient
from labkit.trends.edge_federated.world.federation import Client, Server

Floats = NDArray[np.float64]
Down = dict[str, Floats]


def fed_sgd(step: float = 2.0) -> tuple[Client, Server]:
    """One step a round, along the mean slope of all patients; `step` is its length."""

    def client(down: Down, x: Floats, y: Labels, state: Any) -> tuple[Floats, None]:
        return gradient(down["model"], x, y), None

    def server(
        down: Down, messages: Sequence[Floats], sizes: Sequence[int], state: Any
    ) -> tuple[Down, None]:
        slope = np.average(messages, axis=0, weights=sizes)
        return {"model": down["model"] - step * slope}, None

    return client, server


def fed_avg(step: float = 0.3, steps: int = 30, pull: float = 0.0) -> tuple[Client, Server]:
    """Every clinic learns by itself for `steps` steps; the server averages the models.

    With a `pull` above zero this is FedProx: each step leans back to the model of the round's
    beginning.
    """

    def server(
        down: Down, messages: Sequence[Floats], sizes: Sequence[int], state: Any
    ) -> tuple[Down, None]:
        return {"model": np.average(messages, axis=0, weights=sizes)}, None

    return _learner(step, steps, pull), server


def fed_avg_m(step: float = 0.3, steps: int = 10, momentum: float = 0.9) -> tuple[Client, Server]:
    """As `fed_avg`, with a server that keeps a share `momentum` of its last move."""

    def server(
        down: Down, messages: Sequence[Floats], sizes: Sequence[int], state: Floats | None
    ) -> tuple[Down, Floats]:
        move = np.average(messages, axis=0, weights=sizes) - down["model"]
        move = move if state is None else move + momentum * state
        return {"model": down["model"] + move}, move

    return _learner(step, steps, 0.0), server


def _learner(step: float, steps: int, pull: float) -> Client:
    def client(down: Down, x: Floats, y: Labels, state: Any) -> tuple[Floats, None]:
        own = down["model"].copy()
        for _ in range(steps):
            own -= step * (gradient(own, x, y) + pull * (own - down["model"]))
        return own, None

    return client


METHODS: dict[str, Callable[[], tuple[Client, Server]]] = {
    "FedSGD": fed_sgd,
    "FedAvg": fed_avg,
    "FedProx": lambda: fed_avg(pull=0.1),
    "FedAvgM": fed_avg_m,
}
