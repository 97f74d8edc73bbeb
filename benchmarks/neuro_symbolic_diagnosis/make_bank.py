"""Measure the lesions of the bank anew: writes `data/measured.npz` into the wheel.

Run it from the repository's root when renderer or measurements change; ten seconds on one core:

    OMP_NUM_THREADS=1 python benchmarks/neuro_symbolic_diagnosis/make_bank.py

A test measures some of the lesions again and compares, so a stale bank is noticed.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "grader"))

import numpy as np

from exams.neuro_symbolic_diagnosis.measurements import MEASUREMENTS, measure_all
from labkit.trends.neuro_symbolic_diagnosis import bank
from labkit.trends.neuro_symbolic_diagnosis.world.renderer import draw_cases

TARGET = Path(bank.__file__).parent / "data" / "measured.npz"


def main() -> None:
    x = measure_all(draw_cases(bank.BANK_SIZE, bank.BANK_SEED).images)
    # Half precision: three digits are more than pixels of noise leave.
    np.savez_compressed(TARGET, x=x.astype(np.float16), names=np.array(MEASUREMENTS))
    print(f"{TARGET.name}: {x.shape[0]} lesions, {x.shape[1]} columns, {TARGET.stat().st_size} B")


if __name__ == "__main__":
    main()
