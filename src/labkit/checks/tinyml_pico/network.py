"""The verdict on a whole quantised network, beside the float one that it stands for."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from labkit.checks.tinyml_pico import faults, redraw
from labkit.checks.tinyml_pico.quantised import int8_network
from labkit.exercise.guard import UnusableError, call
from labkit.exercise.outcome import Outcome, all_cases, failed, passed
from labkit.exercise.task import Instance, Task, judge_cases
from labkit.trends.tinyml_pico import integer, network

SECONDS = 20.0
"""Of CPU for one call; the reference needs below one."""

AGREEMENT, LOSS, ERROR = 0.95, 0.04, 0.09
"""Share of windows, points of accuracy, and the root mean square error of the logits as a share of
their spread.

Eight networks each: ranges from extremes, with 0.1, 0.5 and 1 % left out, from 128 windows, and
with channels equalised: agreement .965 to .997, loss up to .025, error .010 to .061. One scale for
a whole tensor: error .138 to .359. The pool's own range: .325 and more. Ranges that are not taken
from the windows, of the case that suits them worse: input -4 to 4, agreement .43; every ReLU 0 to
6, agreement .49 and error .85; logits -8 to 12, agreement .71 and error .13; all of these, .24."""

STRETCH = 112
"""Of 256 windows: every second one in a stretch of so many shows a watch that moves, all others
rest alone.

That leaves 56, and a range must not cut off more than 0.1 % of all values. Of 16 networks: extremes
.032 to .059, 0.1 % left out at either end .028 to .061, of the logits too; channels equalised .010
to .030; ranges of the smallest squared error .030 to .059. 0.5 % left out, of which the text
promises nothing: .044 to .136. Windows 2 to 13, the first eight, every 16th, 10th or second one,
with margins of 1 to 20: in no pair of networks do both pass. A few windows that move, wherever they
lie, show the range well enough with a margin of 2."""


def judge(answer: Any, instance: Instance) -> Outcome:
    """Whole networks in int8, held against the float ones on unseen people."""

    def one(case: Instance) -> Outcome:
        floating = redraw.float_network(case)
        made = call(answer, floating, _windows(case), seconds=SECONDS)
        return _verdict(made, floating, case)

    outcomes = judge_cases(instance["cases"], one)
    return all_cases(outcomes, "The int8 networks say what the float ones say: " + _seen(outcomes))


def _windows(case: Instance) -> NDArray[np.float32]:
    """The windows for the ranges, ``case["still"]`` times smaller where the watch rests."""
    windows = redraw.calibration(case)
    places = np.arange(len(windows))
    moves = (places - case["start"]) % len(windows) < STRETCH
    moves &= places % 2 == case["odd"]
    windows[~moves] /= case["still"]
    return windows


def _seen(outcomes: list[Outcome]) -> str:
    """What the last of several passed outcomes saw."""
    message = outcomes[-1].message
    return message[:1].lower() + message[1:]


def _verdict(raw: Any, floating: network.Network, case: Instance) -> Outcome:
    """Run an int8 network on windows of unseen people, beside the float one that it stands for."""
    made = int8_network(raw)
    on = (
        f"a float network of {' → '.join(map(str, case['widths']))} channels, {case['windows']} "
        "windows for the ranges"
    )
    if _form(made) != _form(floating):
        raise UnusableError(
            f"The layers have the shapes {_form(made)}; those of the float network are "
            f"{_form(floating)}.",
            "Keep the layers, fold each batch norm into the convolution before it.",
        )
    unseen = redraw.counted(case, "test")
    answers = integer.run(made, integer.quantise_input(made, unseen.signal))
    expected = network.logits(floating, unseen.signal)
    agreement = float(np.mean(answers.argmax(axis=1) == expected.argmax(axis=1)))
    before, after = (network.accuracy(a, unseen.exercise) for a in (expected, answers))
    error = _error(answers, expected)
    seen = (
        f"On {len(answers)} windows of unseen people the int8 network agrees with the float one "
        f"on {agreement:.1%}; accuracy {after:.1%} after {before:.1%}; error of the logits "
        + (f"{error:.1%}" if error < 1 else "over 100%")
    )
    if agreement >= AGREEMENT and before - after <= LOSS and error <= ERROR:
        return passed(f"{seen}.")
    return failed(
        f"{seen}; at least {AGREEMENT:.0%}, a loss of at most 4 points and an error of at most "
        f"{ERROR:.0%} are wanted.",
        on=on,
        next_step="Compare layer by layer: integer.activations(int8, …) brought back to real "
        "numbers, and network.activations(float, …). The first layer that differs by more than a "
        "step holds the mistake.",
        misconception=faults.in_network(made, floating, unseen.signal),
    )


def _error(answers: redraw.Int8, expected: NDArray[np.float32]) -> float:
    """How far the int8 logits are from a multiple of the float ones, as a share of their spread.

    One scale and one zero point for all logits are free, so that they need not be known.
    """
    real, whole = (np.asarray(a, np.float64) for a in (expected, answers))
    centred = real - real.mean()
    scale = float((centred * whole).mean() / (centred**2).mean())
    rest = whole - whole.mean() - scale * centred
    spread = (real - real.mean(axis=1, keepdims=True)).std()
    return float(rest.std() / max(scale, 1e-9) / spread)


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
