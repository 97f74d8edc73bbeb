"""The shares of demand and of days that a stock serves: writes `figures/shelf.json`.

The lesson's headline picture reads that file, because what a task asks for is not in the wheel. Run
it from the repository's root: `python benchmarks/new_module/shelf.py`. A second.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "grader"))

import numpy as np

import labkit.trends.new_module
from exams.new_module.fill_rate import fill_rate
from labkit.trends.new_module.world import LARGEST

TARGET = Path(labkit.trends.new_module.__file__).parent / "figures" / "shelf.json"


def shelf() -> dict[str, list[float]]:
    """Every demand from 1 to `LARGEST` occurs as often as every other, so one of each suffices."""
    demand = np.arange(1, LARGEST + 1)
    stocks = demand.tolist()
    return {
        "stock": stocks,
        "demand served": [round(fill_rate(demand, stock), 6) for stock in stocks],
        "days served": [round(float((demand <= stock).mean()), 6) for stock in stocks],
    }


if __name__ == "__main__":
    TARGET.write_text(json.dumps(shelf(), indent=1) + "\n", encoding="utf-8")
    print(f"written: {TARGET}")
