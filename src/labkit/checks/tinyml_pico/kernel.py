"""The verdict on the learner's inner kernel: exact on every shape, and fast on the chip.

Exact in networks, where the whole image counts, and called by itself over all that the task
promises: networks have few shapes, and none shows what is written beyond an array.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from labkit.checks.tinyml_pico import calls, chip, redraw
from labkit.exercise.guard import call
from labkit.exercise.outcome import Outcome, failed, partial, passed
from labkit.exercise.reading import as_mapping
from labkit.exercise.task import Instance, Task
from labkit.trends.tinyml_pico import device

FASTER = 0.95
"""Of the given kernel's cycles: an exact kernel above this is hardly faster than what was given."""


def judge(answer: Any, instance: Instance) -> Outcome:
    """The learner's kernel on the chip: exact on odd shapes and on the course's, and fast."""
    images = (
        call(answer, redraw.chip_network(case), seconds=chip.SECONDS) for case in instance["cases"]
    )
    return _verdict(images, instance)


def _verdict(raws: Iterable[Any], instance: Instance) -> Outcome:
    """Exact on every network of the instance; exact by itself, and fast, in the last one's image.

    `raws` are the images, one a case; none is asked for after one that fails.
    """
    cycles, raw = 0, None
    for raw, case in zip(raws, instance["cases"], strict=True):
        ran = chip.run(raw, case)
        if isinstance(ran, Outcome):
            return ran
        cycles = ran.cycles
    if alone := _called(raw, instance["cases"][-1]):
        return alone
    limit, given = instance["cycles"], instance["given_cycles"]
    seen = f"Exact on every shape, in {cycles:,} cycles for the course's shape"
    if cycles < limit:
        return passed(f"{seen}: {cycles / chip.CLOCK_HZ * 1e3:.2f} ms at 125 MHz.")
    words: dict[str, str] = dict(
        on=chip.on(instance["cases"][-1]),
        next_step="Count loads: each one costs two cycles, a multiplication one. Load each "
        "activation once for two or four rows. If you already do: at -O2 the compiler has unrolled "
        'your loop until eight registers no longer suffice. Try optimise="-Os", and let i count '
        "from -taps up to 0, with pointers to the ends of the rows.",
    )
    if cycles > FASTER * given:
        return failed(
            f"{seen}. That is less than {1 - FASTER:.0%} faster than the kernel that you were "
            f"given ({given:,}); below {limit:,} is wanted.",
            **words,
        )
    half = f"{seen}; the given kernel takes {given:,}. Below {limit:,} is wanted for full marks."
    return partial(0.5, half, **words)


def _called(raw: Any, case: Instance) -> Outcome | None:
    """What is wrong with the `dot_rows` of an image that has answered, called by itself."""
    image = as_mapping(raw, ("uf2",), "the firmware", optional=("lines",))
    try:
        words = calls.problem(bytes(image["uf2"]), image.get("lines"), case)
    except device.DeviceError as fault:
        return failed(str(fault), on=chip.on(case), next_step=chip.NEXT_STEPS[fault.kind])
    if words is None:
        return None
    return failed(
        words,
        next_step="Call your kernel for this shape with HostKernels, as the task shows, and work "
        "the loop through by hand: where does it begin and end, and for how many rows? On the chip "
        "16 bits are loaded from even addresses alone, 32 bits from multiples of 4.",
    )


TASK = Task(
    "kernel",
    15,
    judge,
    (
        "Count the instructions of one step of the given loop: two loads, a multiplication, an "
        "addition, and all that the loop itself needs.",
        "An activation that was loaded once can be used for several rows. Two fit into the eight "
        "registers. With four, some go to memory and back; it pays all the same where every row "
        "has a pointer of its own and all share the index i.",
        "LDRSB takes a base and an index. A loop that counts i down to 0 and reads x[i], a[i], "
        "b[i] needs no other counter.",
        "At -O2 the compiler unrolls loops, your outer one too, until registers run out; -Os "
        "does not. A helper function with __attribute__((noinline)) and clang's loop pragma "
        "`unroll(disable)` stop it at -O2.",
    ),
    title="The inner kernel, in C",
)
