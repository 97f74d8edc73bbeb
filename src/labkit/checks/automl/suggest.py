"""Judge of the task `suggest`: forty trials on each of 26 surfaces."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from labkit.exercise.guard import UnusableError, call
from labkit.exercise.outcome import Outcome, failed, passed
from labkit.exercise.reading import as_array
from labkit.exercise.task import Instance, Task
from labkit.trends.automl.world.surfaces import SETTINGS, draw_surface

MOST = 0.31
"""Share of random searches that are better, mean of 26 surfaces. Over 8 draws Gaussian processes of
several lengths are at 0.05 to 0.24, optuna's TPE at 0.12 to 0.28, steps of 0.1 or 0.2 from the best
so far at 0.07 to 0.29, the score of the nearest trial at 0.09 to 0.27. Searches that do not learn
are at 0.36 and more: random trials 0.49 to 0.60, an even design 0.43 to 0.58; what keeps to the
middle of the cube is at 0.4 and more, since no other surfaces are drawn. The mean regret tells
less: it hangs on the few surfaces where the peak is found by nobody."""

EDGE = 0.0
"""Peaks lie anywhere. What keeps to the middle, 0.15 from the ends, is then beaten by 0.47 of
random searches (400 surfaces); with 0.05 by 0.41, with 0.15 it is enough in one exam of seven."""

QUICK = 5.0
"""CPU-seconds of a call; one of scikit-learn needs a hundredth."""


def judge(answer: Any, instance: Instance) -> Outcome:
    """Drive the search; what counts is how many random searches are better."""
    better = []
    for place, (seed, random) in enumerate(
        zip(instance["surfaces"], instance["random"], strict=True)
    ):
        regret = _search(answer, seed, instance["trials"], instance["seed"] + place)
        better.append(rank(regret, random))
    share = float(np.mean(better))
    words = f"After {instance['trials']} trials {share:.0%} of random searches are better"
    if share <= MOST:
        return passed(f"{words}, on average over {len(better)} surfaces.")
    return failed(
        f"{words}; at most {MOST:.0%} may be, on average.",
        on=f"{len(better)} surfaces of {SETTINGS} settings",
        next_step="Spend the first third on looking around, the rest where the scores so far "
        "promise most.",
        misconception="This is no better than random search: the scores so far are not used, or "
        "only in the wrong direction."
        if share > 0.35
        else "",
    )


def rank(regret: float, random: Sequence[float]) -> float:
    """Return the share of random searches that leave less; `random` are quantiles of theirs."""
    return float(np.interp(regret, random, np.linspace(0, 1, len(random))))


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
