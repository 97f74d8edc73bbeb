"""What grading a submission costs: drawing its exams, running its answers, judging them.

Measured as grading does it, with libraries, notebook and exams imported beforehand, each task in a
forked process of its own. A reference submission may take twenty seconds of CPU, an untouched one
two: at a thousand learners each second is a quarter of an hour of one core.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from labkit.authoring.verify.forked import LostError, cpu_seconds, forked
from labkit.authoring.verify.lab import VerifyError, notebook, spec
from labkit.exercise import instances
from labkit.exercise.task import judge
from labkit.learner.variants import PRACTICE_KEY, seed

SOLVED_BUDGET = 20.0
UNTOUCHED_BUDGET = 2.0
MEMORY_BUDGET = 1_000
"""CPU-seconds of a solved and an untouched submission, and megabytes of a task."""

LONGEST = 300.0


@dataclass(frozen=True)
class Cost:
    """What a task costs; times in CPU-seconds, memory in megabytes.

    Attributes:
        task: its name.
        draw: drawing its exam.
        reference: the reference's own work.
        judge: judging it, without that work.
        untouched: judging the stub that learners start from.
        memory: the most that the process held.
    """

    task: str
    draw: float
    reference: float
    judge: float
    untouched: float
    memory: float


def measure(
    root: Path, assignment: str, names: Iterable[str] = (), learner: str = "cost"
) -> Iterator[Cost]:
    """Measure tasks of a lab, all where none are named, on the exam of one learner.

    Raises:
        VerifyError: a task did not come to an end.
    """
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    solved, released = (notebook(root, assignment, solved=s) for s in (True, False))
    lab = spec(assignment)
    names = list(names) or [task.name for task in lab.tasks]
    _load_the_rest_of_torch()
    for name in names:
        instances.exam_of(root / "grader", lab.slug, name)

    def one(name: str) -> Cost:
        number = seed(PRACTICE_KEY, learner, assignment, name)
        instance, draw = _timed(lambda: instances.draw(root / "grader", lab.slug, name, number))
        answer = _Timed(solved.answer(name))
        outcome, together = _timed(lambda: judge(lab.task(name), answer, instance))
        if outcome.score != 1.0:
            raise VerifyError(f"The reference of {name} did not pass: {outcome.message}")
        stub = released.answer(name)
        _, untouched = _timed(lambda: judge(lab.task(name), stub, instance))
        return Cost(name, draw, answer.spent, together - answer.spent, untouched, _megabytes())

    for name in names:
        (said,) = forked([partial(one, name)], LONGEST)
        if isinstance(said, LostError):
            raise VerifyError(f"The cost of {name} could not be measured: {said}.")
        yield said


def figures(costs: list[Cost]) -> dict[str, float]:
    """The three figures that have a budget: a solved and an untouched submission, and memory."""
    return {
        "solved": round(sum(c.draw + c.reference + c.judge for c in costs), 2),
        "untouched": round(sum(c.draw + c.untouched for c in costs), 2),
        "memory": round(max(c.memory for c in costs)),
    }


def over_budget(of: dict[str, float]) -> list[str]:
    """What is too expensive, in sentences; empty where all is well."""
    budgets = {
        "solved": (SOLVED_BUDGET, "s of CPU to grade a solved submission"),
        "untouched": (UNTOUCHED_BUDGET, "s of CPU to grade an untouched submission"),
        "memory": (MEMORY_BUDGET, "MB in the largest task"),
    }
    return [
        f"It takes {of[name]:g} {words}; at most {most:g} are allowed."
        for name, (most, words) in budgets.items()
        if of[name] > most
    ]


def _load_the_rest_of_torch() -> None:
    """Load what torch leaves until the first optimiser is made: 4 s, which a process pays once."""
    if torch := sys.modules.get("torch"):
        torch.optim.SGD([torch.zeros(1, requires_grad=True)])


class _Timed:
    """An answer that notes the CPU time of its calls."""

    def __init__(self, answer: Any) -> None:
        self._answer, self.spent = answer, 0.0

    def __call__(self, *arguments: Any) -> Any:
        value, spent = _timed(lambda: self._answer(*arguments))
        self.spent += spent
        return value


def _timed(step: Callable[[], Any]) -> tuple[Any, float]:
    before = cpu_seconds()
    value = step()
    return value, cpu_seconds() - before


def _megabytes() -> float:
    """The most memory this process has held; Linux counts in kilobytes, macOS in bytes."""
    import resource  # not on Windows

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1 << 20 if sys.platform == "darwin" else 1 << 10)
