"""The verdict on firmware images: booted in the emulated Pico, asked over its serial port.

An image comes back as plain data from where the answer lives; here it is only run. Cycles, flash
and RAM are what the emulator counts, never what the firmware or the notebook says of itself. An
image that does not compile, boot or answer costs its own task alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from labkit.checks.tinyml_pico import redraw
from labkit.exercise.guard import UnusableError
from labkit.exercise.outcome import Outcome, failed
from labkit.exercise.reading import as_mapping
from labkit.exercise.task import Instance
from labkit.trends.tinyml_pico import device, integer
from labkit.trends.tinyml_pico.network import Network

CLOCK_HZ = 125_000_000

BUDGET_CYCLES = 10_000_000
"""Of one answer; the slowest right kernel needs below two million."""

BUDGET_SECONDS = 20.0
"""Wall clock of one boot or answer; the slowest right kernel needs below one second."""

MOST_LINES = 100_000

NEXT_STEPS = {
    "compile": "Mend that line and run the cell again. The compiler's words stand in "
    "`build.firmware(...)['errors']`.",
    "malformed": "Return what `build.firmware` gave you, unchanged.",
    "too large": "Fewer or smaller arrays. `build.firmware(...)['size']` says what it takes.",
    "no boot": "The boot ROM starts an image only if the checksum of its first 256 bytes is right. "
    "Return what `build.firmware` gave you, unchanged.",
    "hard fault": "The chip stops on an address that does not exist, and on 16- or 32-bit accesses "
    "to addresses that are no multiple of 2 or 4. Look at the pointers of the line named.",
    "time": "Look for a loop that never ends, for instance one whose counter is unsigned and runs "
    "down below zero.",
    "silent": "Something overwrote the program or its stack. Look for a write beyond an array.",
}


SECONDS = 240.0
"""Of CPU for a call that compiles; the reference needs below fifteen."""


class Ran(NamedTuple):
    """What an image did: int8 outputs, one a window, the most cycles, bytes of flash and of RAM."""

    outputs: list[redraw.Int8]
    cycles: int
    flash: int
    ram: int


def run(raw: Any, case: Instance) -> Ran | Outcome:
    """Boot the image and have it answer secret windows; an outcome if anything is wrong."""
    image = as_mapping(
        raw, ("uf2", "problem"), "the firmware", NEXT_STEPS["malformed"], optional=("lines",)
    )
    problem, uf2 = image["problem"], image["uf2"]
    if isinstance(problem, str) and problem:
        return failed(
            f"The image was not built: {problem[:500].rstrip('.')}.",
            on=on(case),
            next_step=NEXT_STEPS["compile"],
        )
    if not isinstance(uf2, (bytes, bytearray)):
        raise UnusableError(
            f"'uf2' holds a {type(uf2).__name__}; it should be the bytes of the image.",
            NEXT_STEPS["malformed"],
        )
    network = redraw.chip_network(case)
    windows = redraw.chip_windows(case, network)
    try:
        ran = _asked(bytes(uf2), _lines(image), network, windows, case["seed"])
    except device.DeviceError as fault:
        return failed(str(fault), on=on(case), next_step=NEXT_STEPS[fault.kind])
    expected = integer.run(network, windows)
    wrong = [bool(np.any(own != right)) for own, right in zip(ran.outputs, expected, strict=True)]
    if not any(wrong):
        return ran
    first = wrong.index(True)
    return failed(
        f"{sum(wrong)} of {len(wrong)} windows get wrong answers. The chip says "
        f"{ran.outputs[first].tolist()}, the integer reference {expected[first].tolist()}.",
        on=on(case),
        next_step="Try your code on small arrays first, with the call of dot_rows that the task "
        "shows: two rows of three weights, worked out by hand. Then odd numbers of rows and "
        "weights, and −128 · −127.",
    )


def _asked(
    uf2: bytes, lines: list[list[Any]], network: Network, windows: redraw.Int8, seed: int
) -> Ran:
    """Boot an image and ask it about windows. Raises DeviceError."""
    with device.EmulatedPico(
        uf2, lines=lines, seed=seed, cycles=BUDGET_CYCLES, seconds=BUDGET_SECONDS
    ) as pico:
        taken, said = windows[0].size, len(network["layers"][-1]["weight"])
        if (pico.info.input_bytes, pico.info.output_bytes) != (taken, said):
            raise device.DeviceError(
                "silent",
                f"The image holds another network: it takes {pico.info.input_bytes} values and "
                f"says {pico.info.output_bytes}. The network that your function was given takes "
                f"{taken} and says {said}.",
            )
        answers = [pico.infer(window) for window in windows]
        return Ran(
            [answer.output for answer in answers],
            max(answer.cycles for answer in answers),
            pico.flash_bytes,
            pico.ram_bytes,
        )


def _lines(image: Mapping[str, Any]) -> list[list[Any]]:
    """The table of source lines that came along, if it is one; it only makes messages clearer."""
    try:
        return [[int(a), str(f)[:80], int(n)] for a, f, n in list(image["lines"])[:MOST_LINES]]
    except (KeyError, TypeError, ValueError):
        return []


def on(case: Instance) -> str:
    """The network of a case, in words."""
    shape = case["shape"]
    return f"a network of {shape['channels']} → {' → '.join(map(str, shape['widths']))} channels"
