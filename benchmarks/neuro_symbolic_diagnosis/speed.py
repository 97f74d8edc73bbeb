"""CPU a picture: batched renderer, measurements and exact logic against one picture at a time.

Run from the root of the repository, on one core, about a minute:

    OMP_NUM_THREADS=1 python benchmarks/neuro_symbolic_diagnosis/speed.py

All is timed in one run by process time, best of five, ways taken in turn. `plain` holds the peers.
Before anything is timed, the plain renderer must give the batched one's pictures, the plain logic
the batched one's distributions, and the plain measurements must rank lesions alike. "Same code,
one by one" calls the batched functions with one picture: what the batch alone is worth.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).parents[2] / "grader"))
sys.path.insert(0, str(Path(__file__).parent))

import numpy as np
import plain
import torch
from scipy.stats import spearmanr
from torch import Tensor

from exams.neuro_symbolic_diagnosis.logic import probability_above, tds_distribution
from exams.neuro_symbolic_diagnosis.measurements import asymmetry_score, measure_all
from labkit.trends.neuro_symbolic_diagnosis.world.renderer import Cases, draw_cases, render

Work = Callable[[], int]


def assert_same_results(cases: Cases) -> None:
    """The peers do the work of what they are compared with."""
    off = []
    for row in range(40):
        one = plain.render_one(cases.lesions.take(row), cases.nuisances.take(row))
        off.append(np.abs(one - cases.images[row]).max(axis=2))
    # Single precision moves a pixel over a line's edge now and then.
    assert np.mean(np.array(off) > 0.01) < 0.002, np.mean(np.array(off) > 0.01)
    images = cases.images[:200]
    mirrored = [plain.measure_one(image)[0] for image in images]
    assert spearmanr(mirrored, asymmetry_score(images))[0] > 0.7
    beliefs = random_beliefs(20)
    torch.testing.assert_close(
        plain.distribution_one(*beliefs), tds_distribution(*beliefs), rtol=0, atol=1e-6
    )


def random_beliefs(n: int) -> list[Tensor]:
    torch.manual_seed(0)
    parts = [torch.rand(n, width).softmax(1) for width in (3, 9)]
    return [part.requires_grad_() for part in [*parts, torch.rand(n, 6), torch.rand(n, 5)]]


def rendering(cases: Cases) -> dict[str, Work]:
    lesions, nuisances = cases.lesions, cases.nuisances
    few = range(40)

    def batched() -> int:
        return len(render(lesions, nuisances))

    def singly() -> int:
        return len([render(lesions.take(row), nuisances.take(row)) for row in few])

    def plainly() -> int:
        return len([plain.render_one(lesions.take(row), nuisances.take(row)) for row in few])

    return {"plain": plainly, "same code, one by one": singly, "batched": batched}


def measuring(cases: Cases) -> dict[str, Work]:
    few = range(40)

    def batched() -> int:
        return len(measure_all(cases.images))

    def singly() -> int:
        return len([measure_all(cases.images[row : row + 1]) for row in few])

    def plainly() -> int:
        return len([plain.measure_one(cases.images[row]) for row in few])

    return {"plain": plainly, "same code, one by one": singly, "batched": batched}


def reasoning(n: int = 512) -> dict[str, Work]:
    beliefs = random_beliefs(n)
    one = [part[:1].detach().requires_grad_() for part in beliefs]
    Distribution = Callable[..., Tensor]

    def forward_and_backward(way: Distribution, parts: list[Tensor]) -> None:
        probability_above(way(*parts)).log().sum().backward()

    def batched() -> int:
        forward_and_backward(tds_distribution, beliefs)
        return n

    def singly() -> int:
        forward_and_backward(tds_distribution, one)
        return 1

    def plainly() -> int:
        forward_and_backward(plain.distribution_one, one)
        return 1

    return {"plain": plainly, "same code, one by one": singly, "batched": batched}


def milliseconds(ways: dict[str, Work], rounds: int) -> dict[str, float]:
    """CPU a picture of each way: best of some rounds, in each of which all ways run."""
    best = dict.fromkeys(ways, float("inf"))
    for _ in range(rounds):
        for name, work in ways.items():
            start, done = time.process_time(), 0
            while time.process_time() - start < 0.2:
                done += work()
            best[name] = min(best[name], 1e3 * (time.process_time() - start) / done)
    return best


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5, help="how often each way is timed")
    rounds = parser.parse_args().rounds
    torch.set_num_threads(1)
    cases = draw_cases(512, 1)
    assert_same_results(cases)
    print(f"{'':<14}{'way':<24}{'ms a picture':>14}{'ratio':>9}")
    for what, ways in (
        ("renderer", rendering(cases)),
        ("measurements", measuring(cases)),
        ("exact logic", reasoning()),
    ):
        times = milliseconds(ways, rounds)
        for name, each in times.items():
            print(f"{what:<14}{name:<24}{each:>14.3f}{times['plain'] / each:>9.1f}")


if __name__ == "__main__":
    main()
