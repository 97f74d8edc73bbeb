"""The explorations of the lesson: how clinics drift apart, and what noise hides for how many.

Drawing is left to `plots`, numbers to the world and to the saved figures.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from labkit.pictures.explorer import Explorer, choice
from labkit.pictures.plot import Plot
from labkit.trends.edge_federated.baselines import fed_avg
from labkit.trends.edge_federated.data import figure
from labkit.trends.edge_federated.metrics import gap, optimum
from labkit.trends.edge_federated.plots import mixes_and_gap, two_worlds
from labkit.trends.edge_federated.world.clinics import Clinics, draw_clinics, gradient
from labkit.trends.edge_federated.world.federation import rounds

SEED, CLINICS, PATIENTS, ROUNDS, STEP = 9, 8, 60, 40, 1.0
ONE_STEP = "1 step a round"


def explore_drift() -> Explorer:
    """Sliders for how alike the clinics are and how long each learns alone between two averages."""
    controls = {
        "alpha": choice("alpha (likeness)", 0.1, (0.05, 0.1, 0.3, 1.0, 10.0, 100.0)),
        "steps": choice("local steps (a round)", 30, (3, 10, 30)),
    }
    return Explorer(_drift, controls)


def _drift(alpha: float, steps: int) -> Plot:
    clinics = _clinics(alpha)
    shares = [np.bincount(y, minlength=clinics.classes) / len(y) for y in clinics.y]
    gaps = {ONE_STEP: _gaps(alpha, 1), f"{steps} steps a round": _gaps(alpha, steps)}
    return mixes_and_gap(shares, gaps)


@lru_cache(maxsize=8)
def _clinics(alpha: float) -> Clinics:
    rng = np.random.default_rng(SEED)
    return draw_clinics(rng, clinics=CLINICS, alpha=alpha, patients=PATIENTS, new=10)


@lru_cache(maxsize=32)  # a reader goes back and forth
def _gaps(alpha: float, steps: int) -> tuple[float, ...]:
    clinics = _clinics(alpha)
    best = optimum(clinics)
    run = rounds(clinics, *fed_avg(STEP, steps), ROUNDS)
    return tuple(gap(model, clinics, best) for model, _ in run)


def explore_privacy() -> Explorer:
    """Sliders for the number of clients and for the epsilon that each of them is promised."""
    saved = figure("private")
    sizes = sorted({row["clients"] for row in saved["rows"]})
    promises = sorted({row["epsilon"] for row in saved["rows"] if row["epsilon"]})
    controls = {
        "clients": choice("clients", 300, sizes),
        "epsilon": choice("epsilon (promised)", 1.0, promises),
    }
    return Explorer(_privacy, controls)


def _privacy(clients: int, epsilon: float) -> Plot:
    saved = figure("private")
    accuracies = {
        f"{row['clients']:,} clients": row["accuracy"]
        for row in saved["rows"]
        if row["epsilon"] == epsilon
    }
    return two_worlds(
        saved["noise"][str(epsilon)],
        saved["takes_part"] * clients,
        _first_move(),
        accuracies,
        f"{clients:,} clients",
        epsilon,
    )


@lru_cache(maxsize=1)
def _first_move() -> float:
    """Length of the mean update of the first round, each at most 1 long, with 300 clients."""
    rng = np.random.default_rng(SEED)
    people = draw_clinics(rng, clinics=300, alpha=1.0, patients=10, new=10)
    updates = []
    for x, y in zip(people.x, people.y, strict=True):
        local = people.start()
        for _ in range(10):
            local -= 0.3 * gradient(local, x, y)
        updates.append(local / max(1.0, float(np.linalg.norm(local))))
    return float(np.linalg.norm(np.mean(updates, axis=0)))
