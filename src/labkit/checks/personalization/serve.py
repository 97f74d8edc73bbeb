"""Task `serve`: titles for live visitors, batch by batch, judged by what is watched."""

from __future__ import annotations

from typing import Any

import numpy as np

from labkit.checks.personalization.redraw import service
from labkit.exercise.guard import call
from labkit.exercise.outcome import Outcome, failed, passed
from labkit.exercise.reading import as_choices
from labkit.exercise.task import Instance, Task, each_case
from labkit.trends.personalization.world import live

HISTORY, BATCHES, VISITORS = 2_000, 30, 100

ASKED = 0.72
"""Share of the way from the static rule to the oracle. Upper bounds, Thompson sampling and an
optimistic start go .75 to .94 of it (80 services). The mean of each title with a bonus goes .19 to
.57, and no rule that looks at no visitor goes further than .60; two of the four features .44 to .85
and at most .76 in the worse of two services (.73 and less in 39 of 40 exams), a tenth of chance at
most .70 in the worse one, upper bounds without fatigue .36, greedy learning .08, popularity and the
static rule without fatigue less than nothing."""

QUICK = 10.0
"""CPU-seconds of a call; the reference needs a hundredth."""


def judge(answer: Any, instance: Instance) -> Outcome:
    """Let the answer serve each service; what it earns is the sum of exact chances."""

    def one(case: Instance) -> Outcome:
        known, rng = service(case)
        seen, shown, watched = live.draw_history(rng, known, HISTORY)
        features, recent, earned = seen.features, seen.recent, 0.0
        news = ~known.old
        for seed in case["seeds"]:
            visitors = live.draw_visitors(rng, known, VISITORS)
            past = {
                "features": features,
                "recent": recent,
                "items": shown,
                "watched": watched,
            }
            raw = call(answer, past, *visitors, known.genre, known.keep, seed, seconds=QUICK)
            picked = as_choices(raw, "titles", VISITORS, range(len(known.genre)))
            chance = live.chances(known, visitors)
            earned += float(chance[np.arange(VISITORS), picked].sum())
            watched = np.concatenate([watched, live.watch(rng, known, visitors, picked)])
            features = np.concatenate([features, visitors.features])
            recent = np.concatenate([recent, visitors.recent])
            shown = np.concatenate([shown, picked])
        per_visit = earned / (len(case["seeds"]) * VISITORS)
        way = (per_visit - case["static"]) / (case["oracle"] - case["static"])
        if way >= ASKED:
            return passed("")
        tried = float(news[shown[HISTORY:]].mean())
        return failed(
            f"{per_visit:.3f} items are watched per visit. The static rule of the old log earns "
            f"{case['static']:.3f}, an oracle {case['oracle']:.3f}: you go {way:.0%} of the way, "
            f"{ASKED:.0%} is asked. New titles got {tried:.0%} of the visits.",
            on=f"{HISTORY:,} visits in the log, {len(case['seeds']) * VISITORS:,} live ones, keep "
            f"{known.keep:g}",
            next_step="Show what may be good until you know that it is not; and count what was "
            "watched against what fatigue left.",
            misconception=_idea(way, case, tried),
        )

    return each_case(instance, one, "New titles are found, and nobody is bored.")


def _idea(way: float, case: Instance, tried: float) -> str:
    if tried < 0.02:
        return "What was never shown has no clicks. That says nothing of what it is worth."
    if way > 0:
        blind = (case["blind"] - case["static"]) / (case["oracle"] - case["static"])
        return (
            "Not everybody likes the same titles, and who is tired of a genre likes it no less: a "
            f"rule that looks at no visitor's features goes {blind:.0%} of the way at most."
        )
    return ""


TASK = Task(
    "serve",
    15,
    judge,
    (
        "Fatigue is known: the chance is keep ** recent[genre] times a linear function of the "
        "features. So regress watched on keep ** recent · features, one ridge for each title.",
        "Add a bonus for what is uncertain (your bounds of the task before), then multiply by "
        "keep ** recent of the visitor who is there now, and take the largest.",
    ),
    title="Serve a live audience",
    traps={},
)
