"""Task `deploy`: the networks that images are built for, and their limits.

Expected answers are the integer reference's, which the judge runs. Judging is left to the checks.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from labkit.checks.tinyml_pico import redraw
from labkit.exercise.drawing import until
from labkit.trends.tinyml_pico import codegen, packing

from .images import IMAGES, SHAPES, complete

WINDOWS = 2
"""An answer takes the emulator a tenth of a second to a third, a boot a tenth."""

FIGURES = ("time", "flash", "RAM")

AMPLE = 1.05, 1.3
"""Times the figure of the largest image, where a limit is to rule out none."""

SPARE = 1.02, 1.024
"""Times the figure of the wanted image itself, where its own time is to be what is scarce."""

SHARE = {"time": (0.66, 0.76), "flash": (0.3, 0.7), "RAM": (0.3, 0.7)}
"""Where a limit lies, on the way from the largest figure that it allows to the least that it does
not. The image that fits has 1.4 % of its time to spare, so that a learner's own margin of 1 % does
no harm; where a limit is near, a window moves the time of an image by less than .4 %. Within these
bounds every limit is drawn, so that none tells from practice which image it was set for."""

STACK_SHARE = 0.92, 0.97
"""`SHARE` of RAM for the case whose faster image breaks the limit by its stack alone.

The linker's figure for that image, without the 500 bytes of stack that it uses, keeps to the limit
with 3.0 to 3.7 % to spare, more than the 2 % that the time of the wanted image leaves. So whoever
takes the linker's figures takes the wrong image, with a margin of 2 % or with none, and whoever
asks the chip finds it too large by 45 bytes at least."""

FAST, SMALL = "-O2", "-Os"

WANTED = {
    "long": {
        FAST: {"image": "plain -O2", "time": "plain -Os", "memory": ""},
        SMALL: {"image": "plain -Os", "time": "itself", "memory": "plain -O2"},
    },
    "wide": {
        FAST: {"image": "packed7 -O2", "time": "next", "memory": ""},
        SMALL: {"image": "packed7 -Os", "time": "packed -Os", "memory": "packed7 -O2"},
    },
    "many": {SMALL: {"image": "plain -Os", "time": "plain -O2", "memory": "packed -Os"}},
    "short": {SMALL: {"image": "packed -Os", "time": "plain -Os", "memory": "packed -O2"}},
}
"""For each kind of network, the image that alone fits, and the least that each limit rules out.

Cycles a product decide nothing. Rows of hundreds of weights take 10 at `-Os` and fewer at `-O2`,
short rows 15 to 40, and more at `-O2`. A network that is nearly all input takes its time to pack
it, and there `-O2` helps. The limits of "short" would let the C kernel pass for whoever takes the
cycles of a product from "many" or "long". Memory that would hold an image is no sign either that
the image is fast enough: only the chip can tell."""


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``cases``: ``network`` (a name), ``shape``, ``seed``, ``windows``, ``limits`` each.

    There is one of each kind and a second "long" one, in any order, and each is kept by one image
    of those that the kernels with -Os and -O2 give; for the first "long" one that is -O2, for the
    second -Os, and the second is short of RAM by the stack alone, see `STACK_SHARE`. For "wide" it
    is either. For "short", and for "wide" where it is -Os, one of the two images of a kernel is
    ruled out by memory, for one by RAM alone, for the other by flash alone; by flash where there is
    one alone. Of "many" and "short", too, each is short of the other kind of memory. So whoever
    begins with -O2 has to look at both.
    """
    wide = str(rng.choice([FAST, SMALL]))
    kinds = [("long", FAST), ("long", SMALL), ("wide", wide), ("many", SMALL), ("short", SMALL)]
    scarce, other = "flash", "RAM"
    if wide == SMALL and rng.random() < 0.5:
        scarce, other = other, scarce
    cases = []
    for kind, switch in kinds:
        name = str(rng.choice([name for name in SHAPES if name.startswith(kind)]))
        by_stack = (kind, switch) == ("long", SMALL)
        memory = "RAM" if by_stack else scarce if kind == "short" else other
        case = {
            "network": name,
            "shape": complete(name),
            "windows": WINDOWS,
            "limits": _limits(
                rng,
                name,
                WANTED[kind][switch],
                memory,
                SHARE | ({"RAM": STACK_SHARE} if by_stack else {}),
            ),
        }
        cases.append(until(partial(_numbered, rng, case), _as_measured, "the images measured"))
    return {"cases": [cases[row] for row in rng.permutation(len(cases))]}


def _numbered(rng: np.random.Generator, case: dict[str, Any]) -> dict[str, Any]:
    return case | {"seed": int(rng.integers(2**31))}


def _as_measured(case: dict[str, Any]) -> bool:
    """Whether the assembler is exact for these weights, as for those that were measured."""
    made = redraw.chip_network(case)
    for kernel in ("packed", "packed7"):
        try:
            codegen.generate(made, kernel)
        except packing.CannotPack:
            if f"{kernel} -Os" in IMAGES[case["network"]]:
                return False
    return True


def _limits(
    rng: np.random.Generator,
    name: str,
    wanted: dict[str, str],
    memory: str,
    share: dict[str, tuple[float, float]],
) -> dict[str, float]:
    """Limits that only the wanted image keeps; of flash and RAM, only `memory` rules out any."""
    images = IMAGES[name]
    figures = []
    for number, kind in enumerate(FIGURES):
        taken = sorted(image[number] for image in images.values())
        rival = wanted["time" if kind == "time" else "memory"] if kind in ("time", memory) else ""
        if rival == "itself":
            figures.append(rng.uniform(*SPARE) * images[wanted["image"]][number])
            continue
        if not rival:
            figures.append(rng.uniform(*AMPLE) * taken[-1])
            continue
        ruled_out = images[rival][number] if rival != "next" else taken[1]
        allowed = max(figure for figure in taken if figure < ruled_out)
        figures.append(allowed + rng.uniform(*share[kind]) * (ruled_out - allowed))
    cycles, flash, ram = figures
    return {
        "milliseconds": round(cycles / 125_000, 3),
        "flash_bytes": int(flash),
        "ram_bytes": int(ram),
    }
