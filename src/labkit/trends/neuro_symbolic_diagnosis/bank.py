"""Three thousand lesions with all measurements made, those of asymmetry and colours included.

The measurement of asymmetry and colours is a task of the lab, so its code is not in this package;
its results are, for lessons and fits that need them. Pictures and truth are drawn again from the
seed. `benchmarks/neuro_symbolic_diagnosis/make_bank.py` writes the file.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labkit.trends.neuro_symbolic_diagnosis.world.lesions import Lesions, draw_lesions

BANK_SEED, BANK_SIZE = 2026, 3_000
"""The bank's pictures are those of ``draw_cases(BANK_SIZE, BANK_SEED)``."""

TRAINING_POOL, POOLS = 400, 5
"""The first rows are `POOLS` disjoint pools for training, the last thousand are for testing."""


@dataclass(frozen=True)
class Bank:
    """Measured lesions.

    `x` (n, k) measurements with the columns `names`, of unlike units; `lesions` their truth.
    """

    x: NDArray[np.float64]
    names: tuple[str, ...]
    lesions: Lesions

    def __len__(self) -> int:
        return len(self.x)

    def take(self, index: Any) -> Bank:
        """Return the rows at `index`: a slice, a mask or whole numbers."""
        return Bank(np.atleast_2d(self.x[index]), self.names, self.lesions.take(index))


def measured_bank() -> Bank:
    """Return the measured bank, 3,000 rows."""
    with (files(__package__) / "data" / "measured.npz").open("rb") as stream:
        stored = np.load(stream)
        x, names = stored["x"].astype(np.float64), tuple(str(name) for name in stored["names"])
    return Bank(x, names, draw_lesions(BANK_SIZE, BANK_SEED))


def training_rows(pool: int, n: int) -> slice:
    """Return the first `n` rows of a training pool, 0 to 4; `n` is at most 400."""
    if not (0 <= pool < POOLS and 1 <= n <= TRAINING_POOL):
        raise ValueError(
            f"there are pools 0 to {POOLS - 1} of {TRAINING_POOL} rows, "
            f"and pool {pool} with {n} rows was asked for"
        )
    return slice(pool * TRAINING_POOL, pool * TRAINING_POOL + n)


TEST_ROWS = slice(TRAINING_POOL * POOLS, BANK_SIZE)
"""The thousand test lesions."""
