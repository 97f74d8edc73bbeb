"""Task `broken_promises`: which vendors give away more of a person than they claim."""

from __future__ import annotations

from typing import Any

from labkit.checks.personalization.redraw import viewed
from labkit.checks.personalization.vendors import vendor
from labkit.exercise.guard import call
from labkit.exercise.outcome import Outcome, failed, passed
from labkit.exercise.reading import as_names
from labkit.exercise.task import Instance, Task, each_case

SECONDS = 60.0
"""CPU-seconds of a call; the reference needs a half. In 270 audits honest vendors are at most at
.95 of their claim (`benchmarks/personalization/figures.py`), broken promises at 1.68 to 8.6 times
it. Where the claim is .15 to .22, honest ones are at most at .80 and broken ones at 1.40 and more
(8 tables)."""

WHY = {
    "one row": "Its noise hides one row. A person has several: look at one who watched much.",
    "no limit": "It counts every row: look at the person who watched most.",
    "half the noise": "It has half the noise it needs, which 20,000 runs show on one person with "
    "many rows.",
    "limit by title": "It limits each title by itself; a person who watched many titles moves many "
    "counts at once. Look at all counts together.",
    "noise by luck": "Most of its runs have next to no noise; only the others make it look like "
    "enough on average. Compare shares of runs, not means and variances.",
    "rare titles bare": "It leaves rare titles without noise: look at somebody who watched one.",
}


def judge(answer: Any, instance: Instance) -> Outcome:
    """Compare the set of names."""

    def one(case: Instance) -> Outcome:
        claims = case["titles"], case["bound"], case["epsilon"]
        vendors = {name: vendor(kind, *claims) for name, kind in case["vendors"]}
        raw = call(answer, vendors, viewed(case), case["epsilon"], seconds=SECONDS)
        named, broken = as_names(raw, "broken promises", vendors), set(case["broken"])
        if named == broken:
            return passed("")
        accused, missed = sorted(named - broken), sorted(broken - named)
        on = f"epsilon {case['epsilon']:g}, {case['titles']} titles, {len(vendors)} vendors"
        if accused:
            return failed(
                f"Vendor {accused[0]} keeps the promise and is accused.",
                on=on,
                next_step="A ratio of two shares has an error. Accuse where its lower bound, at 99 "
                "% and more, lies above epsilon.",
                misconception="A ratio that chance made is no evidence.",
            )
        return failed(
            f"Vendor {missed[0]} breaks the promise and was not found.",
            on=on,
            next_step=WHY[dict(case["vendors"])[missed[0]]],
            misconception="A promise holds for every person, not for the usual one.",
        )

    return each_case(instance, one, "Every broken promise is found, and nobody is accused wrongly.")


TASK = Task(
    "broken_promises",
    10,
    judge,
    (
        "Which people could a vendor forget? The one with most rows, one with few, one who watched "
        "what hardly anybody did. Remove each of them in turn.",
        "audit_epsilon takes one number a run. Try each title's count, and one number that joins "
        "them: how much nearer the vector is to the typical one with the person than without.",
        "Choose directions on some runs, or from the medians, and accuse where the lower bound "
        "lies above epsilon.",
    ),
    title="Whose promise is broken",
    traps={},
)
