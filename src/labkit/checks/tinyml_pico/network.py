"""The verdict on a whole quantised network, beside the float one that it stands for."""

from __future__ import annotations

from typing import Any

import numpy as np

from labkit.checks.tinyml_pico import faults, redraw
from labkit.checks.tinyml_pico.quantised import int8_network
from labkit.exercise.guard import UnusableError, call
from labkit.exercise.outcome import Outcome, all_cases, failed, partial, passed
from labkit.exercise.task import Instance, Task, judge_cases
from labkit.trends.tinyml_pico import data, integer, network

SECONDS = 20.0
"""Of CPU for one call; the reference needs below one."""

AGREEMENT, HALF_AGREEMENT = 0.98, 0.95
LOSS = 0.02
"""Of the accuracy. Both thresholds are the brief's; see the exam for how far right answers
stay away from them."""


def judge(answer: Any, instance: Instance) -> Outcome:
    """Whole networks in int8, held against the float ones on unseen people."""

    def one(case: Instance) -> Outcome:
        made = call(answer, redraw.float_network(case), redraw.calibration(case), seconds=SECONDS)
        return _verdict(made, case)

    outcomes = judge_cases(instance["cases"], one)
    return all_cases(outcomes, "The int8 networks say what the float ones say: " + _seen(outcomes))


def _seen(outcomes: list[Outcome]) -> str:
    """What the last of several passed outcomes saw."""
    message = outcomes[-1].message
    return message[:1].lower() + message[1:]


def _verdict(raw: Any, case: Instance) -> Outcome:
    """Run an int8 network on windows of unseen people, beside the float one that it stands for."""
    made = int8_network(raw)
    floating = redraw.float_network(case)
    on = f"a float network of the course's shape, {case['windows']} windows for the ranges"
    if _form(made) != _form(floating):
        raise UnusableError(
            f"The layers have the shapes {_form(made)}; those of the float network are "
            f"{_form(floating)}.",
            "Keep the layers, fold each batch norm into the convolution before it.",
        )
    unseen = data.part("test")
    signal = redraw.worn(case, unseen.signal)
    answers = integer.run(made, integer.quantise_input(made, signal))
    expected = network.logits(floating, signal)
    agreement = float(np.mean(answers.argmax(axis=1) == expected.argmax(axis=1)))
    before, after = (network.accuracy(a, unseen.exercise) for a in (expected, answers))
    seen = (
        f"On {len(answers)} windows of unseen people the int8 network agrees with the float one "
        f"on {agreement:.1%}; accuracy {after:.1%} after {before:.1%}"
    )
    agrees = agreement >= AGREEMENT and before - after <= LOSS
    if agrees and faults.input_scale_off(made, floating):
        return partial(
            0.5,
            f"{seen}. But its logits are off: the dense layer counts its input in another scale "
            "than the convolution before it writes.",
            on=on,
            next_step="Give the dense layer the output range of the last convolution as its input "
            "range.",
            misconception=faults.POOL_KEEPS,
        )
    if agrees:
        return passed(f"{seen}.")
    words = dict(
        on=on,
        next_step="Compare layer by layer: integer.activations(int8, …) brought back to real "
        "numbers, and network.activations(float, …). The first layer that differs by more than a "
        "step holds the mistake.",
        misconception=faults.in_network(made, floating, signal),
    )
    wanted = f"{seen}; at least {AGREEMENT:.0%} and a loss of at most 2 points are wanted."
    if agreement >= HALF_AGREEMENT:
        return partial(0.5, f"{wanted} This is worth half.", **words)
    return failed(wanted, **words)


def _form(made: network.Network) -> list[Any]:
    return [np.shape(layer["weight"]) for layer in made["layers"] if "weight" in layer]


TASK = Task(
    "network",
    15,
    judge,
    (
        "A batch norm is a gain and an offset for each output: gain = gamma / sqrt(variance + "
        "epsilon). Both go into the weights and the bias of the convolution before it.",
        "network.activations returns the input first, then what leaves each layer, ReLU "
        "included. So the range of a layer's input is that of the entry before.",
        "The pool keeps the range of what goes into it: the dense layer's input range is the "
        "last convolution's output range.",
        "A single far value makes every step coarser. Ranges between the 0.1st and the 99.9th "
        "percentile agree better than the extremes; the logits keep theirs.",
    ),
    title="The whole network in whole numbers",
)
