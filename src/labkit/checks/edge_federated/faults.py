"""The first fault that checks of an answer find, for tasks that ask an answer many things."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from labkit.exercise.outcome import Outcome, failed, passed

Asked = TypeVar("Asked")

Fault = tuple[str, str, str] | None
"""What was seen, what to do next, and the misconception behind it; None where all is well."""


def first_fault(asked: Asked, checks: Iterable[Callable[[Asked], Fault]], on: str) -> Outcome:
    """Run checks on what an answer was asked until one finds a fault; `on` says on which case."""
    for check in checks:
        if fault := check(asked):
            words, step, trap = fault
            return failed(words, on=on, next_step=step, misconception=trap)
    return passed("")
