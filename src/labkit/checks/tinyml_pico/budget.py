"""The verdict on a network that has to fit a budget: is it as good as careful training makes it?

Cycles and flash come from `cost`, which was fitted to the chip; the accuracy is measured here, on
people who were left out.
"""

from __future__ import annotations

from typing import Any

from labkit.checks.tinyml_pico.quantised import int8_network
from labkit.exercise.outcome import Outcome, failed, partial, passed
from labkit.exercise.task import Instance
from labkit.trends.tinyml_pico import cost, data, integer, network

STRANGE = 0.45
"""Below this a network hardly knows the signals: ready ones get .22, their pupils .38."""

STRANGERS = (
    "Dominated by far: this network hardly knows the signals. Their axes come in an order of their "
    "own, so the package's ready networks do not understand them, neither as answers nor as "
    "teachers. Train your own on these windows, with their labels in order."
)


def verdict(raw: Any, test: data.Windows, instance: Instance) -> Outcome:
    """Hold cycles, flash and accuracy of one network against the instance's figures."""
    made = int8_network(raw)
    people = " and ".join(map(str, instance["people"]))
    on = (
        f"at most {instance['cycles']:,} cycles and {instance['flash_bytes']:,} bytes of flash; "
        f"tested on people {people}"
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
        f"Accuracy {accuracy:.1%} on {len(answers)} windows of people {people}, with "
        f"{spent['cycles']:,.0f} cycles and {spent['flash_bytes']:,.0f} bytes"
    )
    if accuracy >= instance["accuracy"]:
        return passed(f"{seen}. At least {instance['accuracy']:.1%} was wanted within the budget.")
    wanted = f"{seen}; at least {instance['accuracy']:.1%} is wanted within this budget."
    words = dict(
        on=on,
        next_step="Spend the budget: train the largest shape that fits for all of its epochs. A "
        "pruned network needs training again, and a teacher has to know these windows itself.",
        misconception=STRANGERS
        if accuracy < STRANGE
        else "Dominated: another network within the budget is more often right.",
    )
    if accuracy >= instance["half"]:
        return partial(0.5, wanted, **words)
    return failed(wanted, **words)


def _sparse(made: network.Network) -> bool:
    """Whether a third of the weights are zero."""
    weights = [layer["weight"] for layer in made["layers"] if "weight" in layer]
    zeros = sum(int((weight == 0).sum()) for weight in weights)
    return 3 * zeros > sum(weight.size for weight in weights)
