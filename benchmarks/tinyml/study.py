"""How accuracy moves with width, seed, pruning, distilling and int8, and what a leak hides.

    PYTHONPATH=grader OMP_NUM_THREADS=1 python benchmarks/tinyml/study.py

trains everything again (about six minutes on one thread), prints the means, and writes
`src/labkit/trends/tinyml_pico/figures/study.json`, which the lesson's figures read.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

import labkit.trends.tinyml_pico as package
from exams.tinyml_pico.quantiser import quantise
from labkit.trends.tinyml_pico import cost, data, integer, training
from labkit.trends.tinyml_pico.network import Network, accuracy, float_network, logits, macs
from labkit.trends.tinyml_pico.network import parameters as count

WIDTHS = ((4, 8, 8), (8, 12, 16), (12, 16, 24), (16, 24, 32), (24, 36, 48))
SMALL = WIDTHS[:3]
SEEDS = range(5)
MAIN_SEEDS = range(8)
SOURCE = "benchmarks/tinyml/study.py"
FILE = Path(str(package.__file__)).parent / "figures" / "study.json"

TRAIN, TEST = data.part("train"), data.part("test")


def main() -> None:
    """Run all, print and store."""
    torch.set_num_threads(1)
    everyone = [float_network(seed) for seed in MAIN_SEEDS]
    teacher = training.ensemble(everyone, TRAIN.signal)
    runs = [*trained(), *pruned(), *distilled(teacher)]
    study = {
        "source": SOURCE,
        "runs": runs,
        "teacher_accuracy": accuracy(training.ensemble(everyone, TEST.signal), TEST.exercise),
        "left_out": left_out(),
        "random_windows": random_windows(),
    }
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(json.dumps(study, indent=1) + "\n", encoding="utf-8")
    show(study)


def trained() -> list[dict[str, Any]]:
    """Every width from noise: 40 epochs; the small ones also 80, as pruning takes two trainings."""
    runs = []
    for widths in WIDTHS:
        for seed in MAIN_SEEDS if widths == training.WIDTHS else SEEDS:
            for epochs in (40, 80) if widths in SMALL else (40,):
                made = training.train(
                    TRAIN.signal, TRAIN.exercise, widths=widths, seed=seed, epochs=epochs
                )
                runs.append(measure(made, widths, seed, "trained", epochs))
    return runs


def pruned() -> list[dict[str, Any]]:
    """The main width cut to a smaller one and trained for 40 epochs more."""
    runs = []
    for widths in SMALL:
        for seed in SEEDS:
            start = training.prune(float_network(seed), widths)
            made = training.train(TRAIN.signal, TRAIN.exercise, seed=seed, start=start)
            runs.append(measure(made, widths, seed, "pruned", 80))
    return runs


def distilled(teacher: NDArray[np.float32]) -> list[dict[str, Any]]:
    """Small widths taught by the mean of the eight main networks, from noise."""
    runs = []
    for widths in SMALL:
        for seed in SEEDS:
            made = training.train(
                TRAIN.signal, TRAIN.exercise, widths=widths, seed=seed, epochs=80, teacher=teacher
            )
            runs.append(measure(made, widths, seed, "distilled", 80))
    return runs


def left_out() -> list[dict[str, Any]]:
    """Each person in turn as the only one tested, the other nine to train on."""
    windows = data.windows()
    figures = []
    for person in data.PEOPLE:
        tested = windows.person == person
        figures.append({"person": person, "accuracy": _trained_on(~tested, tested, seed=0)})
    return figures


def random_windows() -> dict[str, Any]:
    """Windows dealt to both sides at random, as many as in the split by person."""
    windows = data.windows()
    figures = []
    for seed in SEEDS:
        order = np.random.default_rng(seed).permutation(len(windows.person))
        tested = np.isin(np.arange(len(order)), order[: len(TEST.person)])
        taught = np.isin(np.arange(len(order)), order[-len(TRAIN.person) :])
        figures.append(_trained_on(taught, tested, seed))
    return {"accuracy": figures}


def _trained_on(taught: NDArray[np.bool_], tested: NDArray[np.bool_], seed: int) -> float:
    windows = data.windows()
    made = training.train(windows.signal[taught], windows.exercise[taught], seed=seed)
    return accuracy(logits(made, windows.signal[tested]), windows.exercise[tested])


def measure(
    made: Network, widths: Sequence[int], seed: int, how: str, epochs: int
) -> dict[str, Any]:
    """Accuracy on unseen people in float and in int8, and what the network costs on the chip."""
    whole = quantise(made, TRAIN.signal)
    real = logits(made, TEST.signal)
    answers = integer.run(whole, integer.quantise_input(whole, TEST.signal))
    print(how, widths, seed, epochs, f"{accuracy(real, TEST.exercise):.3f}", flush=True)
    return {
        "channels": list(widths),
        "seed": seed,
        "how": how,
        "epochs": epochs,
        "float_accuracy": accuracy(real, TEST.exercise),
        "int8_accuracy": accuracy(answers, TEST.exercise),
        "agreement": accuracy(answers, real.argmax(axis=1)),
        "macs": sum(macs(whole)),
        "parameters": count(whole),
        "cycles": cost.cycles(whole),
        "flash": cost.flash_bytes(whole),
    }


def show(study: dict[str, Any]) -> None:
    """Print mean and range over seeds."""
    print("width         how        epochs  float  (range)        int8   agreement  cycles")
    groups: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for run in study["runs"]:
        key = (tuple(run["channels"]), run["how"], run["epochs"])
        groups.setdefault(key, []).append(run)
    for (widths, how, epochs), runs in sorted(groups.items()):
        real = [run["float_accuracy"] for run in runs]
        whole = np.mean([run["int8_accuracy"] for run in runs])
        agreement = min(run["agreement"] for run in runs)
        print(
            f"{'-'.join(map(str, widths)):<13} {how:<10} {epochs:>4}    {np.mean(real):.3f} "
            f"({min(real):.3f}-{max(real):.3f})  {whole:.3f}  >= {agreement:.3f}  "
            f"{runs[0]['cycles']:>9,}"
        )
    print(f"teacher: {study['teacher_accuracy']:.3f} on unseen people")
    people = [figure["accuracy"] for figure in study["left_out"]]
    print(f"one person left out: {np.mean(people):.3f} ({min(people):.3f}-{max(people):.3f})")
    leak = study["random_windows"]["accuracy"]
    print(f"windows at random: {np.mean(leak):.3f} ({min(leak):.3f}-{max(leak):.3f})")


if __name__ == "__main__":
    main()
