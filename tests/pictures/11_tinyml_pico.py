"""Samples of the pictures and explorations of module 11."""

import numpy as np

from labkit.trends.tinyml_pico import data, plots, widgets
from labkit.trends.tinyml_pico.profiler import KINDS

NETWORKS = [
    {"name": "8, 12, 16", "how": "trained", "accuracy": [0.81, 0.83], "cycles": 60_000,
     "flash": 8_000},
    {"name": "8, 12, 16", "how": "pruned", "accuracy": [0.80, 0.84], "cycles": 60_000,
     "flash": 8_000},
    {"name": "16, 24, 32", "how": "trained", "accuracy": [0.86, 0.89], "cycles": 230_000,
     "flash": 16_000},
]  # fmt: skip
KERNELS = [{"name": "plain C", "cycles": 820_000}, {"name": "CMSIS-NN", "cycles": 858_000}]
SPENT = {
    "plain C": dict(zip(KINDS, (4.0, 1.0, 3.0, 3.0), strict=True)),
    "packed": dict(zip(KINDS, (0.9, 0.5, 1.5, 0.3), strict=True)),
}
VERDICTS = [(2.56, "row", "row"), (3.84, "press", "row"), (5.12, "row", "row")]


def headline():
    return plots.accuracy_against_cycles(NETWORKS, KERNELS)


def bits(chosen=4):
    weights = np.random.default_rng(0).integers(-127, 128, 500, dtype=np.int8)
    accuracy = {2: 0.3, 3: 0.7, 4: 0.88, 8: 0.89}
    return plots.bits_and_width(weights, chosen, accuracy, 0.9, "9.1 KB of flash")


def live(second=10.0):
    signal = np.sin(np.arange(250)[:, None] / 9 + np.arange(3))
    return plots.strip(signal, 25.0, VERDICTS, second, 2.56, ("row", "press"))


def watching():
    signal = np.sin(np.arange(200)[:, None] / 9 + np.arange(3))
    verdicts = [(2.56 + 1.28 * k, data.EXERCISES[k % 2], data.EXERCISES[0]) for k in range(4)]
    return widgets.watch_live(signal, verdicts)


PLOTS = {
    "accuracy_against_cycles": headline,
    "bits_and_width": bits,
    "cycles_by_kind": lambda: plots.cycles_by_kind(SPENT),
    "seeds": lambda: plots.seeds([(0.89, 0.90), (0.85, 0.845), (0.88, 0.88)]),
    "strip": live,
}
EXPLORERS = {
    "explore_bits": (
        lambda: widgets.explore_bits({"narrow": "w4", "wide": "int8"}),
        {"bits": 3, "width": "narrow"},
    ),
    "watch_live": (watching, {"second": 2.6}),
}
