"""The figures of lesson 12, computed anew: gaps by round, accuracy against epsilon, odd updates.

    python benchmarks/edge_federated/figures.py [--seeds 20] [--only odd patients]

Writes `src/labkit/trends/edge_federated/figures/*.json`. About ten minutes on one core.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "grader"))

from scipy.optimize import brentq  # noqa: E402
from scipy.special import softmax  # noqa: E402

from exams.edge_federated.accountant import bounds  # noqa: E402
from exams.edge_federated.federation import scaffold  # noqa: E402
from labkit.trends.edge_federated import baselines, metrics  # noqa: E402
from labkit.trends.edge_federated.world.clinics import (  # noqa: E402
    PENALTY,
    Clinics,
    accuracy,
    draw_clinics,
    gradient,
)
from labkit.trends.edge_federated.world.federation import rounds  # noqa: E402

FIGURES = ROOT / "src" / "labkit" / "trends" / "edge_federated" / "figures"
ROUNDS, ALPHAS = 40, (0.1, 1.0, 100.0)
METHODS = {**baselines.METHODS, "corrected steps (SCAFFOLD)": scaffold}

CLIENTS, EPSILONS, DELTA = (100, 300, 1_000, 3_000), (0.5, 1.0, 2.0, 4.0, 8.0), 1e-5
PRIVATE_ROUNDS, TAKES_PART, CLIP, PATIENT_STEP = 60, 0.1, 1.0, 2.0
ATTACKERS = 2


def gaps(seeds: int) -> dict:
    """The gap after every round and the bytes of a round, by alpha and method: one run a seed."""
    found: dict = {"rounds": ROUNDS, "seeds": seeds, "alphas": {}}
    for alpha in ALPHAS:
        by_method: dict = {}
        for name, method in METHODS.items():
            runs, sent = [], 0
            for seed in range(seeds):
                clinics = draw_clinics(np.random.default_rng(seed), alpha=alpha, new=10)
                best = metrics.optimum(clinics)
                models, sizes = zip(*rounds(clinics, *method(), ROUNDS), strict=True)
                runs.append([metrics.gap(model, clinics, best) for model in models])
                sent = sizes[-1]
            by_method[name] = {
                "median": np.median(runs, axis=0).round(5).tolist(),
                "low": np.quantile(runs, 0.1, axis=0).round(5).tolist(),
                "high": np.quantile(runs, 0.9, axis=0).round(5).tolist(),
                "bytes": sent,
            }
            print(alpha, name, by_method[name]["median"][-1], flush=True)
        found["alphas"][str(alpha)] = by_method
    return found


def private(seeds: int) -> dict:
    """Accuracy on new patients with a promise of epsilon to every client, by number of clients."""
    noises = {epsilon: _noise(epsilon) for epsilon in EPSILONS}
    rows = []
    for clients in CLIENTS:
        for epsilon, z in {**noises, None: 0.0}.items():
            reached = [_private_run(clients, z, seed) for seed in range(seeds)]
            rows.append(
                {"clients": clients, "epsilon": epsilon, "accuracy": round(np.mean(reached), 4)}
            )
            print(rows[-1], flush=True)
    return {
        "rounds": PRIVATE_ROUNDS,
        "takes_part": TAKES_PART,
        "delta": DELTA,
        "noise": {str(e): round(z, 3) for e, z in noises.items()},
        "rows": rows,
    }


def _noise(epsilon: float) -> float:
    def over(z: float) -> float:
        return bounds(z, TAKES_PART, PRIVATE_ROUNDS, DELTA)[1] - epsilon

    return float(brentq(over, 0.5, 40.0, xtol=1e-3))


def _private_run(clients: int, z: float, seed: int) -> float:
    """Averaged, clipped and noised updates of ten local steps; the accuracy at the end."""
    rng = np.random.default_rng(1_000 + seed)
    people = draw_clinics(rng, clinics=clients, alpha=1.0, patients=10, new=2_000)
    model, cohort = people.start(), TAKES_PART * clients
    for _ in range(PRIVATE_ROUNDS):
        total = np.zeros_like(model)
        for k in np.flatnonzero(rng.random(clients) < TAKES_PART):
            local = model.copy()
            for _ in range(10):
                local -= 0.3 * gradient(local, people.x[k], people.y[k])
            update = local - model
            total += update * min(1.0, CLIP / np.linalg.norm(update))
        model = model + (total + z * CLIP * rng.normal(size=model.shape)) / cohort
    return accuracy(model, people.new_x, people.new_y)


def patients(seeds: int) -> list[dict]:
    """Accuracy on new patients with a promise of epsilon to every patient of ten clinics."""
    rows = []
    for epsilon in (*EPSILONS, None):
        z = 0.0 if epsilon is None else _noise(epsilon)
        reached = [_patient_run(z, seed) for seed in range(seeds)]
        rows.append({"epsilon": epsilon, "accuracy": round(float(np.mean(reached)), 4)})
        print(rows[-1], flush=True)
    return rows


def _patient_run(z: float, seed: int) -> float:
    """One noised step a round along clipped slopes of single patients, a tenth of them a round."""
    rng = np.random.default_rng(2_000 + seed)
    clinics = draw_clinics(rng)
    x, y = clinics.together
    model, cohort = clinics.start(), TAKES_PART * len(y)
    for _ in range(PRIVATE_ROUNDS):
        some = rng.random(len(y)) < TAKES_PART
        error = softmax(x[some] @ model, axis=1)
        error[np.arange(some.sum()), y[some]] -= 1.0
        norms = np.linalg.norm(x[some], axis=1) * np.linalg.norm(error, axis=1)
        total = x[some].T @ (error * np.minimum(1.0, CLIP / norms)[:, None])
        noisy = (total + z * CLIP * rng.normal(size=model.shape)) / cohort
        model = model - PATIENT_STEP * (noisy + PENALTY * model)
    return accuracy(model, clinics.new_x, clinics.new_y)


def odd(seeds: int) -> list[dict]:
    """What three rules leave of the gap, with all clinics honest and with two that are not."""
    rows = []
    for alpha in (0.1, 100.0):
        for attack in ("none", "turned updates", "wrong labels"):
            for name, rule in RULES.items():
                runs = [_attacked(alpha, attack, rule, seed) for seed in range(seeds)]
                left, right = np.median(runs, axis=0)
                rows.append(
                    {
                        "alpha": alpha,
                        "attack": attack,
                        "rule": name,
                        "gap": round(float(left), 4),
                        "accuracy": round(float(right), 4),
                    }
                )
                print(rows[-1], flush=True)
    return rows


def _attacked(alpha: float, attack: str, rule, seed: int) -> tuple[float, float]:
    """The gap and the accuracy on new patients; the first two clinics attack, if any do."""
    clinics = draw_clinics(np.random.default_rng(seed), alpha=alpha)
    client, _ = baselines.fed_avg()

    def server(down, messages, sizes, state):
        moves = [message - down["model"] for message in messages]
        if attack == "turned updates":
            moves = [-5 * m if k < ATTACKERS else m for k, m in enumerate(moves)]
        return {"model": down["model"] + rule(np.array(moves), np.array(sizes))}, None

    *_, (model, _) = rounds(
        _mislabelled(clinics) if attack == "wrong labels" else clinics, client, server, ROUNDS
    )
    return (
        metrics.gap(model, clinics, metrics.optimum(clinics)),
        accuracy(model, clinics.new_x, clinics.new_y),
    )


def _mislabelled(clinics: Clinics) -> Clinics:
    """The same clinics, but the attackers call every diagnosis by the next one's name."""
    labels = [(y + (k < ATTACKERS)) % clinics.classes for k, y in enumerate(clinics.y)]
    return replace(clinics, y=labels)


def _krum(moves: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """The update closest to its neighbours (Blanchard et al. 2017), two attackers assumed."""
    flat = moves.reshape(len(moves), -1)
    distance = ((flat[:, None] - flat[None]) ** 2).sum(axis=2)
    score = np.sort(distance, axis=1)[:, 1 : len(moves) - ATTACKERS - 1].sum(axis=1)
    return moves[score.argmin()]


RULES = {
    "mean": lambda moves, sizes: np.average(moves, axis=0, weights=sizes),
    "median": lambda moves, sizes: np.median(moves, axis=0),
    "Krum": _krum,
}


FIGURES_OF = {
    "odd": odd,
    "patients": patients,
    "private": private,
    "gaps": gaps,
}


def main() -> None:
    """Compute and write all of them, or some."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--only", nargs="*", choices=FIGURES_OF, default=list(FIGURES_OF))
    asked = parser.parse_args()
    for name in asked.only:
        path = FIGURES / f"{name}.json"
        figure = FIGURES_OF[name](asked.seeds)
        path.write_text(json.dumps(figure, separators=(",", ":")) + "\n", encoding="utf-8")
        print(f"written: {path}", flush=True)


if __name__ == "__main__":
    main()
