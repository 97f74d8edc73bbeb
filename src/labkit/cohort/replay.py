"""Runs one check again on one learner's work, on the same instance, and packs it for the learner.

For an appeal: what a learner handed in is run from the top as at grading, in the sandbox, up to the
task's check. The marks stay as they are, and the gradebook is only read, from a copy. What is
packed is a notebook with the instance, the learner's own cells and the outcome; the learner runs it
with the installed labkit. It holds no solution, no exam's code and no key. The instance has the
figures that the check compares with, as practice instances have: it tells how to pass this one.
"""

from __future__ import annotations

import ast
import contextlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from labkit import code
from labkit.authoring.source import KERNELSPEC
from labkit.cohort.gather import snapshot
from labkit.errors import CourseError
from labkit.exercise.outcome import Status
from labkit.grading import drawn, job
from labkit.grading.engine import load_app
from labkit.grading.lab_parts import slug_of
from labkit.grading.outcomes import task_outcome
from labkit.grading.sandbox.protection import require_protection
from labkit.grading.stages import StagedAutograde
from labkit.grading.standing import standings
from labkit.learner.variants import private_key, seed

Cell = Mapping[str, Any]
CHECK = "lab.check("


class ReplayError(CourseError):
    """Nothing can be run again; the text says why and what to do."""


@dataclass(frozen=True)
class Replay:
    """What a check said again.

    Attributes:
        lab, test: which, as the gradebook names them.
        score: points in the gradebook; None while they wait for a reader.
        maximum: points there are.
        status: the outcome now.
        text: what the check says, and on which input it fails.
        cells: the learner's own code and what the notebook gave, before the check.
        checked: the check's source.
        instance: what it was judged on, as JSON; empty where the lab has no exams.
    """

    lab: str
    test: str
    score: float | None
    maximum: float
    status: Status
    text: str
    cells: tuple[str, ...]
    checked: str
    instance: str

    @property
    def task(self) -> str:
        """The task's name."""
        return self.test.removeprefix("test_")


def replay(root: Path, learner: str, task: str, lab: str = "") -> Replay:
    """Run a task's check again on what is graded of a learner.

    Args:
        root: the course's folder.
        learner: the learner's name in the gradebook.
        task: the task's name, with or without `test_`.
        lab: the lab, where several have such a task.

    Raises:
        ReplayError: there is no such task of this learner.
        UnprotectedError: this machine has no sandbox.
    """
    require_protection()
    app = load_app(root, lab)
    with snapshot(app.coursedir.db_url, root) as book, contextlib.chdir(root):
        lab, test = _found(book, learner, task, lab)
        mark = next(one for one in standings(book, lab)[learner].marks if one.name == test)
        app.coursedir.assignment_id = lab
        stages = StagedAutograde(coursedir=app.coursedir, parent=app)
        stages.open()
        path, notebook = _graded(stages, learner, lab, test)
        names = {"student": learner, "assignment": lab, "notebook": path.stem}
        resources = ResourcesDict(
            nbgrader=names | {"db_url": str(book.engine.url)},
            metadata={"path": str(path.parent), "name": path.stem},
        )
        done = job.run(stages.execution.job(notebook, resources))
        stages.execution.keep_drawn(done)
        instance = _instance(stages, learner, lab, test)
    ran = nbformat.reads(done["notebook"].decode("utf-8"), as_version=4).cells[-1]
    return Replay(
        lab,
        test,
        mark.score,
        mark.maximum,
        task_outcome(ran, _points(ran, mark.maximum), mark.maximum).status,
        done["lost"] or _text(ran),
        tuple(_own(notebook.cells[:-1])),
        notebook.cells[-1].source,
        instance,
    )


def lines(found: Replay) -> list[str]:
    """Return the lines that tell an instructor what the check says now."""
    given = "waits for a reader" if found.score is None else f"{found.score:g}"
    text = "".join(c if c.isprintable() or c == "\n" else "?" for c in found.text)
    return [
        f"{found.lab}, {found.task}: {found.status} now; in the gradebook {given} of "
        f"{found.maximum:g} points.",
        *text.strip().split("\n"),
    ]


def packed(found: Replay) -> bytes:
    """Return a notebook that the learner can run, with the outcome in it.

    Raises:
        ReplayError: the lab has no exams of this package's kind.
    """
    calls = [node for node in ast.walk(code.cell(found.checked)) if isinstance(node, ast.Call)]
    answers = [ast.unparse(call.args[1]) for call in calls if len(call.args) == 2]
    if not found.instance or not answers:
        raise ReplayError(f"{found.lab} has no instance to pack: its tests stand in its notebook.")
    said = "\n".join(f"> {line}" for line in _quoted(found.text).split("\n"))
    head = (
        f"# {found.lab}: your answer to `{found.task}`\n\nThis is what was graded, with the "
        f"instance that it was judged on. At grading the check said:\n\n{said}\n\nRun all cells to "
        "see it again; change your answer and run them to see what would have passed."
    )
    last = (
        f"import json\n\nfrom labkit.checks.{slug_of(found.lab)} import SPEC\n"
        "from labkit.exercise.task import judge\n\n"
        f"INSTANCE = json.loads({found.instance!r})\n"
        f"outcome = judge(SPEC.task({found.task!r}), {answers[0]}, INSTANCE)\n"
        "print(outcome.status, outcome.score)\nprint(outcome.message, outcome.on)"
    )
    cells = [new_markdown_cell(head), *map(new_code_cell, found.cells), new_code_cell(last)]
    for number, cell in enumerate(cells):
        cell.id = f"replay-{number}"
    notebook = new_notebook(cells=cells, metadata={"kernelspec": KERNELSPEC})
    return (nbformat.writes(notebook) + "\n").encode("utf-8", "replace")


def _found(book: Any, learner: str, task: str, lab: str) -> tuple[str, str]:
    wanted = (task, f"test_{task}")
    found = [
        (name, mark.name)
        for name in sorted(str(one.name) for one in book.assignments)
        if not lab or name == lab
        for mark in (standings(book, name).get(learner) or _Nothing).marks
        if mark.name in wanted and not mark.written
    ]
    if len(found) == 1:
        return found[0]
    if found:
        labs = ", ".join(name for name, _ in found)
        raise ReplayError(f"{learner!r} has {task!r} in {labs}. Say which with --lab.")
    raise ReplayError(f"The gradebook has no checked task {task!r} of {learner!r}.")


class _Nothing:
    marks = ()


def _graded(
    stages: StagedAutograde, learner: str, lab: str, test: str
) -> tuple[Path, NotebookNode]:
    """Return the graded notebook up to a test, without results and without other checks."""
    course = stages.coursedir
    folder = Path(course.root, course.format_path(course.autograded_directory, learner, lab))
    for path in sorted(folder.glob("*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        places = [n for n, cell in enumerate(notebook.cells) if _grade_id(cell) == test]
        if not places:
            continue
        before = [cell for cell in notebook.cells[: places[0]] if not _is_check(cell)]
        notebook.cells = [*before, notebook.cells[places[0]]]
        for cell in notebook.cells:
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
        return path, notebook
    raise ReplayError(f"{folder} has no graded notebook with {test!r}. Grade it first.")


def _grade_id(cell: Cell) -> str:
    return str(cell["metadata"].get("nbgrader", {}).get("grade_id", ""))


def _is_check(cell: Cell) -> bool:
    """Tell whether a cell is a check of this package, which binds nothing for later cells."""
    marks = cell["metadata"].get("nbgrader", {})
    return bool(marks.get("grade") and marks.get("locked") and CHECK in cell["source"])


def _instance(stages: StagedAutograde, learner: str, lab: str, test: str) -> str:
    """Return the instance that a task was judged on, as the grader keeps it."""
    execution, slug = stages.execution, slug_of(lab)
    if not (execution.exams and slug):
        return ""
    key = private_key(Path(execution.exams, "course.key"))
    task = test.removeprefix("test_")
    kept = drawn.load(execution.drawn_store, lab, execution.lab_digest(lab), learner, key)
    return kept.get(f"{slug}/{task}/{seed(key, learner, lab, task)}", "")


def _own(cells: Iterable[Cell]) -> Iterable[str]:
    for cell in cells:
        if cell["cell_type"] == "code" and cell["source"].strip():
            yield str(cell["source"])


def _text(cell: Cell) -> str:
    """Return what a check showed: its card as text, or an error."""
    shown = []
    for output in cell.get("outputs", ()):
        if output["output_type"] == "display_data":
            shown.append(str(output.get("data", {}).get("text/plain", "")))
        elif output["output_type"] == "error":
            shown.append(f"{output.get('ename')}: {output.get('evalue')}")
    return "\n".join(shown) or "It passed without a word."


def _points(cell: Cell, maximum: float) -> float:
    """Return the points of a test in plain nbgrader style."""
    if any(output["output_type"] == "error" for output in cell.get("outputs", ())):
        return 0.0
    for output in cell.get("outputs", ()):
        if output["output_type"] == "execute_result":
            with contextlib.suppress(ValueError):
                return float(output["data"].get("text/plain", ""))
    return maximum


def _quoted(text: str) -> str:
    """Keep a text from being read as Markdown or HTML."""
    return json.dumps(text, ensure_ascii=False)[1:-1].replace("\\n", "\n").replace("<", "&lt;")
