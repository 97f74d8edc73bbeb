"""Synthetic submissions, to try grading before a cohort hands in.

Each synthetic learner has a character: one solves everything and writes every essay, one does
half of it and is late, one nothing, one raises errors everywhere. Their submissions are written
where nbgrader looks for them; what real learners handed in is never touched.

On request more learners walk into the known traps: the k-th gives to each task the k-th wrong
answer of `tests/labs/` that a trap of the task names. `write_learners` makes a whole cohort, as
`labkit.authoring.learners` draws it.
"""

from __future__ import annotations

import ast
import importlib
import itertools
import random
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from labkit import code
from labkit.authoring.answer_texts import unmarked, written_answers
from labkit.authoring.instance_numbers import telling_numbers
from labkit.authoring.learners import Answers, Made, answers_of_cohort, learners
from labkit.authoring.release import release_notebook
from labkit.authoring.source import header_of, read_source
from labkit.errors import CourseError
from labkit.files import write_atomically

LATE = "sample-half"
TRAPPED = "trapped"
"""The package beside a trapped learner's notebook; its modules are the tasks' files of answers."""
BROKEN = 'raise RuntimeError("this answer is broken")'


class CohortError(CourseError):
    """No submissions can be made; the text says why."""


def write_cohort(root: Path, assignment: str) -> list[str]:
    """Write the synthetic submissions of a lab; return one line of report each.

    Raises:
        CohortError: there is no such lab, or a real learner has a synthetic one's name.
    """
    return _write(root, assignment, _submissions(_solved(root, assignment)))


def write_trapped(root: Path, assignment: str) -> list[str]:
    """Write a submission for each known trap, of all tasks side by side; return a line each.

    Raises:
        CohortError: there is no such lab, its checks name no traps, or a real learner has a
            synthetic one's name.
    """
    solved = _solved(root, assignment)
    falls = [list(_falls(root, assignment, cell)) for cell in solved.cells]
    if not any(falls):
        raise CohortError(f"The checks of {assignment} name no trap that tests/labs/ walks into.")
    lines = _write(root, assignment, _trapped(solved, falls))
    for line in lines:
        beside = (root / line.removeprefix("written: ")).parent / TRAPPED
        for path in (root / "tests" / "labs" / assignment).glob("*.py"):
            write_atomically(beside / path.name, path.read_bytes())
        write_atomically(beside / "__init__.py", b"")
    return lines


def write_learners(
    root: Path, assignment: str, number: int, seed: int, due: datetime
) -> tuple[list[str], dict[str, datetime]]:
    """Write a made-up cohort's submissions of a lab.

    Args:
        root: the course's folder.
        assignment: the lab's name.
        number: how many learners.
        seed: the same seed gives the same learners, in all labs.
        due: when the lab is due.

    Returns:
        One line of report each, and when each one handed in.

    Raises:
        CohortError: there is no such lab, or a real learner has a synthetic one's name.
    """
    solved = _solved(root, assignment)
    released = release_notebook(solved)
    given = {
        name
        for cell in released.cells
        if cell.cell_type == "code" and header_of(cell).role != "test"
        for _, names in code.imports(code.cell(cell.source))
        for name in names
    }
    cohort = learners(number, seed)
    texts = written_answers(root, assignment, solved)
    numbers = _own_numbers(assignment, [one.name for one in cohort])
    made = answers_of_cohort(cohort, assignment, texts, seed, given, numbers)
    submissions = [
        (one.name, _handed_in(released, solved, one, made[one.name], f"{seed} {assignment}"))
        for one in cohort
        if made[one.name]
    ]
    times = {name: _handed_in_at(name, due, f"{seed} {assignment}") for name, _ in submissions}
    return _write(root, assignment, submissions), times


def _handed_in(
    released: NotebookNode, solved: NotebookNode, one: Made, answers: Answers, seed: str
) -> NotebookNode:
    """Fill a learner's answers and essays into the released notebook."""
    rng = random.Random(f"{seed} {one.name} essays")
    found = {}
    for place, cell in enumerate(solved.cells):
        header = header_of(cell)
        if header.role == "solution" and header.key in answers:
            found[place] = answers[header.key].source
        elif header.role == "essay" and rng.random() < one.diligence:
            sentences = unmarked(cell.source).split(". ")
            found[place] = ". ".join(sentences[: rng.randrange(1, len(sentences) + 1)])
            if one.role == "hostile":
                found[place] += "\n\n<script>alert(1)</script>"
    notebook = _answered(released, found)
    if one.role == "hostile":
        for cell in notebook.cells:
            if "points" in cell.metadata.get("nbgrader", {}):
                marks = {**cell.metadata["nbgrader"], "points": 1000}
                cell.metadata = nbformat.from_dict({**cell.metadata, "nbgrader": marks})
    return notebook


def _handed_in_at(name: str, due: datetime, seed: str) -> datetime:
    """Draw when somebody hands in: most on the last day, one of twelve late."""
    rng = random.Random(f"{seed} {name} time")
    late = rng.random() < 1 / 12
    return due + timedelta(hours=rng.uniform(1, 72) if late else -rng.expovariate(1 / 20))


def _own_numbers(assignment: str, names: list[str]) -> dict[str, dict[str, list[float]]]:
    """Return by learner and task the numbers that only that learner's practice instance has."""
    from labkit.exercise.instances import practice
    from labkit.learner.variants import PRACTICE_KEY
    from labkit.learner.variants import seed as variant

    found: dict[str, dict[str, list[float]]] = {name: {} for name in names}
    for task, variants in practice(assignment.partition("_")[2]).items():
        numbers = telling_numbers(variants)
        for name in names:
            place = variant(PRACTICE_KEY, name, assignment, task) % len(numbers)
            found[name][task] = sorted(numbers[place])[:100]
    return found


def _solved(root: Path, assignment: str) -> NotebookNode:
    source = root / "labs" / assignment / f"{assignment.partition('_')[2]}.py"
    if not source.is_file():
        raise CohortError(f"There is no lab {assignment!r}: {source} is missing.")
    return read_source(source)


def _write(
    root: Path, assignment: str, submissions: Iterable[tuple[str, NotebookNode]]
) -> list[str]:
    slug = assignment.partition("_")[2]
    lines = []
    for learner, notebook in submissions:
        folder = root / "grader" / "submitted" / learner / assignment
        path = folder / f"{slug}.ipynb"
        marker = folder / ".sample"
        if folder.exists() and not marker.exists():
            raise CohortError(f"{folder} was not written by this command; it stays as it is.")
        write_atomically(marker, b"")
        write_atomically(path, nbformat.writes(notebook).encode())
        stamp = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S UTC\n")
        write_atomically(folder / "timestamp.txt", stamp.encode())
        lines.append(f"written: {path.relative_to(root)}")
    return lines


def _submissions(solved: NotebookNode) -> Iterator[tuple[str, NotebookNode]]:
    """Yield every synthetic learner's name and notebook."""
    released = release_notebook(solved)
    answers = [i for i, cell in enumerate(solved.cells) if header_of(cell).role == "solution"]
    essays = [i for i, cell in enumerate(solved.cells) if header_of(cell).role == "essay"]
    everything = {i: unmarked(solved.cells[i].source) for i in [*answers, *essays]}
    yield "sample-all", _answered(released, everything)
    half = [*answers[: len(answers) // 2], *essays]
    yield LATE, _answered(released, {i: everything[i] for i in half})
    yield "sample-none", _answered(released, {})
    yield "sample-broken", _answered(released, dict.fromkeys(answers, BROKEN))


def _falls(root: Path, assignment: str, cell: NotebookNode) -> Iterator[tuple[str, str]]:
    """Yield, for the test cell of a task, its key and an answer's text for each known trap."""
    from labkit.authoring.verify.lab import answers  # which needs the checks, some of them torch

    header = header_of(cell)
    if header.role != "test":
        return
    spec = importlib.import_module(f"labkit.checks.{assignment.partition('_')[2]}").SPEC
    call = next(part for part in ast.walk(ast.parse(cell.source)) if isinstance(part, ast.Call))
    if len(call.args) != 2 or not isinstance(call.args[1], ast.Name):
        return
    wrong = answers(root, assignment, header.key).wrong
    for words in spec.task(header.key).traps.values():
        name = next((name for name, (_, said, *_) in wrong.items() if said in words), None)
        if name is not None:
            source = f"from {TRAPPED}.{header.key} import WRONG\n\n"
            yield header.key, f"{source}{call.args[1].id} = WRONG[{name!r}][0]"


def _trapped(
    solved: NotebookNode, falls: list[list[tuple[str, str]]]
) -> Iterator[tuple[str, NotebookNode]]:
    """Yield learners who walk into one trap of each task that still has one left."""
    released = release_notebook(solved)
    places = {
        header_of(cell).key: place
        for place, cell in enumerate(solved.cells)
        if header_of(cell).role == "solution"
    }
    for number, row in enumerate(itertools.zip_longest(*filter(None, falls)), 1):
        answers = {places[key]: text for key, text in filter(None, row)}
        yield f"sample-trap-{number}", _answered(released, answers)


def _answered(released: NotebookNode, answers: dict[int, str]) -> NotebookNode:
    notebook = nbformat.from_dict(released.copy())  # shallow: the cells are replaced below
    notebook.cells = [
        nbformat.from_dict(cell | {"source": answers.get(place, cell.source)})
        for place, cell in enumerate(released.cells)
    ]
    return notebook
