"""Label efficiency over five seeds, negatives included: writes `figures/label_efficiency.json`.

The lesson's headline plot reads that file, because the fits that the tasks ask for are not in the
wheel. Run it from the repository's root:
`python benchmarks/neuro_symbolic_diagnosis/label_efficiency.py [arm ...]`. About twelve minutes on
one core, nearly all of it for the convolutional networks; named arms alone are fitted again, the
others stay as they are in the file.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).parents[2] / "grader"))

import numpy as np
import torch

import labkit.trends.neuro_symbolic_diagnosis
from exams.neuro_symbolic_diagnosis import experiment, perception
from labkit.trends.neuro_symbolic_diagnosis.bank import BANK_SEED, measured_bank
from labkit.trends.neuro_symbolic_diagnosis.perception import as_channels
from labkit.trends.neuro_symbolic_diagnosis.world.renderer import draw_cases

FIGURES = Path(labkit.trends.neuro_symbolic_diagnosis.__file__).parent / "figures"
TARGET = FIGURES / "label_efficiency.json"
BELIEFS = FIGURES / "beliefs.npz"
"""What a model fitted to 50 described lesions believes of the test lesions."""

DESCRIBED = (10, 25, 50)


def blocks() -> tuple[list[experiment.Labelled], experiment.Labelled]:
    """Return five training sets of 400 and the 1,000 test lesions, with their images."""
    bank = measured_bank()
    images = as_channels(draw_cases(len(bank.x), BANK_SEED).images)

    def part(rows: slice) -> experiment.Labelled:
        lesions = bank.lesions.take(rows)
        return experiment.Labelled(bank.x[rows], lesions.concepts(), lesions.tenths, images[rows])

    size, seeds = experiment.BLOCK, experiment.SEEDS
    return [part(slice(s * size, (s + 1) * size)) for s in range(seeds)], part(
        slice(seeds * size, None)
    )


def main(wanted: list[str]) -> None:
    """Fit every arm, or those `wanted`, at every size and seed, and write the figures."""
    torch.set_num_threads(1)
    trains, test = blocks()
    arms = json.loads(TARGET.read_text())["arms"] if wanted else {}
    for name in wanted or experiment.ARMS:
        arms[name] = _learning_curve(name, trains, test)
    arms = {name: arms[name] for name in experiment.ARMS}  # a refitted arm keeps its place
    few = {
        str(described): {
            form: _over_seeds(
                lambda train, seed: experiment.few_findings(train, test, described, verdicts),  # noqa: B023
                trains,
            )
            for form, verdicts in (("alone", False), ("and verdicts", True))
        }
        for described in DESCRIBED
    }
    fifty = trains[0].first(50)
    shown = perception.fit_concepts(fifty.x, fifty.concepts).beliefs(test.x)
    np.savez_compressed(BELIEFS, **{name: part.astype(np.float32) for name, part in shown.items()})
    report = {
        "source": "benchmarks/neuro_symbolic_diagnosis/label_efficiency.py",
        "test_images": len(test.tenths),
        "majority": float(max(test.verdicts().mean(), 1 - test.verdicts().mean())),
        "sizes": list(experiment.SIZES),
        "arms": arms,
        "few_findings": few,
        "explanations": experiment.check_explanations(shown, test),
    }
    TARGET.write_text(json.dumps(report, indent=1) + "\n")


def _learning_curve(name: str, trains: list[Any], test: Any) -> list[dict[str, list[float]]]:
    """Return the figures of one arm, one entry a size."""
    start, arm = time.process_time(), experiment.ARMS[name]
    curve = [
        _over_seeds(lambda train, seed: arm(train.first(n), test, seed), trains)  # noqa: B023
        for n in experiment.SIZES
    ]
    seconds = (time.process_time() - start) / len(trains) / len(experiment.SIZES)
    middle = " ".join(f"{np.mean(at['accuracy']):.3f}" for at in curve)
    print(f"{name:36s} {middle}   {seconds:.2f} CPU-s a fit", flush=True)
    return curve


def _over_seeds(
    fit: Callable[[experiment.Labelled, int], dict[str, float]], trains: list[Any]
) -> dict[str, list[float]]:
    """Return each figure as a list over the seeds."""
    runs = [fit(train, seed) for seed, train in enumerate(trains)]
    return {name: [round(run[name], 4) for run in runs] for name in runs[0]}


if __name__ == "__main__":
    main(sys.argv[1:])
