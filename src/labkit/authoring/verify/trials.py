"""What is tried on a task's checks, and what each trial must show.

A group of trials belongs to one task and, where it needs exams, draws each once; workers get whole
groups. What is tried, by the word that `labkit verify --only` knows:

- answers: the reference, the stub, and the author's right and wrong answers, on every seed; the
  reference on all practice instances.
- reference: the reference alone, on as many seeds as are asked for.
- mutants: the reference with one mistake put in by rule. A mutant is killed where an instance
  gives it, or a part of it, at most a quarter.
- unskilled: answers without the skill; none may earn more than a quarter of the task, or a part.
- memory: answers that carry something over from one case to the next; none may gain by it.
- types: the reference's value in every form that means the same; each must keep full marks.
- wheel: what ships, held against the exam's arrays and numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from labkit.authoring.verify.forked import LostError, forked
from labkit.authoring.verify.lab import answers, exam, notebook, spec
from labkit.exercise.outcome import Outcome, error
from labkit.exercise.task import Instance, judge

LEAST_WRONG = 5
LEAST_RIGHT = 2
MOST_SCORE = 0.25
"""What an answer without the skill may earn at most."""

REFERENCE, STUB, RIGHT, WRONG = "reference", "stub", "right", "wrong"
MUTANT, UNSKILLED, MEMORY, TYPE, WHEEL = "mutant", "unskilled", "memory", "type", "wheel"


@dataclass(frozen=True)
class Group:
    """Trials that one worker runs after one another.

    Attributes:
        root: the course's folder.
        assignment: the lab.
        task: the task.
        kind: what is tried: "answers", "mutants", …
        seeds: the learners' numbers whose exams are drawn.
        sample: at most so many mutants and guesses; 0 stands for all.
    """

    root: Path
    assignment: str
    task: str
    kind: str
    seeds: tuple[int, ...]
    sample: int = 0


@dataclass(frozen=True)
class Result:
    """What a trial showed.

    Attributes:
        task: the task.
        kind: what was tried: "reference", "mutant", …
        name: which of its kind.
        seed: on which learner's exam; -1 for a practice instance.
        score: what it earned, from 0 to 1.
        fault: empty if it showed what it must, else what it showed instead.
        excused: why a fault is none, as the task's file has it.
    """

    task: str
    kind: str
    name: str
    seed: int
    score: float
    fault: str = ""
    excused: str = ""

    @property
    def title(self) -> str:
        """The trial in a line."""
        where = "practice" if self.seed < 0 else f"seed {self.seed}"
        return f"{self.task}, {' '.join((self.kind, self.name)).strip()}, {where}"


@dataclass
class Bench:
    """Where the answers of a group are judged: instances, reference and time limit of a task.

    Attributes:
        group: the group.
        seconds: CPU limit of an answer that nobody has read; set by `measure`.
    """

    group: Group
    seconds: float = field(default=10.0)

    @property
    def reference(self) -> Any:
        """What the solved notebook hands in."""
        return notebook(self.group.root, self.group.assignment).answer(self.group.task)

    def exam(self, number: int) -> Instance:
        """Draw the exam of a learner, once."""
        return exam(self.group.root, self.group.assignment, self.group.task, number)

    def judge(self, answer: Any, instance: Instance) -> Outcome:
        """Judge an answer in this process."""
        return judge(spec(self.group.assignment).task(self.group.task), answer, instance)

    def judge_strangers(
        self, made: Sequence[Callable[[], Any]], instance: Instance
    ) -> Iterator[Outcome]:
        """Judge answers that nobody has read, each made and judged in a child process."""
        steps = [lambda make=make: self.judge(make(), instance) for make in made]
        for said in forked(steps, self.seconds):
            yield error(str(said)) if isinstance(said, LostError) else said

    def excuse(self, name: str) -> str:
        """Why a survivor of this name is harmless, as the task's file says; "" where it does not.

        A `*` at the end of a key stands for anything.
        """
        known = answers(self.group.root, self.group.assignment, self.group.task).harmless
        return next((reason for key, reason in known.items() if fits(key, name)), "")

    def result(
        self, kind: str, name: str, seed: int, outcome: Outcome, fault: str, excused: str = ""
    ) -> Result:
        """Note what a trial of this task showed."""
        shown = f"{fault}, but: {shown_by(outcome)}" if fault else ""
        return Result(self.group.task, kind, name, seed, outcome.score, shown, excused)


def fits(key: str, name: str) -> bool:
    """Whether an entry of HARMLESS means a survivor."""
    return name == key or (key.endswith("*") and name.startswith(key[:-1]))


def shown_by(outcome: Outcome) -> str:
    """An outcome in a line."""
    return f"{outcome.status}, score {outcome.score:.3g}: {outcome.message}"


def words_of(outcome: Outcome) -> str:
    """All words of an outcome, which an author's wrong answer must show a piece of."""
    return " ".join([outcome.message, outcome.misconception, outcome.on, outcome.next_step])
