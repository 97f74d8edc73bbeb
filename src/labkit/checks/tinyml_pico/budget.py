"""The verdict on a network that has to fit a budget: is it as good as careful training makes it?

Cycles and flash come from `cost`, which was fitted to the chip; the accuracy is measured here, on
people who were left out.
"""

from __future__ import annotations

from typing import Any

from labkit.checks.tinyml_pico import redraw
from labkit.checks.tinyml_pico.quantised import int8_network
from labkit.exercise.guard import call
from labkit.exercise.outcome import Outcome, failed, passed
from labkit.exercise.task import Instance, Task
from labkit.trends.tinyml_pico import cost, integer, network

SECONDS = 240.0
"""Of CPU for a call that trains; the reference needs below fifteen."""

ACCURACY = 0.885
"""On people who were not in the training. Twenty exams, in int8: widths 8, 12, 16 reach .901 to
.961 with two seeds of `training.train`, .906 to .967 taught by two larger networks, and .901 to
.955 when pruned and trained again. With 10 of 40 epochs they reach .678 to .871; half the width
reaches .668 to .818. In between lie 20 epochs, with .867 to .940."""

STRANGE = 0.3
"""Below this a network does not know the movements: guessing gets .14."""

STRANGERS = (
    "This network does not know the movements. They are this customer's own, so the package's "
    "ready networks do not understand them, neither as answers nor as teachers. Train on these "
    "windows, with their labels in order."
)


def judge(answer: Any, instance: Instance) -> Outcome:
    """A network that fits flash and cycles, held against the course's own of that size."""
    train, test = redraw.movements(instance)
    limits = {"cycles": instance["cycles"], "flash_bytes": instance["flash_bytes"]}
    raw = call(answer, train.signal, train.exercise, limits, seconds=SECONDS)
    return _verdict(raw, test, instance)


def _verdict(raw: Any, test: redraw.Side, instance: Instance) -> Outcome:
    """Hold cycles, flash and accuracy of one network against the instance's figures."""
    made = int8_network(raw)
    on = (
        f"at most {instance['cycles']:,} cycles and {instance['flash_bytes']:,} bytes of flash; "
        f"tested on {redraw.TESTED[0]} people who were not in the training"
    )
    spent = {"cycles": cost.cycles(made), "flash_bytes": cost.flash_bytes(made)}
    for name, unit in (("cycles", "cycles"), ("flash_bytes", "bytes of flash")):
        if spent[name] > instance[name]:
            return failed(
                f"Your network takes {spent[name]:,.0f} {unit}; the budget is {instance[name]:,}.",
                on=on,
                next_step="Fewer channels: cost.cycles and cost.flash_bytes tell the price of an "
                "int8 network before anything is compiled.",
                misconception="Zeros in a tensor save nothing on this chip: they are stored and "
                "multiplied like other numbers. Whole channels have to go."
                if _sparse(made)
                else "",
            )
    answers = integer.run(made, integer.quantise_input(made, test.signal))
    accuracy = network.accuracy(answers, test.exercise)
    seen = (
        f"Accuracy {accuracy:.1%} on {len(answers)} windows of new people, with "
        f"{spent['cycles']:,.0f} cycles and {spent['flash_bytes']:,.0f} bytes"
    )
    if accuracy >= ACCURACY:
        return passed(f"{seen}. At least {ACCURACY:.1%} was wanted within the budget.")
    return failed(
        f"{seen}; at least {ACCURACY:.1%} is wanted within this budget.",
        on=on,
        next_step="Spend the budget: train the largest shape that fits for all of its epochs. A "
        "pruned network needs training again, and a teacher has to know these windows itself.",
        misconception=STRANGERS
        if accuracy < STRANGE
        else "Another network within the budget is more often right: this one is smaller or "
        "less trained than the budget allows.",
    )


def _sparse(made: network.Network) -> bool:
    """Whether a third of the weights are zero."""
    weights = [layer["weight"] for layer in made["layers"] if "weight" in layer]
    zeros = sum(int((weight == 0).sum()) for weight in weights)
    return 3 * zeros > sum(weight.size for weight in weights)


TASK = Task(
    "budget",
    15,
    judge,
    (
        "Which widths fit? network.WIDE names ready networks of four widths, and "
        "training.prune(network.float_network(0), widths) makes one of other widths in no time. "
        "Their accuracy is of no interest here, only what they cost.",
        "Train the largest network that fits, and quantise it as in the task before.",
        "If it is still too often wrong: networks of twice the width, trained on these same "
        "windows, may teach the small one: training.train(..., "
        "teacher=training.ensemble(teachers, signal)).",
    ),
    title="A sound network for a budget",
)
