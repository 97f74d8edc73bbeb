"""Grades the corpus twice: by stock nbgrader, and as this package grades."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook
from nbgrader.api import Gradebook

from honest import KINDS, Case

NAME = "honest"
KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}
OURS = "\nfrom labkit.grading.config import apply\napply(c)\n"
for _name in ("values", "objects", "running", "courses"):
    import_module(f"honest.{_name}")


@dataclass(frozen=True)
class Mark:
    """What a test gave: points out of one, and whether a person has to look."""

    points: float
    person: bool

    def __str__(self) -> str:
        return "person" if self.person else f"{self.points:g}"


def grade(folder: Path, kinds: list[str]) -> dict[tuple[str, str, str], tuple[Mark, Mark]]:
    """Grade right and wrong answers by both; (kind, case, who) to (stock, here)."""
    stock, ours = folder / "stock", folder / "ours"
    make(ours, kinds, OURS)
    shutil.copytree(ours, stock)
    (stock / "nbgrader_config.py").write_text("c = get_config()\n", encoding="utf-8")
    for root in (stock, ours):
        _run(root, "nbgrader", "autograde", NAME)
    left, right = _marks(stock), _marks(ours)
    return {place: (left[place], right[place]) for place in left}


def make(root: Path, kinds: list[str], config: str) -> None:
    """Make a released course of some kinds, with what its two learners hand in."""
    source = root / "source" / NAME
    source.mkdir(parents=True)
    (root / "nbgrader_config.py").write_text(f"c = get_config(){config}\n", encoding="utf-8")
    for name in kinds:
        nbformat.write(_notebook(KINDS[name]), source / f"{name}.ipynb")
    _run(root, "nbgrader", "generate_assignment", NAME)
    for who in ("right", "wrong"):
        folder = root / "submitted" / who / NAME
        folder.mkdir(parents=True)
        for name in kinds:
            notebook = nbformat.read(root / "release" / NAME / f"{name}.ipynb", as_version=4)
            answers = {f"answer_{case.name}": getattr(case, who) for case in KINDS[name]}
            for cell in notebook.cells:
                cell.source = answers.get(cell.metadata["nbgrader"]["grade_id"], cell.source)
            nbformat.write(notebook, folder / f"{name}.ipynb")


def _notebook(cases: list[Case]) -> NotebookNode:
    cells = []
    for case in cases:
        if case.setup:
            cells.append(_cell(case.setup, f"setup_{case.name}", locked=True))
        solution = f"### BEGIN SOLUTION\n{case.right}\n### END SOLUTION"
        cells.append(_cell(solution, f"answer_{case.name}", solution=True))
        cells.append(_cell(case.test, f"test_{case.name}", grade=True, locked=True, points=1))
    return new_notebook(cells=cells, metadata={"kernelspec": KERNEL})


def _cell(source: str, grade_id: str, **marks: bool | int) -> NotebookNode:
    plain = dict.fromkeys(("grade", "solution", "locked", "task"), False)
    cell = new_code_cell(source)
    cell.metadata["nbgrader"] = {"schema_version": 3, "grade_id": grade_id} | plain | marks
    return cell


def _run(root: Path, *module: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", *module],
        cwd=root,
        env=os.environ
        | {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "MPLBACKEND": "Agg",
            "OMP_NUM_THREADS": "1",
        },
        capture_output=True,
        text=True,
        timeout=900,
    )
    assert done.returncode == 0, done.stderr[-3000:]


def _marks(root: Path) -> dict[tuple[str, str, str], Mark]:
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as book:
        return {
            (notebook.name, grade.name.removeprefix("test_"), entry.student_id): Mark(
                float(grade.auto_score or 0), bool(grade.needs_manual_grade)
            )
            for entry in book.find_assignment(NAME).submissions
            for notebook in entry.notebooks
            for grade in notebook.grades
        }


def how(stock: Mark, here: Mark) -> str:
    """How the two compare: "same", "person" (one has to look here), or "differs"."""
    return "person" if here.person else "same" if stock == here else "differs"


def main() -> None:
    """Print how the two compare: `python -m honest.sides [kinds]`, in tests/grading.

    First the answers on which the two differ, that a person has to look at, or that stock nbgrader
    itself marks otherwise than right and wrong; then how many of each there are in each kind.
    """
    import tempfile

    kinds = sys.argv[1:] or list(KINDS)
    with tempfile.TemporaryDirectory() as folder:
        found = grade(Path(folder), kinds)
    for place, (stock, here) in found.items():
        expected = 1.0 if place[2] == "right" else 0.0
        if how(stock, here) != "same" or stock.points != expected:
            print(f"{how(stock, here):8} {'/'.join(place):50} stock {stock}, here {here}")
    print("\n".join(table(found)))


def table(found: dict[tuple[str, str, str], tuple[Mark, Mark]]) -> list[str]:
    """Count answers of each kind by how the two compare; the last line has all kinds."""
    counts = {kind: Counter[str]() for kind, _, _ in found}
    for (kind, _, _), (stock, here) in found.items():
        counts[kind][how(stock, here)] += 1
    whole = sum(counts.values(), Counter())
    lines = [f"{'kind':20} {'answers':>7} {'same':>7} {'person':>7} {'differs':>7}"]
    for kind, count in [*counts.items(), ("all", whole)]:
        each = (count.total(), count["same"], count["person"], count["differs"])
        lines.append(f"{kind:20} " + " ".join(f"{number:7}" for number in each))
    return lines


if __name__ == "__main__":
    main()
