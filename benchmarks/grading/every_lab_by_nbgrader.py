"""Every lab's sample cohort, graded by nbgrader's own commands: work earns its points, none none.

    python benchmarks/grading/every_lab_by_nbgrader.py [NN_slug ...]

For each lab, in a folder of its own: `nbgrader generate_assignment`, `autograde` and
`generate_feedback`, then what the gradebook has. Half a minute a lab on a quiet core. Ends with an
error where somebody's score is not what the answers are worth.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests" / "grading"), str(ROOT / "tests")]

from catalogue import AVAILABLE  # noqa: E402
from lab_course import lay, run, scores, worth  # noqa: E402


def main(names: list[str]) -> int:
    """Print a line a lab; return how many differ."""
    wrong = 0
    for name in names or AVAILABLE:
        with tempfile.TemporaryDirectory() as folder:
            root = lay(Path(folder) / "course", name)
            for step in ("generate_assignment", "autograde", "generate_feedback"):
                run(root, "nbgrader", step, name)
            found = scores(root)
        told = ", ".join(f"{who[7:]} {score:g}" for who, score in sorted(found.items()))
        differs = found != worth(name)
        print(f"{name:28} {told}{'   DIFFERS' if differs else ''}", flush=True)
        wrong += differs
    return wrong


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
