"""On which numbers an answer is judged: practice instances in a notebook, secret ones at grading.

Practice instances stand in `practice.json` beside a lab's judges: parameters and reference figures
as plain data, computed once from `grader/exams`. Where the environment variable `LABKIT_EXAMS`
names the instructor's `grader` folder, instances are drawn there with the course's private key.

`draw` is the one door to the exams: `grader/exams/<slug>/<task>.py` has a function `draw(rng)`.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
from importlib import resources
from pathlib import Path

from labkit.exercise.drawing import Draw, plain
from labkit.exercise.task import Instance, LabSpec
from labkit.learner.identity import learner_id
from labkit.learner.variants import PRACTICE_KEY, private_key, seed

EXAMS_VARIABLE = "LABKIT_EXAMS"
# Set by nbgrader, and by us, wherever a notebook is graded or run as grading runs it.
EXECUTION_VARIABLE = "NBGRADER_EXECUTION"

kept: dict[str, str] = {}
"""Exams' instances that need not be drawn, as JSON by `<slug>/<task>/<seed>`: what was drawn here
before, and what the grader kept from another time."""


class DrawError(RuntimeError):
    """An exam could not be drawn; the text names lab, task and seed. It is a fault of the check."""


def is_exam() -> bool:
    """Tell whether this process grades."""
    return bool(os.environ.get(EXAMS_VARIABLE))


def is_graded_run() -> bool:
    """Tell whether the notebook is graded, or run as grading runs it, and nobody looks on."""
    return is_exam() or EXECUTION_VARIABLE in os.environ


def instance(spec: LabSpec, task: str) -> Instance:
    """Draw the present learner's instance of a task.

    Raises:
        DrawError: the exam could not be drawn.
        ModuleNotFoundError: the grader's folder holds no exam of this task.
    """
    if is_exam():
        folder = Path(os.environ[EXAMS_VARIABLE])
        key = private_key(folder / "course.key")
        number = seed(key, learner_id(), spec.assignment, task)
        name = f"{spec.slug}/{task}/{number}"
        if name not in kept:
            kept[name] = json.dumps(draw(folder, spec.slug, task, number))
        drawn: Instance = json.loads(kept[name])
        return drawn
    variants = practice(spec.slug)[task]
    return variants[seed(PRACTICE_KEY, learner_id(), spec.assignment, task) % len(variants)]


def practice(slug: str) -> dict[str, list[Instance]]:
    """Read the practice instances of a lab: a list of variants a task."""
    file = resources.files(f"labkit.checks.{slug}") / "practice.json"
    return json.loads(file.read_text(encoding="utf-8"))


def draw(folder: Path, slug: str, task: str, number: int) -> Instance:
    """Draw the instance of a task that belongs to a seed, always the same one.

    It is passed through JSON, so that practice and exam have exactly the same types.

    Args:
        folder: the instructor's `grader` folder.
        slug: the lab's name without its number.
        task: the task's name.
        number: the seed.

    Raises:
        DrawError: the exam's own code failed, or what it drew is no plain data.
        ModuleNotFoundError: the folder holds no exam of this task.
    """
    drawn_by = exam_of(folder, slug, task)
    try:
        return plain(drawn_by, number)
    except Exception as problem:
        raise DrawError(
            f"the exam of {slug}, task {task}, seed {number}, could not be drawn: "
            f"{type(problem).__name__}: {problem}"
        ) from problem


def exam_of(folder: Path, slug: str, task: str) -> Draw:
    """Import the function that draws a task's instances from the instructor's folder.

    Raises:
        ModuleNotFoundError: the folder holds no exam of this task.
    """
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
    try:
        drawn_by: Draw = importlib.import_module(f"exams.{slug}.{task}").draw
    except ModuleNotFoundError as problem:
        raise ModuleNotFoundError(
            f"{folder} holds no exam for the task '{task}' of '{slug}' ({problem}). "
            f"{EXAMS_VARIABLE} must name the course's grader folder, which learners do not have; "
            "unset it to practise.",
            name=problem.name,
        ) from problem
    return drawn_by
