"""What trials buy: excess of each model over the oracle, and what optuna costs beside random.

    python benchmarks/automl/trials.py [SEEDS]

Six CPU-seconds a seed: share of the default LightGBM's excess on churn and credit; then CPU-seconds
of 30 trials on the same surfaces, as a ratio side by side in one run. Median (least to most) of 20
seeds:

    churn   logistic .44 (.38 to .51), tuned .31 (.24 to .43), FLAML .38 (.31 to .47),
            mean of line and tuned .30 (.23 to .42), stacked .29 (.23 to .42)
    credit  logistic .09 (.07 to .13), tuned .13 (.10 to .20), FLAML .09 (.07 to .25),
            mean of line and tuned .08 (.05 to .10), stacked .07 (.05 to .09)
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


def by_flaml(x, y, trials=48):
    """What FLAML chooses in so many trials of three folds."""
    from flaml import AutoML

    search = AutoML()
    search.fit(
        x, y, task="classification", metric="log_loss", estimator_list=["lgbm", "lrl1"],
        max_iter=trials, time_budget=-1, learner_selector="roundrobin",
        eval_method="cv", n_splits=3, seed=0, n_jobs=1, verbose=0,
    )  # fmt: skip
    return lambda new: search.predict_proba(new)[:, 1]


def stacked(x, y, predictors):
    """Weights of the candidates by their predictions out of fold; return the weighted mean."""
    inside = [baselines.shuffled_folds(fit, x, y, 5) for fit in predictors]
    shares = np.linspace(0, 1, 41)
    losses = [
        metrics.expected_log_loss(y, share * inside[0] + (1 - share) * inside[1])
        for share in shares
    ]
    best = shares[int(np.argmin(losses))]
    one, other = (fit(x, y) for fit in predictors)
    return lambda new: best * one(new) + (1 - best) * other(new)


def straight_line(x, y):
    """Logistic regression; return a function from features to chances."""
    model = LogisticRegression().fit(x, y)
    return lambda new: model.predict_proba(new)[:, 1]


def shares(draw, rows, seed):
    """Each model's excess as a share of the default's, on one drawn table."""
    train, new = draw(rows, 2 * seed), draw(20_000, 2 * seed + 1)
    settings = tuned(train.x, train.y)
    best = boosted(train.x, train.y, **settings)(new.x)
    line = straight_line(train.x, train.y)(new.x)
    both = stacked(train.x, train.y, [lambda x, y: boosted(x, y, **settings), straight_line])(new.x)
    default = metrics.excess(new.chance, boosted(train.x, train.y)(new.x))
    models = {
        "logistic": line,
        "tuned": best,
        "FLAML": by_flaml(train.x, train.y)(new.x),
        "mean": (best + line) / 2,
        "stacked": both,
    }
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
            low, middle, high = np.quantile(each, [0, 0.5, 1])
            print(
                f"{name:7} {model:9} {middle:.2f} ({low:.2f} to {high:.2f}) of the default's",
                flush=True,
            )
    seconds = {}
    for way in (baselines.random_search, baselines.by_optuna):
        start = process_time()
        regrets = [way(surfaces.draw_surface(1_000 + seed), 30, seed)[-1] for seed in range(12)]
        seconds[way.__name__] = process_time() - start
        print(f"{way.__name__}: regret {np.mean(regrets):.3f}, {seconds[way.__name__]:.3f} CPU-s")
    print(f"ratio {seconds['by_optuna'] / seconds['random_search']:.0f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
