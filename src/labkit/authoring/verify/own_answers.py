"""The reference, the stub, and the answers that an author wrote.

The reference must reach full marks on every seed and on every practice instance, the stub must
score 0, answers written differently must reach full marks, and at least five plausible wrong
answers must fail with words that name the reason. A task's file has two tables of named answers:

    RIGHT = {"by root finding": by_root_finding, ...}
    WRONG = {"orders the mean": (order_the_mean, "ignores the costs"), ...}

The second part of a wrong answer is a piece of the text that its outcome must show. A third part,
if there is one, is the most it may score; without it that is a quarter.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from labkit.authoring.verify.forked import cpu_seconds
from labkit.authoring.verify.lab import VerifyError, answers, notebook, practice
from labkit.authoring.verify.trials import (
    LEAST_RIGHT,
    LEAST_WRONG,
    MOST_SCORE,
    REFERENCE,
    RIGHT,
    STUB,
    WRONG,
    Bench,
    Result,
    shown_by,
    words_of,
)
from labkit.exercise.outcome import Outcome

SLOW = 0.05
"""CPU-seconds to judge a reference from which on a sample holds some of the answers only."""

AFFORDED = 8.0
"""CPU-seconds that a sample's wrong answers may take about; one is always tried."""


def check_tables(bench: Bench) -> None:
    """Refuse a task that has too few answers of either kind.

    Raises:
        VerifyError: it has.
    """
    group = bench.group
    own = answers(group.root, group.assignment, group.task)
    if len(own.right) < LEAST_RIGHT or len(own.wrong) < LEAST_WRONG:
        raise VerifyError(
            f"tests/labs/{group.assignment}/{group.task}.py has {len(own.right)} right and "
            f"{len(own.wrong)} wrong answers; at least {LEAST_RIGHT} and {LEAST_WRONG} are needed."
        )


def try_own(bench: Bench) -> Iterator[Result]:
    """Judge reference, stub, right and wrong answers on the exams of the group's seeds.

    In a sample, where the reference is slow to judge, one right answer and some of the wrong ones.
    """
    group = bench.group
    own = answers(group.root, group.assignment, group.task)
    for number in group.seeds:
        instance = bench.exam(number)
        if number == 0:
            stub = notebook(group.root, group.assignment, solved=False).answer(group.task)
            outcome = bench.judge(stub, instance)
            yield bench.result(STUB, "", 0, outcome, "must score 0" if outcome.score else "")
        before = cpu_seconds()
        yield _must_pass(bench, REFERENCE, "", number, bench.judge(bench.reference, instance))
        spent = cpu_seconds() - before
        slow = bool(group.sample) and spent > SLOW
        for name, answer in _some(own.right, 1 if slow else 0):
            yield _must_pass(bench, RIGHT, name, number, bench.judge(answer, instance))
        some = max(1, min(group.sample, int(AFFORDED / spent))) if slow else 0
        for name, (answer, reason, *rest) in _some(own.wrong, some):
            outcome = bench.judge(answer, instance)
            most = rest[0] if rest else MOST_SCORE
            yield _must_fail(bench, name, number, outcome, reason, most)


def try_reference(bench: Bench) -> Iterator[Result]:
    """Judge the reference alone, so that there is time for hundreds of exams."""
    for number in bench.group.seeds:
        outcome = bench.judge(bench.reference, bench.exam(number))
        yield _must_pass(bench, REFERENCE, "", number, outcome)


def _some(table: dict[str, Any], most: int) -> list[tuple[str, Any]]:
    """Entries of a table: all, or at most so many, spread over it."""
    entries = list(table.items())
    return entries[:: math.ceil(len(entries) / most)] if most else entries


def try_practice(bench: Bench) -> Iterator[Result]:
    """Judge the reference on every practice instance, which learners meet.

    In a sample on two, or on one where that is slow.
    """
    instances = practice(bench.group.assignment, bench.group.task)
    for place, instance in enumerate(instances[: 2 if bench.group.sample else None]):
        before = cpu_seconds()
        outcome = bench.judge(bench.reference, instance)
        yield _must_pass(bench, REFERENCE, f"on practice instance {place}", -1, outcome)
        if bench.group.sample and cpu_seconds() - before > SLOW:
            return


def _must_pass(bench: Bench, kind: str, name: str, number: int, outcome: Outcome) -> Result:
    fault = "" if outcome.score == 1.0 else "must reach full marks"
    return bench.result(kind, name, number, outcome, fault)


def _must_fail(
    bench: Bench, name: str, number: int, outcome: Outcome, reason: str, most: float
) -> Result:
    if outcome.score > most:
        return bench.result(WRONG, name, number, outcome, f"must score at most {most:g}")
    fault = ""
    if reason not in words_of(outcome):
        fault = f"must say {reason!r}, but says: {words_of(outcome)} ({shown_by(outcome)})"
    return Result(bench.group.task, WRONG, name, number, outcome.score, fault)
