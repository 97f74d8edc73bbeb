"""Right and wrong answers to the task `budget`."""

from __future__ import annotations

import numpy as np

from labkit.trends.tinyml_pico import cost, integer, network, training

from .network import int8_network


def _fits(widths, limits):
    shape = training.prune(network.float_network("w24"), widths)
    return (
        cost.cycles(shape) <= limits["cycles"] and cost.flash_bytes(shape) <= limits["flash_bytes"]
    )


def _distilled(signal, exercise, limits):
    """Two teachers of twice the width, few epochs, then the pupil."""
    teachers = [
        training.train(signal, exercise, widths=(16, 24, 24), seed=seed, epochs=20)
        for seed in (1, 2)
    ]
    teacher = training.ensemble(teachers, signal)
    widths = max((w for w in _SHAPES if _fits(w, limits)), key=sum)
    pupil = training.train(signal, exercise, widths=widths, seed=5, teacher=teacher)
    return int8_network(pupil, signal[::4])


_SHAPES = [(a, b, c) for a in (4, 6, 8) for b in (8, 10, 12) for c in (8, 12, 16)]


def _pruned(signal, exercise, limits):
    """A larger network, then its strongest channels alone, trained again."""
    large = training.train(signal, exercise, widths=(12, 16, 20), seed=3, epochs=20)
    widths = max((w for w in _SHAPES if _fits(w, limits)), key=sum)
    small = training.train(signal, exercise, seed=3, epochs=30, start=training.prune(large, widths))
    return int8_network(small, signal[::4])


def _trained(widths, **changes):
    def fit(signal, exercise, limits):
        made = training.train(signal, exercise, widths=widths, **{"epochs": 1, **changes})
        return int8_network(made, signal[::8])

    return fit


def _zeroed(signal, exercise, limits):
    """A large network whose small weights were set to zero."""
    made = _trained((16, 24, 32))(signal, exercise, limits)
    for layer in made["layers"]:
        if "weight" in layer:
            layer["weight"] = np.where(np.abs(layer["weight"]) < 80, 0, layer["weight"])
    return made


def _cut_down(signal, exercise, limits):
    large = training.train(signal, exercise, widths=(16, 24, 32), epochs=3)
    return int8_network(training.prune(large, (4, 6, 8)), signal[::8])


def _shuffled_labels(signal, exercise, limits):
    order = np.random.default_rng(0).permutation(len(exercise))
    return _trained((8, 12, 16), epochs=2)(signal, exercise[order], limits)


def _float_answer(signal, exercise, limits):
    return training.train(signal, exercise, widths=(4, 4, 4), epochs=1)


RIGHT = {"distilled from two teachers": _distilled, "pruned and trained again": _pruned}


def _ready(signal, exercise, limits):
    """A stored network of the right size."""
    return integer.int8_network("w8")


def _taught_by_stored(signal, exercise, limits):
    """Stored networks as the only teachers: the labels are not looked at."""
    teacher = training.ensemble([network.float_network(n) for n in range(3)], signal)
    made = training.train(
        signal, teacher.argmax(axis=1), widths=(8, 12, 16), epochs=5, teacher=teacher
    )
    return int8_network(made, signal[::4])


WRONG = {
    "five of forty epochs": (_trained((8, 12, 16), epochs=5), "less trained than the budget"),
    "ten of forty epochs": (_trained((8, 12, 16), epochs=10), "less trained than the budget"),
    "half the budget": (_trained((4, 6, 8), epochs=40), "smaller or less trained"),
    "a stored network": (_ready, "does not know the movements"),
    "taught by stored networks": (_taught_by_stored, "does not know the movements"),
    "the whole network": (_trained((16, 24, 32)), "the budget is"),
    "zeros for small weights": (_zeroed, "Whole channels have to go"),
    "cheap cycles, too much flash": (_trained((2, 2, 128)), "bytes of flash; the budget is"),
    "pruned, not trained again": (_cut_down, "within this budget"),
    "one epoch": (_trained((4, 8, 8)), "within this budget"),
    "three channels": (_trained((2, 2, 2), epochs=6), "within this budget"),
    "shuffled labels": (_shuffled_labels, "does not know the movements"),
    "in floating point": (_float_answer, "no key"),
}

HARMLESS = {
    "comparison: …k.float_network(name)) <= limits['cycles'] *": "no network takes just that",
    "comparison: …k.float_network(name)) <= limits['flash_bytes']] -> "
    "…k.float_network(name)) < limits['flash_bytes']]": "no network takes just that",
}
