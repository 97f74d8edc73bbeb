"""Compute the stored figure of the module: what each rule costs, and whom it helps.

    PYTHONPATH=grader python benchmarks/responsible_ai/figures.py

Takes about five seconds. Best policies are linear programmes, which are no part of the package.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from exams.responsible_ai.programmes import accepted, blind
from labkit.trends.responsible_ai.data import LOSS, score_curves
from labkit.trends.responsible_ai.world import cells
from labkit.trends.responsible_ai.world.lending import above, profit, rates

PATH = Path(__file__).parents[2] / "src/labkit/trends/responsible_ai/figures/frontier.json"
BOUNDS = [0.0, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5]
RULES = ("opportunity", "odds", "parity")
BLIND_SEED = 2


def main() -> None:
    """Write the shares of the highest profit, the rates of each policy, and the blind optimum."""
    curves, groups = score_curves()
    scores = len(curves.good)
    free = accepted(curves, LOSS, "none", 0)
    most = profit(curves, free, LOSS)
    one_cut = max(
        (above([cut] * len(groups), scores) for cut in range(scores + 1)),
        key=lambda policy: profit(curves, policy, LOSS),
    )
    policies = {"no rule": free, "one cut-off": one_cut}
    for rule in RULES:
        policies[rule] = accepted(curves, LOSS, rule, 0)
    some = cells.draw_cells(np.random.default_rng(BLIND_SEED))
    figure = {
        "most": most,
        "bounds": BOUNDS,
        "share": {
            rule: [
                round(profit(curves, accepted(curves, LOSS, rule, bound), LOSS) / most, 5)
                for bound in BOUNDS
            ]
            for rule in RULES
        },
        "policies": {
            name: {
                "share": round(profit(curves, policy, LOSS) / most, 5),
                **{k: v.round(5).tolist() for k, v in rates(curves, policy)._asdict().items()},
            }
            for name, policy in policies.items()
        },
        "blind": {
            "seed": BLIND_SEED,
            "bounds": [0.0, 0.02, 0.05, 0.1, 0.2, 1.0],
            "accuracy": [round(blind(some, b), 5) for b in (0.0, 0.02, 0.05, 0.1, 0.2, 1.0)],
        },
    }
    PATH.write_text(json.dumps(figure, separators=(",", ":")) + "\n", encoding="utf-8")
    print(json.dumps(figure["policies"], indent=1), figure["share"], figure["blind"])


if __name__ == "__main__":
    main()
