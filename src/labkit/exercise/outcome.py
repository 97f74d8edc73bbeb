"""Outcomes: what a judge says about an answer.

An outcome is plain data: a status, a score between 0 and 1, and the words a learner needs to go
on. How it looks is the business of `labkit.exercise.cards`; what it counts is the business of the
lab handle.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from labkit.pictures.words import percent_apart


class Status(StrEnum):
    """The five things that can be said about an answer."""

    PASSED = "passed"
    PARTIAL = "partial"
    FAILED = "failed"
    NOT_ATTEMPTED = "not attempted"
    ERROR = "error"


@dataclass(frozen=True)
class Outcome:
    """The verdict on one answer.

    Attributes:
        status: one of the five statuses.
        score: share of the task's points, from 0 to 1.
        message: what was seen, in one or two sentences.
        on: the input on which it was seen, in words.
        next_step: one thing to try next.
        misconception: name of a known misconception that the answer fits.
        printed: what the answer wrote while it was judged.
        parts: the score of each part, from 0 to 1, where the task has parts.
    """

    status: Status
    score: float
    message: str
    on: str = ""
    next_step: str = ""
    misconception: str = ""
    printed: str = ""
    parts: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a score that is no share or fits no status; write percent as prose does."""
        if not (math.isfinite(self.score) and 0.0 <= self.score <= 1.0):
            raise ValueError(f"score is {self.score}; it must lie between 0 and 1")
        earned = {Status.PASSED: self.score == 1.0, Status.PARTIAL: 0.0 < self.score < 1.0}
        if not earned.get(self.status, self.score == 0.0):
            raise ValueError(f"a score of {self.score} does not fit the status '{self.status}'")
        for words in ("message", "on", "next_step"):
            object.__setattr__(self, words, percent_apart(getattr(self, words)))


def passed(message: str) -> Outcome:
    """Full marks, and what was shown to be right."""
    return Outcome(Status.PASSED, 1.0, message)


def failed(message: str, *, on: str = "", next_step: str = "", misconception: str = "") -> Outcome:
    """No marks: what was seen, on which input, and what to try."""
    return Outcome(Status.FAILED, 0.0, message, on, next_step, misconception)


def not_attempted() -> Outcome:
    """No marks, because there is nothing to judge yet."""
    return Outcome(
        Status.NOT_ATTEMPTED,
        0.0,
        "There is no answer here yet.",
        next_step="Replace the line that raises NotImplementedError with your own code, "
        "run that cell, then run this one again.",
    )


def error(message: str, *, on: str = "", next_step: str = "") -> Outcome:
    """No marks, because the answer could not be used at all."""
    return Outcome(Status.ERROR, 0.0, message, on, next_step)


def partial(
    score: float, message: str, *, on: str = "", next_step: str = "", misconception: str = ""
) -> Outcome:
    """A stated part of the marks, for a skill that is half there; the task's text says for what."""
    return Outcome(Status.PARTIAL, score, message, on, next_step, misconception)


def all_cases(outcomes: Sequence[Outcome], praise: str) -> Outcome:
    """Join cases that ask for one skill: the score of the worst, and its words.

    A wrong idea may show in one case of six only. The mean would pay five sixths for it.

    Args:
        outcomes: one outcome a case, at least one.
        praise: the message when every case passed.

    Raises:
        ValueError: there are no outcomes.
    """
    if not outcomes:
        raise ValueError("no case was judged")
    worst = min(outcomes, key=lambda outcome: outcome.score)
    if worst.status is Status.PASSED:
        return passed(praise)
    right = sum(outcome.status is Status.PASSED for outcome in outcomes)
    if right == 0:
        return worst
    message = f"{right} of {len(outcomes)} cases are right. One that is not: {worst.message}"
    return replace(worst, message=message)


def weighted(parts: Sequence[tuple[float, Outcome]], praise: str) -> Outcome:
    """Join the parts of a task, each with the share of the marks that the task's text states.

    Args:
        parts: pairs of share and outcome; the shares sum to 1. The words are those of the first
            part that fell short.
        praise: the message when every part passed.

    Raises:
        ValueError: the shares do not sum to 1.
    """
    if not math.isclose(math.fsum(share for share, _ in parts), 1.0):
        raise ValueError(f"the shares {[share for share, _ in parts]} do not sum to 1")
    scores = tuple(outcome.score for _, outcome in parts)
    short = [outcome for _, outcome in parts if outcome.status is not Status.PASSED]
    if not short:
        return replace(passed(praise), parts=scores)
    score = math.fsum(share * outcome.score for share, outcome in parts)
    if score == 0.0:
        return replace(short[0], parts=scores)
    return replace(short[0], status=Status.PARTIAL, score=score, parts=scores)
