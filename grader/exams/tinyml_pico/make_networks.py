"""Trains the networks that ship with `labkit.trends.tinyml_pico` and quantises them.

    PYTHONPATH=grader OMP_NUM_THREADS=1 python -m exams.tinyml_pico.make_networks

writes `float_networks.npz` and `int8_networks.npz` into the package. It takes about a minute on
one thread. Another machine's torch may give slightly other weights; the tests ask only that the
two files belong together and that the accuracies are those that were measured.
"""

from __future__ import annotations

from pathlib import Path

import torch

import labkit.trends.tinyml_pico as package
from labkit.trends.tinyml_pico import data, training
from labkit.trends.tinyml_pico.network import FLOAT_SEEDS, WIDE, save

from .quantiser import quantise

BITS = (7, 6, 5, 4)


def main() -> None:
    """Train, quantise and store."""
    torch.set_num_threads(1)
    taught = data.part("train")
    floats = {
        f"seed{seed}": training.train(taught.signal, taught.exercise, seed=seed)
        for seed in FLOAT_SEEDS
    }
    for name, widths in WIDE.items():
        floats[name] = training.train(taught.signal, taught.exercise, widths=widths)
    whole = {"int8": quantise(floats["seed0"], taught.signal)}
    for bits in BITS:
        whole[f"int{bits}"] = quantise(floats["seed0"], taught.signal, bits=bits)
    for name in floats:
        if name != "seed0":
            whole[name] = quantise(floats[name], taught.signal)
    folder = Path(str(package.__file__)).parent
    save(folder / "float_networks.npz", floats)
    save(folder / "int8_networks.npz", whole)


if __name__ == "__main__":
    main()
