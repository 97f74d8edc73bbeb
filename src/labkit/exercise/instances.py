"""On which numbers an answer is judged: practice instances in a notebook, secret ones at grading.

Practice instances stand in `practice.json` beside a lab's judges: parameters and reference figures
as plain data, computed once from `grader/exams`. Where the environment variable `LABKIT_EXAMS`
names the instructor's `grader` folder, instances are drawn there with the course's private key.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
from importlib import resources
from pathlib import Path
from types import ModuleType

from labkit.exercise.task import Instance, LabSpec
from labkit.learner.identity import learner_id
from labkit.learner.variants import PRACTICE_KEY, private_key, seed

EXAMS_VARIABLE = "LABKIT_EXAMS"


def is_exam() -> bool:
    """Tell whether this process grades."""
    return bool(os.environ.get(EXAMS_VARIABLE))


def instance(spec: LabSpec, task: str) -> Instance:
    """Draw the present learner's instance of a task."""
    if is_exam():
        folder = Path(os.environ[EXAMS_VARIABLE])
        key = private_key(folder / "course.key")
        return exams(folder, spec.slug).draw(task, seed(key, learner_id(), spec.assignment, task))
    variants = practice(spec.slug)[task]
    return variants[seed(PRACTICE_KEY, learner_id(), spec.assignment, task) % len(variants)]


def practice(slug: str) -> dict[str, list[Instance]]:
    """Read the practice instances of a lab: a list of variants a task."""
    file = resources.files(f"labkit.checks.{slug}") / "practice.json"
    return json.loads(file.read_text(encoding="utf-8"))


def exams(folder: Path, slug: str) -> ModuleType:
    """Import the exams of a lab from the instructor's folder.

    Raises:
        ModuleNotFoundError: the folder holds no exams of this lab.
    """
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
    try:
        return importlib.import_module(f"exams.{slug}")
    except ModuleNotFoundError as problem:
        raise ModuleNotFoundError(
            f"{folder} holds no exams for '{slug}' ({problem}). {EXAMS_VARIABLE} must name the "
            "course's grader folder, which learners do not have; unset it to practise.",
            name=problem.name,
        ) from problem
