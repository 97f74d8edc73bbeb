"""Courses to measure grading on: an assignment, and as many submissions as wanted.

The answers differ from learner to learner, right, wrong and broken, so that grades can be compared
and not only times.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook

NAME = "lab"
STOCK = 'c = get_config()\nc.CourseDirectory.course_id = "measured"\n'
GUARDED = STOCK + "from labkit.grading.config import apply\napply(c)\n"
KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}

# Exercises: set-up code, and for each function its right body, a wrong one, and its test.
Exercise = tuple[str, str, str, str]
PLAIN: tuple[str, list[Exercise]] = (
    "import math\n\nlimit = 100",
    [
        (
            "is_prime(n)",
            "return n > 1 and all(n % d for d in range(2, math.isqrt(n) + 1))",
            "return n % 2 == 1",
            "assert [n for n in range(20) if is_prime(n)] == [2, 3, 5, 7, 11, 13, 17, 19]",
        ),
        (
            "gcd(a, b)",
            "return a if b == 0 else gcd(b, a % b)",
            "return min(a, b)",
            "assert gcd(48, 36) == 12\nassert gcd(17, limit) == 1",
        ),
        (
            "words(text)",
            "return sorted(set(text.lower().split()))",
            "return text.split()",
            "assert words('b A a') == ['a', 'b']",
        ),
    ],
)
TORCH: tuple[str, list[Exercise]] = (
    "import torch\n\ntorch.manual_seed(0)\nx = torch.linspace(-1, 1, 64).unsqueeze(1)\n"
    "y = 3 * x + 0.5",
    [
        (
            "make_model()",
            "return torch.nn.Linear(1, 1)",
            "return torch.nn.Linear(2, 1)",
            "assert [tuple(p.shape) for p in make_model().parameters()] == [(1, 1), (1,)]",
        ),
        (
            "train(x, y)",
            "model = make_model()\n    step = torch.optim.SGD(model.parameters(), lr=0.3)\n"
            "    for _ in range(200):\n        step.zero_grad()\n"
            "        ((model(x) - y) ** 2).mean().backward()\n        step.step()\n"
            "    return model(x).detach()",
            "return x",
            "assert float(((train(x, y) - y) ** 2).mean()) < 1e-3",
        ),
        (
            "softmax(z)",
            "e = torch.exp(z - z.max())\n    return e / e.sum()",
            "return torch.exp(z)",
            "assert torch.allclose(softmax(torch.tensor([1000.0, 1000.0])), torch.full((2,), 0.5))",
        ),
    ],
)
KINDS = {"plain": PLAIN, "torch": TORCH}


def make_course(root: Path, kind: str, learners: int, config: str) -> Path:
    """Make a released course with submissions in a new folder."""
    setup, exercises = KINDS[kind]
    master = root / "source" / NAME / "work.ipynb"
    master.parent.mkdir(parents=True)
    nbformat.write(_notebook(setup, exercises), master)
    (root / "nbgrader_config.py").write_text(config, encoding="utf-8")
    run(root, "nbgrader", "generate_assignment", NAME)
    for number in range(learners):
        _hand_in(root, number, exercises)
    return root


def run(root: Path, module: str, *arguments: str) -> None:
    """Run a command in a course's folder; it must end well."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=root,
        env=os.environ | {"PATH": path, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(f"{module} {' '.join(arguments)}: {done.stdout}{done.stderr}")


def grades(root: Path) -> dict[tuple[str, str], float | None]:
    """Return what was given for every test of every learner in the gradebook."""
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as book:
        return {
            (entry.student_id, grade.name): grade.auto_score
            for entry in book.find_assignment(NAME).submissions
            for notebook in entry.notebooks
            for grade in notebook.grades
        }


def _notebook(setup: str, exercises: list[Exercise]) -> NotebookNode:
    cells = [cell(setup, grade_id="setup", locked=True)]
    for number, (signature, right, _, test) in enumerate(exercises):
        solution = f"    ### BEGIN SOLUTION\n    {right}\n    ### END SOLUTION"
        cells += [
            cell(f"def {signature}:\n{solution}", grade_id=f"task{number}", solution=True),
            cell(test, grade_id=f"test{number}", grade=True, locked=True, points=number + 1),
        ]
    return new_notebook(cells=cells, metadata={"kernelspec": KERNEL})


def cell(source: str, **marks: Any) -> NotebookNode:
    plain = dict.fromkeys(("grade", "solution", "locked", "task"), False)
    return new_code_cell(source, metadata={"nbgrader": {"schema_version": 3} | plain | marks})


def _hand_in(root: Path, number: int, exercises: list[Exercise]) -> None:
    """Write a submission: which tasks are right, wrong or broken follows from the number."""
    notebook = nbformat.read(root / "release" / NAME / "work.ipynb", as_version=4)
    cells = {cell.metadata.nbgrader.grade_id: cell for cell in notebook.cells}
    for task, (signature, right, wrong, _) in enumerate(exercises):
        body = (right, right, wrong, f"raise ValueError({number})")[(number >> task) % 4]
        cells[f"task{task}"].source = f"def {signature}:\n    {body}"
    folder = root / "submitted" / f"learner{number:04}" / NAME
    folder.mkdir(parents=True)
    nbformat.write(notebook, folder / "work.ipynb")
