"""Judge of the task `promote`: better models go out, equal and harmful ones do not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from labkit.checks.mlops.redraw import DUELS, duel
from labkit.exercise.guard import call
from labkit.exercise.outcome import Outcome, failed, passed
from labkit.exercise.reading import as_flag
from labkit.exercise.task import Instance, Task
from labkit.trends.mlops.world.duels import Duel

QUICK = 2.0
"""CPU-seconds of a call; the reference needs a thousandth."""

MOST = {"equal": 0.075, "worse": 0.075, "harmful": 0.2}
LEAST = 0.9
"""Shares of the duels of each kind that may, or must, be promoted. On eight exams right answers (by
standard errors, signs, paired tests) promote 97 to 100 % of better, 0 to 5 % of equal and at most
10 % of harmful models; unpaired tests 68 to 87 % of better ones, a constant gain
too many equal or too few better ones, and a look at one segment of eight 63 % or more of harmful
ones."""

LOOKED = 8
"""Duels that are looked at again to say what went wrong."""

TRAPS = {
    "equal": "Of two equal models one is ahead by chance, the new one every other time.",
    "worse": "Worse models go out: the two were mixed up, or it was asked whether they differ and "
    "not which one is ahead.",
    "harmful": "On the whole the new model is better, and in one segment it is much worse. The "
    "people in it will notice.",
    "unpaired": "Both models saw the same cases. Count those on which they differ: what both get "
    "right, or both wrong, is noise.",
    "never": "Never promoting does no harm and no good.",
    "hair": "With eight segments a better model is often behind in one of them by chance.",
    "strict": "More is asked than chance needs, or the same gain of every duel: how far chance "
    "carries depends on the number of cases on which the models differ.",
}


def judge(answer: Any, instance: Instance) -> Outcome:
    """Shares of duels that are promoted, by kind."""
    promoted: dict[str, dict[int, bool]] = {}
    for number, kind in enumerate(instance["kinds"]):
        promoted.setdefault(kind, {})[number] = _said(answer, duel(instance, number))
    share = {kind: sum(said.values()) / len(said) for kind, said in promoted.items()}
    words = "Promoted: " + ", ".join(
        f"{share[kind]:.0%} of {kind} models" for kind in ("better", *MOST)
    )
    on = f"{len(instance['kinds'])} duels on {DUELS[0][0]:,} to {DUELS[-1][1]:,} cases each"
    if not any(share.values()):
        return failed(f"{words}.", on=on, misconception=TRAPS["never"])
    # A worse model that goes out says more than an equal one.
    for kind in ("worse", *MOST) if share["worse"] > share["better"] else MOST:
        if share[kind] > MOST[kind]:
            return failed(
                f"{words}. Of {kind} ones {MOST[kind]:.1%} may be.",
                on=on,
                next_step="Look at the interval of the difference, in every segment as well."
                if kind == "harmful"
                else "Promote where the interval of the difference lies above 0.",
                misconception=TRAPS[kind],
            )
    if share["better"] < LEAST:
        return failed(
            f"{words}. Of better ones {LEAST:.0%} must be.",
            on=on,
            next_step="Take the standard error of new - old, case by case.",
            misconception=TRAPS[_why(answer, instance, promoted["better"])],
        )
    return passed(f"{words}.")


def _said(answer: Any, drawn: Duel) -> bool:
    said = call(answer, drawn.old, drawn.new, drawn.segment, seconds=QUICK)
    return as_flag(said, "promote")


def _why(answer: Any, instance: Instance, better: dict[int, bool]) -> str:
    """Why better models are refused, tried on the same duels in another form."""
    refused = [duel(instance, number) for number, said in better.items() if not said][:LOOKED]

    def granted(form: Callable[[Duel], Duel]) -> bool:
        return sum(_said(answer, form(one)) for one in refused) > len(refused) / 2

    if granted(_evened):
        return "hair"
    without = granted(lambda one: _without_ties(_evened(one)))
    return "unpaired" if without and granted(lambda one: _nine_times(_evened(one))) else "strict"


def _evened(one: Duel) -> Duel:
    """The same cases, the gain spread evenly over the segments."""
    order = np.argsort(one.new - one.old, kind="stable")
    return Duel(one.old[order], one.new[order], np.arange(len(order)) % 8)


def _without_ties(one: Duel) -> Duel:
    """Only the cases on which the models differ: to a paired test it is the same evidence."""
    which = one.old != one.new
    return Duel(one.old[which], one.new[which], one.segment[which])


def _nine_times(one: Duel) -> Duel:
    """Every case nine times: the same gain, on nine times as many cases."""
    return Duel(*(np.tile(part, 9) for part in (one.old, one.new, one.segment)))


TASK = Task(
    "promote",
    10,
    judge,
    (
        "The difference new - old is -1, 0 or 1 in each case. How large is its mean, in standard "
        "errors?",
        "On the whole: promote above 2 standard errors.",
        "In each segment: refuse where the difference lies below -2 or -2.5 standard errors, not "
        "where it is below 0.",
    ),
    title="Promote, or not",
    traps=TRAPS,
)
