"""What a lab consists of: tasks with their judges and hints, questions, practice instances."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib import import_module
from typing import Any, overload

from labkit.exercise import guard
from labkit.exercise.outcome import Outcome, Status, all_cases, error, not_attempted
from labkit.exercise.quiz import Question

Instance = dict[str, Any]
Judge = Callable[[Any, Instance], Outcome]

NO_VERDICT = "The check could not come to a verdict"
"""How the message begins where the check itself went wrong."""


@dataclass(frozen=True)
class Task:
    """A graded task.

    Attributes:
        name: the key of its solution cell.
        points: as in the notebook's test cell.
        judge: takes the learner's answer and an instance (plain data), returns an outcome.
        hints: from the gentlest to the most direct.
        title: the task in a few words, as its heading in the notebook has it.
        traps: the words for each known misconception, by the key that instances have for it.
    """

    name: str
    points: float
    judge: Judge
    hints: tuple[str, ...]
    title: str = ""
    traps: Mapping[str, str] = field(default_factory=dict)


class TaskFiles(Sequence[Task]):
    """The tasks of a lab, each read from its own file when it is first asked for.

    A lesson opens its lab for the quiz, and what the judges import would keep it waiting.
    """

    def __init__(self, package: str, *names: str) -> None:
        """Name the files of a package; each has its task as `TASK`."""
        self._package, self._names = package, names

    def __len__(self) -> int:
        return len(self._names)

    @overload
    def __getitem__(self, place: int) -> Task: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Task]: ...
    def __getitem__(self, place: int | slice) -> Task | Sequence[Task]:
        if isinstance(place, slice):
            return [self[number] for number in range(len(self))[place]]
        task: Task = import_module(f"{self._package}.{self._names[place]}").TASK
        return task


@dataclass(frozen=True)
class LabSpec:
    """A lab as the handle sees it.

    Attributes:
        number: the module's place in the course, for example 8.
        slug: the module's name, for example "rl_supply_chain".
        edition: raised by one whenever old notebooks of the lab no longer fit.
        tasks: in the order of the notebook.
        questions: the quiz of the lesson.
    """

    number: int
    slug: str
    edition: int
    tasks: Sequence[Task]
    questions: tuple[Question, ...] = ()

    @property
    def assignment(self) -> str:
        """Folder and nbgrader name, for example "08_rl_supply_chain"."""
        return f"{self.number:02d}_{self.slug}"

    def task(self, name: str) -> Task:
        """Look up a task.

        Raises:
            LookupError: the lab has no task of this name.
        """
        for task in self.tasks:
            if task.name == name:
                return task
        names = ", ".join(task.name for task in self.tasks)
        raise LookupError(f"{self.assignment} has no task '{name}'. Its tasks are: {names}.")

    def called(self, name: str) -> str:
        """Return a task's number and title, as the notebook's heading has them; else its name.

        Raises:
            LookupError: the lab has no task of this name.
        """
        title = self.task(name).title
        number = [task.name for task in self.tasks].index(name) + 1
        if not title:
            return name
        return title if title.startswith(f"{number} · ") else f"{number} · {title}"

    def question(self, name: str) -> Question:
        """Look up a quiz question.

        Raises:
            LookupError: the lab has no question of this name.
        """
        for question in self.questions:
            if question.name == name:
                return question
        names = ", ".join(question.name for question in self.questions)
        raise LookupError(f"{self.assignment} has no question '{name}'. It has: {names}.")


def judge(task: Task, answer: Any, instance: Instance) -> Outcome:
    """Judge one answer on one instance; whatever the answer does, there is an outcome."""
    with guard.quiet() as printed, guard.same_precision():
        outcome = attempt(lambda: task.judge(answer, instance))
    return replace(outcome, printed=printed.text())


def each_case(instance: Instance, one: Callable[[Instance], Outcome], praise: str) -> Outcome:
    """Judge every case of ``instance["cases"]``; the score is that of the worst.

    Where a part of the task has cases of its own, judge each part by itself and join them by
    `weighted`.

    Args:
        instance: has a list of cases.
        one: judges a case.
        praise: the message when every case passed.
    """
    return all_cases(judge_cases(instance["cases"], one), praise)


def judge_cases(cases: Sequence[Instance], one: Callable[[Instance], Outcome]) -> list[Outcome]:
    """Judge every case of an instance; an error in one case leaves the others their marks.

    What is no answer in one case is none in the others, whose data need not be drawn then.
    """
    outcomes: list[Outcome] = []
    for case in cases:
        outcomes.append(attempt(lambda case=case: one(case)))  # type: ignore[misc]
        if outcomes[-1].status is Status.NOT_ATTEMPTED:
            break
    return outcomes


def attempt(step: Callable[[], Outcome]) -> Outcome:
    """Run a step of a judge; whatever it raises becomes an outcome."""
    try:
        return step()
    except guard.NotAttemptedError:
        return not_attempted()
    except guard.UnusableError as problem:
        return error(str(problem), next_step=problem.next_step)
    except Exception as problem:
        return fault_of_the_check(problem)


def fault_of_the_check(problem: Exception) -> Outcome:
    """No marks, and no blame: the check itself, or the drawing of its instance, went wrong."""
    return error(
        f"{NO_VERDICT} ({type(problem).__name__}: {problem}).",
        next_step="This is a fault of the check, not necessarily of your answer. Pack it "
        "with lab.report(TASK, ANSWER) and send the file to whom the home page names under Help.",
    )
