"""Reading what an answer returned: tuples of known parts, and dictionaries of known keys.

Single numbers and arrays are read by `labkit.exercise.guard`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from labkit.exercise.guard import UnusableError


def parts(value: Any, names: Sequence[str]) -> list[Any]:
    """The parts of a returned tuple or list, one a name.

    Raises UnusableError where it is something else or has another number of parts.
    """
    words = ", ".join(names)
    if value is None:
        raise UnusableError(
            "Your function ran, but returned nothing.", f"End it with `return {words}`."
        )
    if not isinstance(value, (list, tuple)) or len(value) != len(names):
        size = f" of {len(value)}" if isinstance(value, (list, tuple)) else ""
        raise UnusableError(
            f"A tuple of {len(names)} was expected, but there is a {type(value).__name__}{size}.",
            f"End the function with `return {words}`.",
        )
    return list(value)


def mapping(value: Any, keys: Sequence[str], what: str, next_step: str = "") -> Mapping[str, Any]:
    """A returned dictionary that has the given keys; further keys are left alone.

    Raises UnusableError, with `next_step` if there is one, where it is no dictionary or lacks a
    key.
    """
    if value is None:
        raise UnusableError(
            f"Your function ran, but returned nothing where {what} was expected.",
            next_step or "End it with a `return` of the dictionary.",
        )
    if not isinstance(value, dict):
        raise UnusableError(
            f"A dictionary was expected as {what}, but there is a {type(value).__name__}.",
            next_step or f"Return a dictionary with the keys {', '.join(keys)}.",
        )
    missing = [key for key in keys if key not in value]
    if missing:
        raise UnusableError(
            f"The dictionary for {what} has no key {missing[0]!r}.",
            next_step or f"Its keys are {', '.join(keys)}.",
        )
    return value
