"""Judge of the task `decode`: every weight of a few blocks, bit by bit."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from labkit.exercise.guard import call
from labkit.exercise.outcome import Outcome, failed, passed
from labkit.exercise.reading import as_array
from labkit.exercise.task import Instance, Task, each_case
from labkit.exercise.traps import trap

TOLERANCE = 1e-6
"""As a share of one plus the weight's size; one step of the code is 0.01 at least."""

TRAPS = {
    "in turn": "The two codes of a byte are taken for neighbours. The low halves of all 16 bytes "
    "come first, then the high halves.",
    "high half first": "The high halves are put before the low ones.",
    "from the middle": "Codes are counted from −8. They count from the block's least value.",
    "least subtracted": "The least value is subtracted; it is added.",
    "swapped": "Scale and least value are taken for each other.",
    "big end first": "The two bytes of a scale are read in the other order.",
}
QUICK = 5.0
"""CPU-seconds of a call: a thousand times what the solution takes."""


def judge(answer: Any, instance: Instance) -> Outcome:
    """Compare all weights in each case."""
    return each_case(instance, lambda case: _case(answer, case), "Every weight is exact.")


def mark(weights: NDArray[np.float64]) -> list[float]:
    """Three sums by which a wrong decoding is known again."""
    flat = np.asarray(weights, float).ravel()
    places = np.arange(len(flat))
    return [float(flat @ (places % step)) for step in (5, 11, 32)]


def _case(answer: Any, case: Instance) -> Outcome:
    right = np.array(case["weights"])
    rows, columns = right.shape
    raw = call(answer, bytes.fromhex(case["raw"]), rows, columns, seconds=QUICK)
    found = as_array(raw, "weights", (rows, columns))
    off = np.abs(found - right) > TOLERANCE * (1 + np.abs(right))
    if not off.any():
        return passed("")
    row, column = (int(place) for place in np.argwhere(off)[0])
    return failed(
        f"{off.sum()} of {right.size} weights are wrong, the first in row {row}, column {column}: "
        f"{found[row, column]:.6g}, {right[row, column]:.6g} is right.",
        on=f"{rows} × {columns} weights, {len(case['raw']) // 2} bytes",
        next_step="Decode one block by hand: its scale, its least value, its 32 codes in order.",
        misconception=trap(mark(found), case["traps"], TRAPS, 1e-6),
    )


TASK = Task(
    "decode",
    5,
    judge,
    (
        "np.frombuffer(raw, np.uint8).reshape(-1, 20) has a block in each row.",
        "block[:, :4].copy().view('<f2') are scale and least value; & 15 and >> 4 are the halves.",
    ),
    title="Read four-bit weights",
    traps=TRAPS,
)
