"""The figures of lesson 12, computed anew: gaps by round, accuracy against epsilon, odd updates.

    python benchmarks/edge_federated/figures.py [--seeds 20]

Writes `src/labkit/trends/edge_federated/figures/*.json`. About five minutes on one core.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "grader"))

from scipy.optimize import brentq  # noqa: E402

from exams.edge_federated.accountant import bounds  # noqa: E402
from exams.edge_federated.federation import scaffold  # noqa: E402
from labkit.trends.edge_federated import baselines, metrics  # noqa: E402
from labkit.trends.edge_federated.world.clinics import (  # noqa: E402
    accuracy,
    draw_clinics,
    gradient,
)
from labkit.trends.edge_federated.world.federation import rounds  # noqa: E402

FIGURES = ROOT / "src" / "labkit" / "trends" / "edge_federated" / "figures"
ROUNDS, ALPHAS = 40, (0.1, 1.0, 100.0)
METHODS = {**baselines.METHODS, "corrected steps (SCAFFOLD)": scaffold}

CLIENTS, EPSILONS, DELTA = (100, 300, 1_000, 3_000), (0.5, 1.0, 2.0, 4.0, 8.0), 1e-5
PRIVATE_ROUNDS, TAKES_PART, CLIP = 60, 0.1, 1.0


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
                run = []
                for model, sent in rounds(clinics, *method(), ROUNDS):
                    run.append(metrics.gap(model, clinics, best))
                runs.append(run)
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


def odd(seeds: int) -> list[dict]:
    """The gap that is left by three rules, with and without two clinics that turn their updates."""
    rows = []
    for alpha in (0.1, 100.0):
        for attackers in (0, 2):
            for name, rule in RULES.items():
                runs = [_attacked(alpha, attackers, rule, seed) for seed in range(seeds)]
                rows.append(
                    {
                        "alpha": alpha,
                        "attackers": attackers,
                        "rule": name,
                        "gap": round(float(np.median(runs)), 4),
                    }
                )
                print(rows[-1], flush=True)
    return rows


def _attacked(alpha: float, attackers: int, rule, seed: int) -> float:
    clinics = draw_clinics(np.random.default_rng(seed), alpha=alpha, new=10)
    learns, _ = baselines.fed_avg()

    def client(down, x, y, state):
        own, _ = learns(down, x, y, None)
        place = 0 if state is None else state
        return own - down["model"], place

    def server(down, messages, sizes, state):
        moves = [-5 * m if k < attackers else m for k, m in enumerate(messages)]
        return {"model": down["model"] + rule(np.array(moves), np.array(sizes))}, None

    *_, (model, _) = rounds(clinics, client, server, ROUNDS)
    return metrics.gap(model, clinics, metrics.optimum(clinics))


def _krum(moves: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """The update closest to its neighbours (Blanchard et al. 2017), two attackers assumed."""
    flat = moves.reshape(len(moves), -1)
    distance = ((flat[:, None] - flat[None]) ** 2).sum(axis=2)
    score = np.sort(distance, axis=1)[:, 1 : len(moves) - 3].sum(axis=1)
    return moves[score.argmin()]


RULES = {
    "mean": lambda moves, sizes: np.average(moves, axis=0, weights=sizes),
    "median": lambda moves, sizes: np.median(moves, axis=0),
    "Krum": _krum,
}


def main() -> None:
    """Compute and write all three."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=20)
    seeds = parser.parse_args().seeds
    for name, figure in (
        ("odd", odd(seeds)),
        ("private", private(max(3, seeds // 4))),
        ("gaps", gaps(seeds)),
    ):
        path = FIGURES / f"{name}.json"
        path.write_text(json.dumps(figure, separators=(",", ":")) + "\n", encoding="utf-8")
        print(f"written: {path}", flush=True)


if __name__ == "__main__":
    main()
