"""Right and wrong answers of the task `suggest`."""

from __future__ import annotations

import numpy as np
from scipy.stats import qmc


def _kernel(a, b, length):
    return np.exp(-0.5 * ((a[:, None] - b[None]) ** 2).sum(axis=2) / length**2)


def expected_best(tried, scores, seed):
    """A Gaussian process of shorter length, Thompson's way."""
    rng = np.random.default_rng(seed)
    if len(scores) < 9:
        return rng.uniform(size=6).tolist()
    near = np.clip(tried[scores.argmax()] + rng.normal(0, 0.12, (200, 6)), 0, 1)
    candidates = np.vstack([near, rng.uniform(size=(200, 6))])
    known = _kernel(tried, tried, 0.45) + 1e-4 * np.eye(len(tried))
    across = _kernel(candidates, tried, 0.45)
    mean = scores.mean() + across @ np.linalg.solve(known, scores - scores.mean())
    spread = np.sqrt(np.maximum(1 - (across * np.linalg.solve(known, across.T).T).sum(1), 0))
    return candidates[np.argmax(mean + 0.5 * scores.std() * spread)]


def by_optuna(tried, scores, seed):
    """Optuna's TPE, told of all that was tried."""
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    space = {f"x{i}": optuna.distributions.FloatDistribution(0, 1) for i in range(6)}
    study = optuna.create_study(
        direction="maximize", sampler=optuna.samplers.TPESampler(seed=seed, n_startup_trials=8)
    )
    for row, score in zip(tried, scores, strict=True):
        params = dict(zip(space, row.tolist(), strict=True))
        study.add_trial(
            optuna.trial.create_trial(params=params, distributions=space, value=float(score))
        )
    return list(study.ask(space).params.values())


def _random(tried, scores, seed):
    return np.random.default_rng(seed).uniform(size=6)


def _corners(tried, scores, seed):
    return [0.25 + 0.5 * (len(scores) >> bit & 1) for bit in range(6)]


def _even(tried, scores, seed):
    return qmc.Sobol(6, seed=1).random(64)[len(scores)]


def _even_inside(tried, scores, seed):
    """An even design of the middle of the cube."""
    return 0.2 + 0.6 * qmc.Sobol(6, seed=1).random(64)[len(scores)]


def _random_inside(tried, scores, seed):
    return np.random.default_rng(seed).uniform(0.15, 0.85, 6)


def _turned(tried, scores, seed):
    """Minimises."""
    return expected_best(tried, -scores, seed)


def _around_the_last(tried, scores, seed):
    rng = np.random.default_rng(seed)
    if len(scores) == 0:
        return rng.uniform(size=6)
    return np.clip(tried[-1] + rng.normal(0, 0.05, 6), 0, 1)


def _one_at_a_time(tried, scores, seed):
    """Seven values of one setting after the other, the others in the middle."""
    row = np.full(6, 0.5)
    row[len(scores) // 7] = (len(scores) % 7) / 6
    return row


def _unseen(tried, scores, seed):
    """Explores only: as far as possible from all that was tried."""
    candidates = np.random.default_rng(seed).uniform(size=(200, 6))
    if len(scores) == 0:
        return candidates[0]
    return candidates[((candidates[:, None] - tried) ** 2).sum(2).min(1).argmax()]


RIGHT = {"another process": expected_best, "by optuna": by_optuna}
WRONG = {
    "random": (_random, "no better than random"),
    "corners of a grid": (_corners, "no better than random"),
    "an even design": (_even, "no better than random"),
    "an even design of the middle": (_even_inside, "may be, on average"),
    "random in the middle": (_random_inside, "may be, on average"),
    "turned round": (_turned, "no better than random"),
    "around the last": (_around_the_last, "may be, on average"),
    "one at a time": (_one_at_a_time, "may be, on average"),
    "explores only": (_unseen, "no better than random"),
    "the middle": (lambda *a: [0.5] * 6, "may be, on average"),
    "out of the cube": (lambda *a: [1.5] * 6, "outside of 0 to 1"),
}

_EFFORT = "how many candidates, and how many trials to look around, hardly matters"
HARMLESS = {
    "constant: …g(seed).uniform(size=(300, 6)) -> …g(seed).uniform(size=(301, 6))": _EFFORT,
    "constant: …rng(seed).uniform(size=(300, 6)) -> …rng(seed).uniform(size=(299, 6))": _EFFORT,
    "constant: if len(scores) < 8: -> *": _EFFORT,
    "comparison: if len(scores) < 8: -> if len(scores) <= 8:": _EFFORT,
    "index: return candidates[0] -> return candidates[1]": "all candidates are uniform draws",
    "constant: …nProcessRegressor(RBF(0.5), alpha=1e-06, optimizer=None) -> "
    "…nProcessRegressor(RBF(0.75), alpha=1e-06, optimizer=None)": "lengths from "
    "0.3 to 0.85 reach the bar",
    "memory: only argument 2 is fresh, the others are of the last call": "each call goes on from "
    "the last, and whoever is one trial behind loses little",
    "operator: return candidates[(mean + spread).argmax()] -> *": "eight random trials have looked "
    "around, so a cautious choice among what is known reaches the bar too",
}
