"""The judges of the lab on TinyML.

Each takes the learner's answer and an instance (seeds, parameters and reference figures as plain
data, made by `grader/exams/tinyml_pico`) and returns an outcome. A judge draws the data again,
hands them over, and passes what comes back to a verdict: `windows`, `quantised`, `budget`, `chip`.
C is compiled where the answer lives; a judge only boots the image that comes back.
"""

from __future__ import annotations

from typing import Any

from labkit.checks.tinyml_pico import battery, budget, chip, quantised, redraw, windows
from labkit.exercise.guard import call
from labkit.exercise.outcome import Outcome, over_cases
from labkit.exercise.task import Instance, judge_cases

QUICK = 20.0
"""Seconds of wall clock for a call that computes; the reference needs below one."""

TRAINING = 240.0
"""Seconds of wall clock for a call that trains or compiles; the reference needs below fifteen."""


def judge_windows(answer: Any, instance: Instance) -> Outcome:
    """Windows of secret recordings, split by person and standardised by those trained on."""

    def one(case: Instance) -> Outcome:
        recordings = redraw.recordings(case)
        arguments = (recordings, list(case["test_people"]), case["length"], case["hop"])
        return windows.verdict(call(answer, *arguments, seconds=QUICK), case)

    outcomes = judge_cases(instance["cases"], one)
    return over_cases(outcomes, "Every window is right, and no person is on both sides.")


def judge_layer(answer: Any, instance: Instance) -> Outcome:
    """Whole numbers for single layers: the integer reference's outputs are right, bit for bit."""

    def one(case: Instance) -> Outcome:
        layer = redraw.float_layer(case)
        ranges = tuple(case["input_range"]), tuple(case["output_range"])
        arguments = (layer["weight"], layer["bias"], *ranges, case["relu"])
        return quantised.layer_verdict(call(answer, *arguments, seconds=QUICK), case)

    outcomes = judge_cases(instance["cases"], one)
    return over_cases(outcomes, "Every output of every layer is right, bit for bit.")


def judge_network(answer: Any, instance: Instance) -> Outcome:
    """Whole networks in int8, held against the float ones on unseen people."""

    def one(case: Instance) -> Outcome:
        made = call(answer, redraw.float_network(case), redraw.calibration(case), seconds=QUICK)
        return quantised.network_verdict(made, case)

    outcomes = judge_cases(instance["cases"], one)
    return over_cases(outcomes, "The int8 networks say what the float ones say: " + _seen(outcomes))


def judge_budget(answer: Any, instance: Instance) -> Outcome:
    """A network that fits flash and cycles, held against the course's own of that size."""
    train, test = redraw.people_apart(instance)
    limits = {"cycles": instance["cycles"], "flash_bytes": instance["flash_bytes"]}
    raw = call(answer, train.signal, train.exercise, limits, seconds=TRAINING)
    return budget.verdict(raw, test, instance)


def judge_kernel(answer: Any, instance: Instance) -> Outcome:
    """The learner's kernel on the chip: exact on odd shapes and the course's network, and fast."""
    images = (
        call(answer, redraw.chip_network(case), seconds=TRAINING) for case in instance["cases"]
    )
    return chip.kernel_verdict(images, instance)


def judge_deploy(answer: Any, instance: Instance) -> Outcome:
    """Images that boot, answer over serial, and keep to limits read from the chip."""

    def one(case: Instance) -> Outcome:
        raw = call(answer, redraw.chip_network(case), dict(case["limits"]), seconds=TRAINING)
        return chip.deploy_verdict(raw, case)

    outcomes = judge_cases(instance["cases"], one)
    return over_cases(outcomes, "Every image boots, answers right and keeps to its limits.")


def judge_battery(answer: Any, instance: Instance) -> Outcome:
    """Days on a battery, and the shortest period for a wanted life."""

    def one(case: Instance) -> Outcome:
        return battery.verdict(call(answer, dict(case["device"]), seconds=QUICK), case)

    return over_cases(
        judge_cases(instance["cases"], one), "Every battery lasts as long as you say."
    )


def _seen(outcomes: list[Outcome]) -> str:
    """What the last of several passed outcomes saw."""
    message = outcomes[-1].message
    return message[:1].lower() + message[1:]
