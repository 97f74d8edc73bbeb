"""What trials buy: excess of each model over the oracle, and what optuna costs beside random.

Run it from the repository's root: `python benchmarks/automl/trials.py [SEEDS]`. Half a minute a
seed: share of the default LightGBM's excess on churn and credit; then CPU-seconds of 30 trials on
the same surfaces, as a ratio side by side in one run.
"""

from __future__ import annotations

import sys
from time import process_time

import lightgbm
import numpy as np
import optuna
from sklearn.linear_model import LogisticRegression

from labkit.trends.automl import baselines, metrics
from labkit.trends.automl.world import market, surfaces


def boosted(x, y, rounds=100, **settings):
    """Train LightGBM; return a function from features to chances."""
    data = lightgbm.Dataset(x, y.astype(float), params={"verbose": -1})
    fixed = {"objective": "binary", "verbose": -1, "num_threads": 1, "seed": 0}
    return lightgbm.train({**fixed, **settings}, data, rounds).predict


def tuned(x, y, trials=16):
    """Settings that optuna finds in so many trials of three folds."""

    def objective(trial):
        settings = {
            "num_leaves": trial.suggest_int("num_leaves", 2, 31),
            "learning_rate": trial.suggest_float("learning_rate", 0.02, 0.2, log=True),
            "min_data_in_leaf": trial.suggest_int("min_data_in_leaf", 5, 100, log=True),
            "rounds": trial.suggest_int("rounds", 30, 150),
        }
        said = baselines.shuffled_folds(lambda a, b: boosted(a, b, **settings), x, y, 3)
        return metrics.expected_log_loss(y, said)

    study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=0))
    study.optimize(objective, n_trials=trials)
    return study.best_params


def shares(draw, rows, seed):
    """Each model's excess as a share of the default's, on one drawn table."""
    train, new = draw(rows, 2 * seed), draw(20_000, 2 * seed + 1)
    best = boosted(train.x, train.y, **tuned(train.x, train.y))(new.x)
    line = LogisticRegression().fit(train.x, train.y).predict_proba(new.x)[:, 1]
    default = metrics.excess(new.chance, boosted(train.x, train.y)(new.x))
    models = {"logistic": line, "tuned": best, "blend": (line + best) / 2}
    return {name: metrics.excess(new.chance, said) / default for name, said in models.items()}


def main(seeds: int) -> None:
    """Print both tables."""
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    for name, draw, rows in (
        ("churn", market.draw_churn, 2_500),
        ("credit", market.draw_credit, 800),
    ):
        found = [shares(draw, rows, seed) for seed in range(seeds)]
        for model in found[0]:
            each = [one[model] for one in found]
            print(f"{name:7} {model:9} {min(each):.2f} to {max(each):.2f} of the default's excess")
    seconds = {}
    for way in (baselines.random_search, baselines.by_optuna):
        start = process_time()
        regrets = [way(surfaces.draw_surface(1_000 + seed), 30, seed)[-1] for seed in range(12)]
        seconds[way.__name__] = process_time() - start
        print(f"{way.__name__}: regret {np.mean(regrets):.3f}, {seconds[way.__name__]:.3f} CPU-s")
    print(f"ratio {seconds['by_optuna'] / seconds['random_search']:.0f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
