"""Find what an author forgot in a lab before learners or nbgrader find it.

Looks at whole notebooks: ids, points, pairs of solution and test, marks, outputs, and the
points in the catalog. Single cell headers are checked by `source`; whether the checks tell
right from wrong is proved by `labkit verify`.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from nbformat import NotebookNode

from labkit.authoring.build import lab_sources, lesson_sources
from labkit.authoring.catalog import CATALOG_PATH, CatalogError, load_catalog
from labkit.authoring.source import KERNELSPEC, SourceError, header_of, read_source

SOLUTION = "SOLUTION"
HIDDEN_TESTS = "HIDDEN TESTS"
MARK_SCHEME = "MARK SCHEME"
MARKS = (SOLUTION, HIDDEN_TESTS, MARK_SCHEME)

_ROLES_OF_MARK = {SOLUTION: ("solution", "essay"), HIDDEN_TESTS: ("test",), MARK_SCHEME: ()}


@dataclass(frozen=True)
class Problem:
    """One thing to mend: in which file and cell, what is wrong, and what to do.

    `cell` counts from 1; 0 stands for the file as a whole.
    """

    path: Path
    cell: int
    message: str
    mend: str

    def __str__(self) -> str:
        place = f"{self.path}, cell {self.cell}" if self.cell else f"{self.path}"
        return f"{place}: {self.message} {self.mend}"


def lint_course(root: Path) -> list[Problem]:
    """Check every lab and lesson of the course at `root`, and the catalog against them."""
    problems: list[Problem] = []
    points: dict[str, float] = {}
    for path in [*lesson_sources(root), *lab_sources(root)]:
        try:
            notebook = read_source(path)
        except SourceError as error:
            problems.append(Problem(path, 0, str(error).removeprefix(f"{path}: "), ""))
            continue
        problems += lint_notebook(notebook, path)
        if path.parent.parent.name == "labs":
            points[path.parent.name] = points.get(path.parent.name, 0) + total_points(notebook)
    return problems + _lint_catalog(root, points)


def lint_notebook(notebook: NotebookNode, path: Path) -> list[Problem]:
    """Check one notebook, built or just read from its source.

    Args:
        notebook: With nbgrader's metadata.
        path: File named in the problems.

    Returns:
        Empty if nothing has to be mended.
    """
    problems: list[Problem] = []
    if notebook.metadata.get("kernelspec") != KERNELSPEC:
        problems.append(
            Problem(
                path,
                0,
                f"The kernelspec is {notebook.metadata.get('kernelspec')!r}.",
                "Rebuild it with `labkit build`, which always names python3.",
            )
        )
    for number, cell in enumerate(notebook.cells, 1):
        found = (*_output_problems(cell), *_mark_problems(cell), *_test_problems(cell))
        problems += [Problem(path, number, message, mend) for message, mend in found]
    return problems + list(_pair_problems(notebook, path))


def total_points(notebook: NotebookNode) -> float:
    """Add up the points of a notebook's tests and essays."""
    return float(sum(header_of(cell).points or 0 for cell in notebook.cells))


Finding = tuple[str, str]


def _output_problems(cell: NotebookNode) -> Iterator[Finding]:
    if cell.get("outputs") or cell.get("execution_count"):
        yield "The cell holds outputs.", "Rebuild the notebook; only sources are committed by hand."


def _mark_problems(cell: NotebookNode) -> Iterator[Finding]:
    role = header_of(cell).role
    for mark in MARKS:
        inside = False
        count = 0
        for line in cell.source.split("\n"):
            if f"BEGIN {mark}" in line:
                count += 1
                if inside:
                    yield (
                        f"BEGIN {mark} stands inside another.",
                        f"Close the first with END {mark}.",
                    )
                inside = True
            elif f"END {mark}" in line:
                if not inside:
                    yield f"END {mark} has no BEGIN {mark} before it.", "Add or remove the mark."
                inside = False
        if inside:
            yield f"BEGIN {mark} is never closed.", f"Add ### END {mark}."
        if count and role not in _ROLES_OF_MARK[mark]:
            allowed = " or ".join(_ROLES_OF_MARK[mark])
            mend = (
                f"Move it into a {allowed} cell." if allowed else "Put it into an essay's solution."
            )
            yield f"BEGIN {mark} stands in a {role or 'plain'} cell.", mend
        if mark == SOLUTION and role in _ROLES_OF_MARK[mark] and not count:
            yield (
                f"The {role} cell has no solution marks, so a release would empty it.",
                "Put ### BEGIN SOLUTION and ### END SOLUTION around the answer.",
            )


def _test_problems(cell: NotebookNode) -> Iterator[Finding]:
    header = header_of(cell)
    if header.role != "test":
        return
    try:
        body = ast.parse(cell.source).body
    except SyntaxError as error:
        yield f"The test is not Python: {error.msg} (line {error.lineno}).", "Mend the line."
        return
    last = body[-1] if body else None
    if not isinstance(last, ast.Expr) or cell.source.rstrip().endswith(";"):
        # nbgrader reads the points from the cell's result, and takes silence for full marks.
        yield (
            "The test ends without a value, which nbgrader counts as full marks.",
            f'End it with lab.check("{header.key}", …).',
        )
        return
    checked = _checked_task(last.value)
    if checked is not None and checked != header.key:
        yield (
            f'The test "{header.key}" checks the task "{checked}".',
            "Give header and check the same name.",
        )


def _checked_task(expression: ast.expr) -> str | None:
    """Return the task named in `lab.check("task", …)`, or None for any other expression."""
    if (
        isinstance(expression, ast.Call)
        and isinstance(expression.func, ast.Attribute)
        and expression.func.attr == "check"
        and expression.args
        and isinstance(expression.args[0], ast.Constant)
    ):
        return str(expression.args[0].value)
    return None


def _pair_problems(notebook: NotebookNode, path: Path) -> Iterator[Problem]:
    headers = [(number, header_of(cell)) for number, cell in enumerate(notebook.cells, 1)]
    graded = [(number, header) for number, header in headers if header.role is not None]
    uses = Counter(header.grade_id for _, header in graded)
    solutions = {header.key for _, header in graded if header.role == "solution"}
    tests = {header.key for _, header in graded if header.role == "test"}
    seen: set[str] = set()
    for number, header in graded:
        if uses[header.grade_id] > 1 and header.grade_id in seen:
            yield Problem(
                path,
                number,
                f'The id "{header.grade_id}" is used {uses[header.grade_id]} times.',
                "Give each graded cell a name of its own.",
            )
        seen.add(header.grade_id)
        if header.role == "solution" and header.key not in tests:
            yield Problem(
                path,
                number,
                f'The solution "{header.key}" has no test.',
                f'Add a cell `# %% test="{header.key}" points=…` below it.',
            )
        if header.role == "test" and header.key not in solutions:
            yield Problem(
                path,
                number,
                f'The test "{header.key}" has no solution.',
                f'Add a cell `# %% solution="{header.key}"` above it, or mend the name.',
            )
        if header.role in ("test", "essay") and not header.points:
            yield Problem(
                path, number, f'"{header.grade_id}" has no points.', "Add points=… to its header."
            )


def _lint_catalog(root: Path, points: dict[str, float]) -> list[Problem]:
    path = root / CATALOG_PATH
    try:
        catalog = load_catalog(root)
    except CatalogError as error:
        return [Problem(path, 0, str(error).removeprefix(f"{path}: "), "")]
    problems: list[Problem] = []
    for module in catalog.modules:
        if not module.available:
            continue
        for needed in (module.lesson, module.lab):
            source = (root / needed).with_suffix(".py")
            if not source.exists():
                problems.append(
                    Problem(
                        path,
                        0,
                        f"{module.name} is available but has no {source.relative_to(root)}.",
                        "Write it, or set its status to planned.",
                    )
                )
        found = points.get(module.name)
        if found is not None and found != module.points:
            problems.append(
                Problem(
                    path,
                    0,
                    f"{module.name} promises {module.points} points, its lab gives {found:g}.",
                    "Make the two equal.",
                )
            )
    for name in sorted(set(points) - {module.name for module in catalog.modules}):
        problems.append(
            Problem(path, 0, f"The lab {name} is not in the catalog.", "Add its entry.")
        )
    return problems
