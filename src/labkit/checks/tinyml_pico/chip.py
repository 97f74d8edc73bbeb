"""The verdict on firmware images: booted in the emulated Pico, asked over its serial port.

An image comes back as plain data from where the answer lives; here it is only run. Cycles, flash
and RAM are what the emulator counts, never what the firmware or the notebook says of itself. An
image that does not compile, boot or answer costs its own task alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np

from labkit.checks.tinyml_pico import redraw
from labkit.checks.tinyml_pico.reading import mapping
from labkit.exercise.guard import UnusableError
from labkit.exercise.outcome import Outcome, failed, partial, passed
from labkit.exercise.task import Instance
from labkit.trends.tinyml_pico import device, integer

CLOCK_HZ = 125_000_000

BUDGET_CYCLES = 10_000_000
"""Of one answer; the slowest right kernel needs below two million."""

BUDGET_SECONDS = 20.0
"""Wall clock of one boot or answer; the slowest right kernel needs below one second."""

FASTER = 0.95
"""Of the given kernel's cycles: an exact kernel above this is not faster than what was given."""

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


class Ran(NamedTuple):
    """What an image did: int8 outputs, one a window, the most cycles, bytes of flash and of RAM."""

    outputs: list[redraw.Int8]
    cycles: int
    flash: int
    ram: int


def kernel_verdict(raws: Iterable[Any], instance: Instance) -> Outcome:
    """Exact on every network of the instance, and fast on the last one.

    `raws` are the images, one a case; none is asked for after one that fails.
    """
    cycles = 0
    for raw, case in zip(raws, instance["cases"], strict=True):
        ran = _run(raw, case)
        if isinstance(ran, Outcome):
            return ran
        cycles = ran.cycles
    limit, given = instance["cycles"], instance["given_cycles"]
    seen = f"Exact on every shape, in {cycles:,} cycles for the course's network"
    if cycles < limit:
        return passed(f"{seen}: {cycles / CLOCK_HZ * 1e3:.2f} ms at 125 MHz.")
    words: dict[str, str] = dict(
        on=_on(instance["cases"][-1]),
        next_step="Count loads: each one costs two cycles, a multiplication one. Load each "
        "activation once for two rows. If you already do: at -O2 the compiler has unrolled your "
        'loop until eight registers no longer suffice. Try optimise="-Os", and let i count from '
        "-taps up to 0, with pointers to the ends of the rows.",
    )
    if cycles > FASTER * given:
        return failed(
            f"{seen}. That is no faster than the kernel that you were given ({given:,}); below "
            f"{limit:,} is wanted.",
            **words,
        )
    half = f"{seen}; the given kernel takes {given:,}. Below {limit:,} is wanted for full marks."
    return partial(0.5, half, **words)


def deploy_verdict(raw: Any, case: Instance) -> Outcome:
    """Exact on the case's network, and within its limits."""
    ran = _run(raw, case)
    if isinstance(ran, Outcome):
        return ran
    limits = case["limits"]
    measured = {
        "milliseconds": ran.cycles / CLOCK_HZ * 1e3,
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
        on=_on(case),
        next_step="Build several images (kernels, compiler switches), boot each with "
        "device.EmulatedPico and read all three figures; choose one that keeps to all limits.",
    )


def _words(name: str, value: float) -> str:
    if name == "milliseconds":
        return f"{value:.2f} ms"
    return f"{value:,} bytes of {name.partition('_')[0].replace('ram', 'RAM')}"


def _run(raw: Any, case: Instance) -> Ran | Outcome:
    """Boot the image and have it answer secret windows; an outcome if anything is wrong."""
    image = mapping(raw, ("uf2", "problem"), "the firmware", NEXT_STEPS["malformed"])
    problem, uf2 = image["problem"], image["uf2"]
    if isinstance(problem, str) and problem:
        return failed(
            f"The image was not built: {problem[:500].rstrip('.')}.",
            on=_on(case),
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
        ran = _asked(bytes(uf2), _lines(image), windows, case["seed"])
    except device.DeviceError as fault:
        return failed(str(fault), on=_on(case), next_step=NEXT_STEPS[fault.kind])
    expected = integer.run(network, windows)
    wrong = [bool(np.any(own != right)) for own, right in zip(ran.outputs, expected, strict=True)]
    if not any(wrong):
        return ran
    first = wrong.index(True)
    return failed(
        f"{sum(wrong)} of {len(wrong)} windows get wrong answers. The chip says "
        f"{ran.outputs[first].tolist()}, the integer reference {expected[first].tolist()}.",
        on=_on(case),
        next_step="Try your code on small arrays first, with the call of dot_rows that the task "
        "shows: two rows of three weights, worked out by hand. Then odd numbers of rows and "
        "weights, and −128 · −127.",
    )


def _asked(uf2: bytes, lines: list[list[Any]], windows: redraw.Int8, seed: int) -> Ran:
    """Boot an image and ask it about windows. Raises DeviceError."""
    with device.EmulatedPico(
        uf2, lines=lines, seed=seed, cycles=BUDGET_CYCLES, seconds=BUDGET_SECONDS
    ) as pico:
        wanted = windows[0].size
        if pico.info.input_bytes != wanted:
            raise device.DeviceError(
                "silent",
                f"The image holds another network: it takes {pico.info.input_bytes} values, the "
                f"network that your function was given takes {wanted}.",
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


def _on(case: Instance) -> str:
    if "shape" in case:
        shape = case["shape"]
        return (
            f"a network of {shape['channels']} → {' → '.join(map(str, shape['widths']))} channels"
        )
    return f"the network '{case['network']}', its channels in another order"
