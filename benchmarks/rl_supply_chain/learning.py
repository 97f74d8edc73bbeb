"""Exact gap to the optimum against CPU-seconds, for back-propagation and for PPO.

Run from the root of the repository, on one core:

    OMP_NUM_THREADS=1 PYTHONPATH=grader python benchmarks/rl_supply_chain/learning.py --write

The shelf has lead time 4, Poisson(5) demand, holding cost 1 and penalty 4. Training is counted by
process time, scoring is not. `--write` stores the curves and the gaps of the simple policies for
the lesson's headline plot.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any

import torch
from reference_training import orders_of, ppo, ppo_orders, train_by_backprop

import labkit.trends.rl_supply_chain
from exams.rl_supply_chain.shelf import (
    best_base_stock,
    best_capped_base_stock,
    best_constant_order,
    optimum,
)
from labkit.trends.rl_supply_chain.metrics import lost_sales_cost

SHELF = (4, 5.0, 1.0, 4.0)
DEMAND = {"distribution": "poisson", "mean": 5.0}
EXACT = (4, DEMAND, 1.0, 4.0)  # the same shelf, as the exact costs have it
UPDATES = 400  # of back-propagation, in a full run
SCORED_AFTER = (10, 20, 35, 60, 100, 150, 200, 250, 300, 350, UPDATES)
PPO_STEPS = 2_400_000
DATA = Path(labkit.trends.rl_supply_chain.__file__).parent / "data" / "gap_curves.json"
Curve = list[tuple[float, float]]  # CPU-seconds of training so far, gap in percent


def gap(orders: Any, optimal: float) -> float:
    """Percent above the optimum of an ordering table."""
    return 100 * (lost_sales_cost(orders, *EXACT) / optimal - 1)


def backprop_curve(seed: int, optimal: float) -> Curve:
    """Train by back-propagation and score along the way."""
    curve = []
    spent, start = 0.0, time.process_time()
    training = train_by_backprop(*SHELF, updates=UPDATES, seed=seed)
    for update, policy in enumerate(training, start=1):
        if update in SCORED_AFTER:
            spent += time.process_time() - start
            curve.append((spent, gap(orders_of(policy, *SHELF), optimal)))
            start = time.process_time()
    return curve


def ppo_curve(seed: int, optimal: float) -> Curve:
    """Train PPO and score after each doubling of its steps, and some in between."""
    from stable_baselines3.common.callbacks import BaseCallback

    class Score(BaseCallback):
        def __init__(self) -> None:
            super().__init__()
            self.curve: Curve = []
            self.spent, self.start = 0.0, time.process_time()
            self.due = PPO_STEPS / 64

        def _on_step(self) -> bool:
            return True

        def _on_rollout_start(self) -> None:
            if self.num_timesteps >= self.due:
                self.score()
                self.due *= 2**0.5

        def score(self) -> None:
            self.spent += time.process_time() - self.start
            self.curve.append((self.spent, gap(ppo_orders(self.model, *SHELF), optimal)))
            self.start = time.process_time()

    score = Score()
    model = ppo(*SHELF, seed=seed)
    model.learn(PPO_STEPS, callback=score)
    score.score()
    return score.curve


def curves(backprop_seeds: int, ppo_seeds: int) -> dict[str, Any]:
    """Run everything, print the ends, and return what the lesson plots."""
    optimal = optimum(*EXACT).cost
    next(train_by_backprop(*SHELF))  # the first update loads parts of torch, for a second
    runs = []
    for name, seeds, train in (
        ("back-propagation", backprop_seeds, backprop_curve),
        ("PPO", ppo_seeds, ppo_curve),
    ):
        for seed in range(seeds):
            curve = train(seed, optimal)
            print(f"{name}, seed {seed}: " + ", ".join(f"{s:.1f} s {g:.2f} %" for s, g in curve))
            runs.append(
                {
                    "name": name,
                    "seed": seed,
                    "cpu_seconds": [round(seconds, 2) for seconds, _ in curve],
                    "gap_percent": [round(percent, 4) for _, percent in curve],
                }
            )
    baselines = {
        "constant order": best_constant_order(*EXACT[1:])[1],
        "base-stock": best_base_stock(*EXACT)[1],
        "capped base-stock": best_capped_base_stock(*EXACT)[2],
    }
    lead_time, demand, holding, penalty = EXACT
    return {
        "instance": {
            "lead_time": lead_time,
            "demand": demand,
            "holding": holding,
            "penalty": penalty,
            "optimal_cost": round(optimal, 5),
        },
        "source": "benchmarks/rl_supply_chain/learning.py; process time of training on one core",
        "methods": runs,
        "baselines": {
            name: round(100 * (cost / optimal - 1), 3) for name, cost in baselines.items()
        },
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--backprop-seeds", type=int, default=5)
    parser.add_argument("--ppo-seeds", type=int, default=3)
    parser.add_argument("--write", action="store_true", help="store the curves in the package")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    measured = curves(arguments.backprop_seeds, arguments.ppo_seeds)
    print(measured["baselines"])
    if arguments.write:
        DATA.write_text(json.dumps(measured, indent=1) + "\n")


if __name__ == "__main__":
    main()
