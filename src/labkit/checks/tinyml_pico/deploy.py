"""The verdict on firmware that has to keep to limits of time, flash and RAM."""

from __future__ import annotations

from typing import Any

from labkit.checks.tinyml_pico import chip, redraw
from labkit.exercise.guard import call
from labkit.exercise.outcome import Outcome, failed, passed
from labkit.exercise.task import Instance, Task, each_case


def judge(answer: Any, instance: Instance) -> Outcome:
    """Images that boot, answer over serial, and keep to limits read from the chip."""

    def one(case: Instance) -> Outcome:
        raw = call(answer, redraw.chip_network(case), dict(case["limits"]), seconds=chip.SECONDS)
        return _verdict(raw, case)

    return each_case(instance, one, "Every image boots, answers right and keeps to its limits.")


def _verdict(raw: Any, case: Instance) -> Outcome:
    """Exact on the case's network, and within its limits."""
    ran = chip.run(raw, case)
    if isinstance(ran, Outcome):
        return ran
    limits = case["limits"]
    measured = {
        "milliseconds": ran.cycles / chip.CLOCK_HZ * 1e3,
        "flash_bytes": ran.flash,
        "ram_bytes": ran.ram,
    }
    over = [name for name, value in measured.items() if value > limits[name]]
    if not over:
        return passed("")
    return failed(
        "It boots and answers right, but takes too much: "
        + "; ".join(
            f"{_words(name, measured[name])}, allowed {_words(name, limits[name])}" for name in over
        )
        + ".",
        on=chip.on(case),
        next_step="Build several images (kernels, compiler switches), boot each with "
        "device.EmulatedPico and read all three figures; choose one that keeps to all limits.",
    )


def _words(name: str, value: float) -> str:
    if name == "milliseconds":
        return f"{value:.2f} ms"
    return f"{value:,} bytes of {name.partition('_')[0].replace('ram', 'RAM')}"


TASK = Task(
    "deploy",
    15,
    judge,
    (
        "There are six images or so for each network. Build and boot one after the other, and "
        "stop at the first whose three figures fit.",
        "codegen.generate raises packing.CannotPack for a kernel that cannot be exact: leave "
        "that one out.",
        "Any window will do to measure: np.zeros((length, channels), np.int8).",
    ),
    title="Deploy",
)
