"""One contract for every module: what its rooms say of each other, and whether its proof fits.

`labkit build --check` holds it for every available module of the catalog. That checks tell right
from wrong is proved by `labkit verify`; what a single notebook must look like is `lint`'s business.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from labkit.authoring.catalog import Module, load_catalog
from labkit.authoring.lint import Problem
from labkit.authoring.practice import VARIANTS
from labkit.authoring.source import header_of, read_source
from labkit.authoring.verify import proof
from labkit.authoring.verify.lab import VerifyError, answers, spec
from labkit.exercise import instances
from labkit.exercise.task import LabSpec

LEAST_QUESTIONS = 3

LESSON_DATA = ("PICTURES", "EXPLORERS", "STATED", "HELD")
PICTURE_DATA = ("PLOTS", "EXPLORERS")


def lint_contracts(root: Path) -> list[Problem]:
    """Hold every available module of the course at `root` to the contract."""
    return [
        problem
        for module in load_catalog(root).modules
        if module.available
        for problem in lint_module(root, module)
    ]


def lint_module(root: Path, module: Module) -> list[Problem]:
    """Hold one module to the contract."""
    slug = module.slug
    package = root / "src" / "labkit" / "checks" / slug / "__init__.py"
    try:
        lab = spec(module.name)
    except VerifyError as problem:
        return [Problem(package, 0, str(problem), "Write SPEC there.")]
    source = root / "labs" / module.name / f"{slug}.py"
    notebook = read_source(source)
    return [
        *_named(lab, module, package),
        *_like_notebook(lab, notebook, source, package),
        *_tasks(lab, package),
        *_exams(lab, root),
        *_practice(lab, root),
        *_answers(lab, root),
        *_quiz(lab, root),
        *_lesson_data(module, root),
        *_proof(lab, root),
    ]


def _named(lab: LabSpec, module: Module, package: Path) -> Iterator[Problem]:
    if lab.assignment != module.name:
        yield Problem(
            package,
            0,
            f"SPEC is {lab.assignment}, the catalog has {module.name}.",
            "Make them one.",
        )


def _like_notebook(
    lab: LabSpec, notebook: NotebookNode, source: Path, package: Path
) -> Iterator[Problem]:
    headers = [header_of(cell) for cell in notebook.cells]
    tests = {header.key: header.points for header in headers if header.role == "test"}
    points = {task.name: task.points for task in lab.tasks}
    if tests != points:
        differ = sorted(set(tests.items()) ^ set(points.items()), key=str)
        yield Problem(
            package,
            0,
            f"Tasks and points are not those of {source.name}: "
            f"{', '.join(f'{name} ({number:g})' for name, number in differ)}.",
            "Make names and points the same on both sides.",
        )
    elif list(tests) != list(points):
        yield Problem(package, 0, "The tasks stand in another order than in the lab.", "Sort them.")
    code = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    if f"open_lab(edition={lab.edition})" not in code:
        yield Problem(
            source, 0, f"It does not call open_lab(edition={lab.edition}).", "Name SPEC's edition."
        )


def _tasks(lab: LabSpec, package: Path) -> Iterator[Problem]:
    for task in lab.tasks:
        place = package.with_name(f"{task.name}.py")
        if not place.exists():
            yield Problem(place, 0, "It is missing.", "A task has a file of its name.")
        if not task.hints:
            yield Problem(place, 0, "The task has no hint.", "Write one or two.")
        if not task.title:
            yield Problem(place, 0, "The task has no title.", "Give it the heading in the lab.")


def _exams(lab: LabSpec, root: Path) -> Iterator[Problem]:
    for task in lab.tasks:
        place = root / "grader" / "exams" / lab.slug / f"{task.name}.py"
        try:
            instances.exam_of(root / "grader", lab.slug, task.name)
        except (ModuleNotFoundError, AttributeError) as problem:
            yield Problem(place, 0, f"There is no draw(rng) ({problem}).", "Write the exam.")


def _practice(lab: LabSpec, root: Path) -> Iterator[Problem]:
    place = root / "src" / "labkit" / "checks" / lab.slug / "practice.json"
    mend = f"Run `labkit practice {lab.assignment}`."
    try:
        practice = instances.practice(lab.slug)
    except (FileNotFoundError, json.JSONDecodeError) as problem:
        yield Problem(place, 0, f"It cannot be read ({problem}).", mend)
        return
    if set(practice) != {task.name for task in lab.tasks}:
        yield Problem(place, 0, f"It has instances of {', '.join(sorted(practice))}.", mend)
        return
    for task in lab.tasks:
        variants = practice[task.name]
        if len({json.dumps(variant) for variant in variants}) != VARIANTS:
            yield Problem(place, 0, f"{task.name} has not {VARIANTS} different instances.", mend)
        nameless = set(_traps(variants)) - set(task.traps)
        if task.traps and nameless:
            yield Problem(
                place.with_name(f"{task.name}.py"),
                0,
                f"There are no words for the trap {sorted(nameless)[0]!r}.",
                "Say in TRAPS what the mistake is, or draw without it.",
            )


def _traps(value: Any) -> Iterator[str]:
    """The keys of every `traps` in an instance."""
    if isinstance(value, list):
        for item in value:
            yield from _traps(item)
    elif isinstance(value, dict):
        yield from value.get("traps", {})
        for item in value.values():
            yield from _traps(item)


def _answers(lab: LabSpec, root: Path) -> Iterator[Problem]:
    for task in lab.tasks:
        place = root / "tests" / "labs" / lab.assignment / f"{task.name}.py"
        try:
            answers(root, lab.assignment, task.name)
        except VerifyError as problem:
            yield Problem(place, 0, str(problem), "Write right and wrong answers.")


def _quiz(lab: LabSpec, root: Path) -> Iterator[Problem]:
    place = root / "course" / lab.assignment / "lesson.py"
    asked = {
        str(node.args[0].value)
        for cell in read_source(place).cells
        if cell.cell_type == "code"
        for node in _calls(cell.source)
        if getattr(node.func, "attr", "") == "quiz" and isinstance(node.args[0], ast.Constant)
    }
    known = {question.name for question in lab.questions}
    if asked != known:
        differ = ", ".join(sorted(asked ^ known))
        yield Problem(place, 0, f"Lesson and QUESTIONS differ in {differ}.", "Ask what is there.")
    if len(known) < LEAST_QUESTIONS:
        words = f"The lesson has {len(known)} questions; {LEAST_QUESTIONS} are wanted."
        yield Problem(place, 0, words, "Ask for what a reader could take wrongly.")


def _calls(source: str) -> Iterator[ast.Call]:
    try:
        tree = ast.parse(source)
    except SyntaxError:  # a magic command
        return
    yield from (node for node in ast.walk(tree) if isinstance(node, ast.Call) and node.args)


def _lesson_data(module: Module, root: Path) -> Iterator[Problem]:
    """What a module brings to the tests that hold for every lesson and every picture."""
    for folder, wanted in (("course", LESSON_DATA), ("pictures", PICTURE_DATA)):
        place = root / "tests" / folder / f"{module.name}.py"
        if not place.exists():
            if not (root / "tests" / "course" / f"test_lesson_{module.number}.py").exists():
                yield Problem(place, 0, "It is missing.", f"It holds {', '.join(wanted)}.")
            continue
        tree = ast.parse(place.read_text(encoding="utf-8"))
        names = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}
        if missing := [name for name in wanted if name not in names]:
            yield Problem(place, 0, f"It has no {missing[0]}.", "Bring it.")


def _proof(lab: LabSpec, root: Path) -> Iterator[Problem]:
    for fault in proof.faults(root, lab.assignment):
        yield Problem(
            proof.path_of(root, lab.assignment),
            0,
            fault,
            f"Run `labkit verify {lab.assignment} --record`.",
        )
