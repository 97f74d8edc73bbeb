"""How far copies stand apart from independent work, and how long a comparison takes.

    python benchmarks/grading/similarity.py

Ten seeded cohorts of 150 made-up learners, one a lab: 111,750 pairs. Everybody starts from one of
the lab's own answers and writes it in a hand of the own (`labkit.authoring.hands`). Planted are
copies of all answers with other names, other comments and moved lines, and pairs who worked
together on all or half of the tasks. No cohort of real learners was at hand.

The last line compares 1,000 submissions of one lab.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import numpy as np

from labkit.authoring.answer_texts import written_answers
from labkit.authoring.learners import Made, answers_of_cohort, learners
from labkit.authoring.source import read_source
from labkit.cohort.fingerprints import evidence
from labkit.cohort.similarity import BAR, base_of_lab, likeness

ROOT = Path(__file__).resolve().parents[2]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--learners", type=int, default=150)
    parser.add_argument("--large", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0, help="of the first cohort")
    parser.add_argument("--labs", nargs="*", default=None)
    options = parser.parse_args()
    labs = options.labs or [path.name for path in sorted((ROOT / "labs").glob("*_*"))]
    pairs, highest, lowest, found = 0, -np.inf, np.inf, [0, 0]
    for seed, lab in enumerate(labs, options.seed):
        cohort, scores, _ = compared(lab, options.learners, seed)
        alone, copies, together = told_apart(cohort, scores)
        pairs, highest = pairs + len(alone), max(highest, alone.max())
        lowest = min([lowest, *copies])
        found = [found[0] + sum(x >= BAR for x in together), found[1] + len(together)]
        print(
            f"{lab:26} independent at most {alone.max():6.1f}, copies {rounded(copies)}, "
            f"together {rounded(together)}"
        )
    print(
        f"{pairs:,} independent pairs at most {highest:.1f}, copies at least {lowest:.1f}, "
        f"bar {BAR:g}; of those who worked together {found[0]} of {found[1]} are found"
    )
    _, _, seconds = compared(labs[0], options.large, 99)
    print(f"{options.large} submissions of {labs[0]} compared in {seconds:.1f} s")
    return int(not highest < BAR <= lowest)


def compared(lab: str, number: int, seed: int) -> tuple[list[Made], np.ndarray, float]:
    """Make a cohort and compare its work; return the evidence of each pair, and the seconds."""
    solved = read_source(ROOT / "labs" / lab / f"{lab.partition('_')[2]}.py")
    texts = written_answers(ROOT, lab, solved)
    base = base_of_lab(ROOT, lab)
    cohort = learners(number, seed)
    made = answers_of_cohort(cohort, lab, texts, seed, base.names)
    begun = time.perf_counter()
    works = [
        {f"test_{task}": one.source for task, one in made[learner.name].items()}
        for learner in cohort
    ]
    _, common, different = likeness(works, base)
    return cohort, evidence(common, different), time.perf_counter() - begun


def told_apart(cohort: list[Made], scores: np.ndarray) -> tuple[np.ndarray, list, list]:
    """Return the scores of independent pairs, of copies, and of those who worked together."""
    place = {one.name: number for number, one in enumerate(cohort)}
    alone = np.triu(np.ones_like(scores, dtype=bool), 1)
    planted = {"copy": [], "together": []}
    for one in cohort:
        if one.partner:
            pair = sorted((place[one.name], place[one.partner]))
            planted[one.role].append(float(scores[*pair]))
            alone[*pair] = False
    return scores[alone], planted["copy"], planted["together"]


def rounded(numbers: list[float]) -> list[int]:
    return [round(number) for number in sorted(numbers)]


if __name__ == "__main__":
    sys.exit(main())
