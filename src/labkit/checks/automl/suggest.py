"""Judge of the task `suggest`: forty trials on each of twenty surfaces."""

from __future__ import annotations

from typing import Any

import numpy as np

from labkit.exercise.guard import UnusableError, call
from labkit.exercise.outcome import Outcome, failed, passed
from labkit.exercise.reading import as_array
from labkit.exercise.task import Instance, Task
from labkit.trends.automl.world.surfaces import SETTINGS, draw_surface

MOST = 0.6
"""Share of random search's regret, mean of twenty surfaces. Over 8 draws Gaussian processes of
several lengths leave 0.11 to 0.49, and up to 0.54 after only three random trials, shrinking steps
from the best 0.11 to 0.39, optuna's TPE 0.31 to 0.49 (3 draws). Searches that do not learn leave
more: random trials in the middle of the cube 0.65 to 1.09, an even design there 0.78 to 1.04,
random trials 0.83 to 1.15. In between, on either side of the bar by luck, lie steps of 0.1 from the
best of ten random trials, 0.27 to 0.68, steps of 0.2, 0.49 to 0.90, and the score of the nearest
trial, 0.22 to 0.65."""

EDGE = 0.05
"""Peaks lie nearly anywhere. With 0.15, random trials in the middle of the cube are enough in one
exam of seven, and an even design there in six of ten; with 0.05 in none of twenty."""

QUICK = 5.0
"""CPU-seconds of a call; one of scikit-learn needs a hundredth."""


def judge(answer: Any, instance: Instance) -> Outcome:
    """Drive the search; what counts is the regret of the best trial."""
    regrets = [
        _search(answer, seed, instance["trials"], instance["seed"] + place)
        for place, seed in enumerate(instance["surfaces"])
    ]
    share = float(np.mean(regrets)) / instance["random"]
    words = (
        f"After {instance['trials']} trials the best score is {np.mean(regrets):.3f} below the "
        f"optimum on average, {share:.2f} of what random search leaves."
    )
    if share <= MOST:
        return passed(words)
    return failed(
        f"{words} {MOST:g} is allowed.",
        on=f"{len(regrets)} surfaces of {SETTINGS} settings",
        next_step="Spend the first third on looking around, the rest where the scores so far "
        "promise most.",
        misconception="This is no better than random search: the scores so far are not used, or "
        "only in the wrong direction."
        if share > 0.75
        else "",
    )


def _search(answer: Any, seed: int, trials: int, luck: int) -> float:
    surface = draw_surface(seed, EDGE)
    tried, scores = np.empty((0, SETTINGS)), np.empty(0)
    for trial in range(trials):
        raw = call(answer, tried, scores, 1000 * luck + trial, seconds=QUICK)
        settings = as_array(raw, "settings", (SETTINGS,))
        if ((settings < 0) | (settings > 1)).any():
            raise UnusableError("A setting lies outside of 0 to 1.", "np.clip keeps it inside.")
        tried = np.vstack([tried, settings])
        scores = np.append(scores, surface.score(settings))
    return surface.regret(tried)


TASK = Task(
    "suggest",
    15,
    judge,
    (
        "The first few trials can be random. What do the scores say after ten of them?",
        "A cheap model of the score (a Gaussian process, or distances) can rank many candidates.",
        "Candidates: some anywhere, some near the best so far. Take the one with the highest "
        "upper limit, mean plus one standard deviation.",
    ),
    title="Suggest the next trial",
)
