"""Task `send_up`: the pictures whose sending brings most within a budget of bytes."""

from __future__ import annotations

from typing import Any

import numpy as np

from labkit.exercise.guard import call
from labkit.exercise.outcome import Outcome, failed, passed
from labkit.exercise.reading import as_choices
from labkit.exercise.task import Instance, Task, each_case
from labkit.exercise.traps import trap
from labkit.trends.edge_federated.world.camera import draw_pictures, gain

PICTURES = 400

SHARE = 0.98
"""Of the reference's gain, which is the optimum but for one picture of 400. Filling up what is
left, or searching around it, gives .995 to 1.003; draws in which a known mistake reaches .93 are
not used."""

SAME_TRAP = 1e-6

QUICK = 10.0
"""CPU-seconds of a call; the reference needs a millisecond, a solver below one second."""

TRAPS = {
    "least sure first": "The least sure first: it looks at doubt alone, and not at the bytes.",
    "smallest first": "The smallest first: it looks at bytes alone, and not at doubt.",
    "surest first": "The surest are sent, where the cloud can add nothing. Turn the order.",
    "in their order": "Pictures are sent as they come until the budget is gone.",
}


def judge(answer: Any, instance: Instance) -> Outcome:
    """Hold the gain against the reference's, and the bytes against the budget."""

    def one(case: Instance) -> Outcome:
        pictures = draw_pictures(
            np.random.default_rng(case["seed"]), PICTURES, case["kinds"], case["clear"]
        )
        raw = call(
            answer, pictures.chances, pictures.size, case["cloud"], case["budget"], seconds=QUICK
        )
        sent = as_choices(raw, "choice", PICTURES, (0, 1)) == 1
        on = (
            f"{PICTURES} pictures of {pictures.size.sum():,.0f} bytes, budget {case['budget']:,}, "
            f"cloud right in {case['cloud']:.1%}"
        )
        spent = float(pictures.size[sent].sum())
        if spent > case["budget"]:
            return failed(
                f"The pictures sent take {spent:,.0f} bytes; the budget is {case['budget']:,}.",
                on=on,
                next_step="Add up the bytes in the order of sending and stop before the budget.",
                misconception="A limit on doubt alone says nothing of the bytes it costs.",
            )
        brought = gain(pictures, sent, case["cloud"])
        words = (
            f"Sending {sent.sum()} pictures brings {brought:.1f} correct answers, "
            f"{brought / case['best']:.1%} of what is possible"
        )
        if brought >= SHARE * case["best"]:
            return passed(f"{words}.")
        needless = pictures.chances.max(axis=1) > case["cloud"]
        lost = float(np.mean(needless[sent])) if sent.any() else 0.0
        return failed(
            f"{words}; {SHARE:.0%} is asked.",
            on=on,
            next_step="What does sending one picture bring, in correct answers, and what does it "
            "cost, in bytes? Sort by the one over the other.",
            misconception=trap(brought, case["traps"], TRAPS, SAME_TRAP)
            or (
                "Pictures are sent of which the device is surer than the cloud: each of them costs "
                "bytes and answers."
                if lost > 0.05
                else ""
            ),
        )

    return each_case(instance, one, "The budget goes where it brings most.")


TASK = Task(
    "send_up",
    5,
    judge,
    (
        "The cloud is right with probability `cloud`, the device with its largest chance.",
        "Gain over bytes, the highest first; nothing with a gain below zero.",
    ),
    title="Which pictures go to the cloud",
    traps=TRAPS,
)
