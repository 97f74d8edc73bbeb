"""Right and wrong answers of the task `gain`."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
from scipy.stats import t, ttest_1samp, ttest_rel

from labkit.trends.multimodal_fusion.world.duels import draw_duel


def _brands(values, brand):
    return pd.Series(values).groupby(brand).mean().to_numpy()


def by_brand_means(errors_a, errors_b, brand):
    """Scipy's interval for the mean of the brands' mean differences."""
    means = _brands(errors_a - errors_b, brand)
    low, high = ttest_1samp(means, 0).confidence_interval(0.95)
    return means.mean(), low, high


def by_whole_brands(errors_a, errors_b, brand, draws=600):
    """A bootstrap of brands, its spread with Student's t."""
    gap = errors_a - errors_b
    sums, counts = np.bincount(brand, gap), np.bincount(brand)
    sums, counts = sums[counts > 0], counts[counts > 0]
    rng = np.random.default_rng(0)
    drawn = rng.integers(0, len(sums), (draws, len(sums)))
    spread = (sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1)).std(ddof=1)
    half = t.ppf(0.975, len(sums) - 1) * spread
    return gap.mean(), gap.mean() - half, gap.mean() + half


def by_sandwich(errors_a, errors_b, brand):
    """Cluster-robust variance of the mean over rows."""
    gap = errors_a - errors_b
    sums = pd.Series(gap - gap.mean()).groupby(brand).sum().to_numpy()
    g = len(sums)
    half = t.ppf(0.975, g - 1) * np.sqrt((sums**2).sum() * g / (g - 1)) / len(gap)
    return [gap.mean(), gap.mean() - half, gap.mean() + half]


def by_leaving_brands_out(errors_a, errors_b, brand):
    """A jackknife over brands."""
    gap = errors_a - errors_b
    left = np.array([gap[brand != one].mean() for one in np.unique(brand)])
    g = len(left)
    half = t.ppf(0.975, g - 1) * np.sqrt((g - 1) / g * ((left - left.mean()) ** 2).sum())
    return gap.mean(), gap.mean() - half, gap.mean() + half


def by_quantiles(errors_a, errors_b, brand):
    gap = errors_a - errors_b
    sums, counts = np.bincount(brand, gap), np.bincount(brand)
    drawn = np.random.default_rng(1).integers(0, len(sums), (600, len(sums)))
    low, high = np.quantile(sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1), [0.025, 0.975])
    return gap.mean(), low, high


def _rows(errors_a, errors_b, brand):
    found = ttest_rel(errors_a, errors_b).confidence_interval(0.95)
    return (errors_a - errors_b).mean(), found.low, found.high


def _bootstrap_rows(errors_a, errors_b, brand):
    gap = errors_a - errors_b
    rng = np.random.default_rng(0)
    means = gap[rng.integers(0, len(gap), (400, len(gap)))].mean(axis=1)
    low, high = np.quantile(means, [0.025, 0.975])
    return gap.mean(), min(low, gap.mean()), max(high, gap.mean())


def _unpaired(errors_a, errors_b, brand):
    a, b = _brands(errors_a, brand), _brands(errors_b, brand)
    half = t.ppf(0.975, len(a) - 1) * np.sqrt((a.var(ddof=1) + b.var(ddof=1)) / len(a))
    return a.mean() - b.mean(), a.mean() - b.mean() - half, a.mean() - b.mean() + half


def _ends(errors_a, errors_b, brand):
    """The gap between the ends of two intervals."""
    a, b = _brands(errors_a, brand), _brands(errors_b, brand)
    half = [t.ppf(0.975, len(one) - 1) * one.std(ddof=1) / np.sqrt(len(one)) for one in (a, b)]
    gap = a.mean() - b.mean()
    return gap, gap - sum(half), gap + sum(half)


def _spread_of_brands(errors_a, errors_b, brand):
    means = _brands(errors_a - errors_b, brand)
    return means.mean(), means.mean() - 1.96 * means.std(), means.mean() + 1.96 * means.std()


@cache
def _usual_half_width():
    """Half of what holds 95 % of the mean gains of test sets that anybody can draw."""
    drawn = (draw_duel(seed, 0.2, 32, hard=0.6, taste=0.3, rest=0.3) for seed in range(300))
    return 1.96 * np.std([(one.errors_a - one.errors_b).mean() for one in drawn])


def _one_width_for_all(errors_a, errors_b, brand):
    gap = (errors_a - errors_b).mean()
    return gap, gap - _usual_half_width(), gap + _usual_half_width()


SEEN: dict[int, list] = {}


def _all_so_far(errors_a, errors_b, brand):
    """The mean of all test sets of this size so far, as if all had one gain."""
    seen = SEEN.setdefault(len(np.unique(brand)), [])
    seen.append((errors_a - errors_b).mean())
    middle, half = np.mean(seen), 1.96 * max(np.std(seen), 0.02)
    return middle, middle - half, middle + half


def _pooled_centre(errors_a, errors_b, brand):
    """The same, as wide as one test set allows."""
    middle, *_ = _all_so_far(errors_a, errors_b, brand)
    _, low, high = by_brand_means(errors_a, errors_b, brand)
    return middle, middle - (high - low) / 2, middle + (high - low) / 2


def _changed(how):
    def gain(errors_a, errors_b, brand):
        return how(*by_brand_means(errors_a, errors_b, brand))

    return gain


RIGHT = {
    "brand means": by_brand_means,
    "a bootstrap of brands": by_whole_brands,
    "cluster-robust": by_sandwich,
    "a jackknife of brands": by_leaving_brands_out,
    "quantiles of a bootstrap": by_quantiles,
}
WRONG = {
    "paired t-test on rows": (_rows, "products, or brands"),
    "bootstrap of rows": (_bootstrap_rows, "products, or brands"),
    "unpaired": (_unpaired, "same products"),
    "ends of two intervals": (_ends, "same products"),
    "spread of brands": (_spread_of_brands, "is allowed"),
    "one width for all test sets": (_one_width_for_all, "hold the true gain"),
    "the mean of all so far": (_all_so_far, "true gain"),
    "the mean of all so far, as wide as one set allows": (_pooled_centre, "true gain"),
    "b minus a": (_changed(lambda g, low, high: (-g, -high, -low)), "wrong way round"),
    "one standard error": (
        _changed(lambda g, low, high: (g, g - (g - low) / 2, g + (high - g) / 2)),
        "hold the true gain",
    ),
    "rows, times 1.8": (
        lambda *a: (lambda g, low, high: (g, g - 1.8 * (g - low), g + 1.8 * (high - g)))(
            *_rows(*a)
        ),
        "times as wide",
    ),
    "80 %": (
        _changed(lambda g, low, high: (g, g - 0.64 * (g - low), g + 0.64 * (high - g))),
        "hold the true gain",
    ),
    "never in doubt": (lambda a, b, brand: ((a - b).mean(), -9.0, 9.0), "is allowed"),
}

HARMLESS = {
    "constant: …ds = ttest_1samp(means, 0).confidence_interval(0.… -> *": "what is tested is no "
    "part of the interval",
}
