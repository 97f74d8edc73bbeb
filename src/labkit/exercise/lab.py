"""The lab handle: what a notebook calls to check, ask for a hint, answer a question, see progress.

from labkit.checks.rl_supply_chain import open_lab

lab = open_lab(edition=1)
lab.check("newsvendor", newsvendor_quantity)
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from IPython.display import display

from labkit import __version__
from labkit.exercise import cards
from labkit.exercise.first_run import explain_missing_answers
from labkit.exercise.instances import DrawError, instance, is_exam, is_graded_run
from labkit.exercise.reporting import pack_report
from labkit.exercise.summary import progress_card
from labkit.exercise.task import LabSpec, fault_of_the_check, judge
from labkit.learner import progress as records
from labkit.learner.progress import ProgressError


class EditionError(RuntimeError):
    """Notebook and installed labkit do not fit each other."""


def opener(spec: LabSpec) -> Callable[[int], Lab]:
    """Make the function `open_lab` of a lab, which notebooks call with their edition."""

    def open_lab(edition: int) -> Lab:
        """Open the lab for a notebook of the given edition.

        Raises:
            EditionError: the notebook was made for another edition.
        """
        explain_missing_answers()
        return Lab(spec, edition)

    return open_lab


class Points(float):
    """Points reached. Its plain text is the bare number, which nbgrader reads as partial credit."""

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        number = repr(float(self))
        return {"text/plain": number, "text/html": f"<small>{number} points</small>"}


class Lab:
    """The handle of one lab."""

    def __init__(self, spec: LabSpec, edition: int) -> None:
        """Open the lab for a notebook of the given edition.

        Raises:
            EditionError: the notebook was made for another edition of the lab.
        """
        if not isinstance(edition, int):
            raise EditionError(f"edition is {edition!r}; it is a whole number, such as 1.")
        if edition != spec.edition:
            older, mend = (
                ("notebook", "Take the lab's current notebook and carry your answers over.")
                if edition < spec.edition
                else ("installed labkit", "Update labkit: run `make setup` in the course's folder.")
            )
            raise EditionError(
                f"This notebook is edition {edition} of {spec.assignment}; labkit {__version__} "
                f"has edition {spec.edition}. The {older} is older. {mend}"
            )
        self._spec = spec
        if is_graded_run():  # judges are read before any answer runs
            tuple(spec.tasks)

    def __repr__(self) -> str:
        """Name the lab and its tasks."""
        return f"Lab {self._spec.assignment}: {', '.join(t.name for t in self._spec.tasks)}"

    def check(self, task: str, answer: Any) -> Points:
        """Judge an answer, show the outcome as a card, and return the points.

        Args:
            task: the task's name.
            answer: the learner's function or value.

        Raises:
            LookupError: the lab has no task of this name.
        """
        found = self._spec.task(task)
        try:
            outcome = judge(found, answer, instance(self._spec, task))
        except DrawError as problem:
            outcome = fault_of_the_check(problem)
        where = "the exam's instance" if is_exam() else "your practice instance"
        # Kept first, since the card says what changed; shown first, since it matters most.
        before, notice = self._kept(
            lambda: records.record_task(self._spec.assignment, task, outcome.score, outcome.status)
        )
        last = None if before is None else before["score"]
        hints = () if is_graded_run() else found.hints
        title = self._spec.called(task)
        display(cards.outcome_card(title, outcome, found.points, where, last, hints))
        if notice is not None:
            display(notice)
        return Points(round(outcome.score * found.points, 2))

    def hint(self, task: str) -> None:
        """Open one more hint of a task; in graded work, where hints have no place, do nothing.

        Raises:
            LookupError: the lab has no task of this name.
        """
        hints = self._spec.task(task).hints
        if is_graded_run():
            return
        opened = min(self._reached().get("hints", {}).get(task, 0) + 1, len(hints))
        display(cards.hint_card(self._spec.called(task), hints, opened))
        self._keep(lambda: records.record_hint(self._spec.assignment, task, opened))

    def report(self, task: str, answer: Any) -> None:
        """Pack what is needed to look into a check that seems wrong, in a file to send.

        Args:
            task: the task's name.
            answer: what was given to the check.

        Raises:
            LookupError: the lab has no task of this name.
        """
        found = self._spec.task(task)
        if not is_graded_run():
            display(pack_report(self._spec, found, answer, instance(self._spec, task)))

    def quiz(self, question: str, choice: str | None = None) -> None:
        """Show a question; with a choice, say whether it is right and why.

        Raises:
            LookupError: the lab has no question of this name.
            ValueError: the question has no such option.
        """
        found = self._spec.question(question)
        if choice is None:
            display(cards.question_card(self._spec.assignment, found))
            return
        display(cards.answer_card(found, choice))
        right = found.option(choice).right
        self._keep(lambda: records.record_quiz(self._spec.assignment, question, right))

    def progress(
        self, *, save: str | Path | None = None, restore: str | Path | None = None
    ) -> None:
        """Show what was reached; save it to a file or restore it from one first.

        In graded work it does nothing: what was reached in practice is not known there.

        Args:
            save: a file to write a copy to; what an earlier copy there holds stays in it.
            restore: a saved copy; of each task the better score stays.
        """
        if is_graded_run():
            return
        done = []
        if restore is not None:
            source = Path(restore).expanduser()
            if self._keep(lambda: records.restore_from(source)):
                done.append(("Restored", f"from {source}"))
        if save is not None:
            target = Path(save).expanduser()
            if self._keep(lambda: records.save_to(target)):
                done.append(("Saved", f"to {target}"))
        display(progress_card(self._spec, self._reached(), done))

    def _reached(self) -> dict[str, Any]:
        """The progress in this lab; empty, with a notice, if it cannot be read."""
        if is_exam():  # what stands here is the instructor's own
            return {}
        try:
            return records.load().get(self._spec.assignment, {})
        except ProgressError as problem:
            display(cards.notice_card("Progress", str(problem)))
            return {}

    def _keep(self, step: Callable[[], Any]) -> bool:
        """Write to the progress file and tell trouble; answer whether there was none."""
        _, notice = self._kept(step)
        if notice is not None:
            display(notice)
        return notice is None and not is_exam()

    def _kept(self, step: Callable[[], Any]) -> tuple[Any, cards.Card | None]:
        """Write to the progress file; trouble there becomes a notice, and stops no notebook."""
        if is_exam():
            return None, None
        try:
            return step(), None
        except ProgressError as problem:
            return None, cards.notice_card("Progress", str(problem))
