"""Calling answers of this lab, and how long they may take."""

from __future__ import annotations

import warnings
from typing import Any

from labkit.exercise.guard import call

QUICK = 10.0
"""CPU-seconds for a call that computes; the reference needs well below one."""

TRAINING = 60.0
"""CPU-seconds for a call that trains or simulates; the reference needs below three."""


def ask(answer: Any, *arguments: Any, seconds: float) -> Any:
    """Call the answer, without what the course's own libraries warn about themselves."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module=r"(dowhy|causalml)\b")
        return call(answer, *arguments, seconds=seconds)
