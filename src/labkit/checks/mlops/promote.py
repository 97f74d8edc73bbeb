"""Judge of the task `promote`: better models go out, equal and harmful ones do not."""

from __future__ import annotations

from typing import Any

from labkit.checks.mlops.redraw import duel
from labkit.exercise.guard import call
from labkit.exercise.outcome import Outcome, failed, passed
from labkit.exercise.reading import as_flag
from labkit.exercise.task import Instance, Task

QUICK = 2.0
"""CPU-seconds of a call; the reference needs a thousandth."""

MOST = {"equal": 0.075, "worse": 0.075, "harmful": 0.2}
LEAST = 0.9
"""Shares of the duels of each kind that may, or must, be promoted. On four exams right answers (by
standard errors, signs, paired tests) promote 97 to 100 % of better, 1 to 5 % of equal and no
harmful models; unpaired tests 35 to 43 % of better and 63 % or more of harmful ones, and who asks
for a gain in all segments 38 to 57 % of better ones."""

TRAPS = {
    "equal": "Of two equal models one is ahead by chance, the new one every other time.",
    "harmful": "On the whole the new model is better, and in one segment it is much worse. The "
    "people in it will notice.",
    "unpaired": "Both models saw the same cases. Count those on which they differ: what both get "
    "right, or both wrong, is noise.",
    "never": "Never promoting does no harm and no good.",
    "hair": "With eight segments a better model is often behind in one of them by chance.",
}


def judge(answer: Any, instance: Instance) -> Outcome:
    """Shares of duels that are promoted, by kind."""
    promoted: dict[str, list[bool]] = {}
    for number, kind in enumerate(instance["kinds"]):
        drawn = duel(instance, number)
        said = call(answer, drawn.old, drawn.new, drawn.segment, seconds=QUICK)
        promoted.setdefault(kind, []).append(as_flag(said, "promote"))
    share = {kind: sum(said) / len(said) for kind, said in promoted.items()}
    words = "Promoted: " + ", ".join(
        f"{share[kind]:.0%} of {kind} models" for kind in ("better", *MOST)
    )
    on = f"{len(instance['kinds'])} duels on {instance['n']:,} cases each"
    if not any(share.values()):
        return failed(f"{words}.", on=on, misconception=TRAPS["never"])
    for kind, most in MOST.items():
        if share[kind] > most:
            return failed(
                f"{words}. Of {kind} ones {most:.1%} may be.",
                on=on,
                next_step="Look at the interval of the difference, in every segment as well."
                if kind == "harmful"
                else "Promote where the interval of the difference lies above 0.",
                misconception=TRAPS.get(kind, ""),
            )
    if share["better"] < LEAST:
        return failed(
            f"{words}. Of better ones {LEAST:.0%} must be.",
            on=on,
            next_step="Take the standard error of new - old, case by case.",
            misconception=TRAPS["hair"] if share["equal"] <= 0.02 else TRAPS["unpaired"],
        )
    return passed(f"{words}.")


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
