"""Taking apart what an answer returns: tuples, tables of beliefs, names, explanations.

Everything here raises `UnusableError` with words for the learner where the answer has not the form
that was asked for. Whether its content is right is left to `judges`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labkit.exercise.guard import UnusableError
from labkit.exercise.reading import as_array

Floats = NDArray[np.float64]

BELIEF_SIZES = {"asymmetry": 3, "border": 9, "colours": 6, "structures": 5}


def parts(value: Any, names: Sequence[str]) -> list[Any]:
    """Take apart a tuple, list or array of as many parts as there are names."""
    words = ", ".join(names)
    returned(value, words)
    listed = list(value) if isinstance(value, np.ndarray) and value.ndim >= 1 else value
    if not isinstance(listed, (list, tuple)) or len(listed) != len(names):
        size = f" of {len(listed)}" if isinstance(listed, (list, tuple)) else ""
        raise UnusableError(
            f"A tuple of {len(names)} was expected, but there is a {type(value).__name__}{size}.",
            f"End the function with `return {words}`.",
        )
    return list(listed)


def returned(value: Any, what: str) -> Any:
    """Refuse None: forgetting to return is common."""
    if value is None:
        raise UnusableError(
            f"Your function ran, but returned nothing where {what} was expected.",
            f"End it with a `return` of {what}.",
        )
    return value


def between_zero_and_one(array: Floats, what: str) -> Floats:
    """Refuse numbers that are no probabilities."""
    low, high = float(array.min()), float(array.max())
    if low < -1e-9 or high > 1 + 1e-9:
        wrong = low if low < -1e-9 else high
        raise UnusableError(
            f"The {what} holds {wrong:.4g}; a probability lies between 0 and 1.",
            "Logits become probabilities by softmax or sigmoid; log-probabilities by exp.",
        )
    return array


def as_choices(value: Any, what: str, n: int, allowed: Sequence[int]) -> NDArray[np.int64]:
    """Read one whole number for each of n lesions, each of them one of the allowed."""
    array = as_array(value, what, (n,))
    strange = array[~np.isin(array, allowed)]
    if len(strange):
        raise UnusableError(
            f"The {what} holds {strange[0]:g}; it should hold "
            f"{', '.join(map(str, allowed[:-1]))} or {allowed[-1]} for every lesion.",
            "Return decisions, not the scores or probabilities they are made from.",
        )
    return array.astype(np.int64)


def as_beliefs(value: Any, n: int, names: Sequence[str]) -> dict[str, Floats]:
    """Read the probabilities of the named criteria, each (n, levels), from a dictionary."""
    returned(value, "a dictionary of beliefs")
    if not isinstance(value, dict) or not set(names) <= set(value):
        found = f"the keys {sorted(map(str, value))[:6]}" if isinstance(value, dict) else ""
        raise UnusableError(
            f"Beliefs should be a dictionary with the keys {', '.join(names)}, but there is "
            f"{found or 'a ' + type(value).__name__}.",
            "perception.beliefs(logits) returns such a dictionary.",
        )
    return {
        name: between_zero_and_one(
            as_array(value[name], f"belief of {name}", (n, BELIEF_SIZES[name])),
            f"belief of {name}",
        )
        for name in names
    }


def as_names(value: Any, what: str, known: Sequence[str]) -> set[str]:
    """Read a set of names, each of them one of the known."""
    returned(value, f"the {what}")
    listed = value.tolist() if isinstance(value, np.ndarray) and value.ndim == 1 else value
    if not isinstance(listed, (list, tuple, set, frozenset)) or not all(
        isinstance(name, str) for name in listed
    ):
        raise UnusableError(
            f"The {what} should be a list of names, but it is something else "
            f"({type(value).__name__}).",
            "Return a list of texts, also for a single one, and an empty list for none.",
        )
    unknown = sorted({str(name) for name in listed} - set(known))
    if unknown:
        raise UnusableError(
            f"'{unknown[0][:80]}' in the {what} is none of {', '.join(known)}.",
            "Take the names as they stand in the task.",
        )
    return {str(name) for name in listed}


def as_pairs(value: Any) -> set[tuple[str, str]]:
    """Read a collection of pairs of texts; their order and repetitions do not matter."""
    returned(value, "a list of pairs")
    listed = value.tolist() if isinstance(value, np.ndarray) and value.ndim == 2 else value
    if not isinstance(listed, (list, tuple, set, frozenset)) or not all(
        isinstance(pair, (list, tuple)) and len(pair) == 2 and all(isinstance(t, str) for t in pair)
        for pair in listed
    ):
        kinds = f"a {type(value).__name__}"
        if isinstance(listed, (list, tuple)) and listed:
            kinds += f" of {type(listed[0]).__name__}"
        raise UnusableError(
            f"A list of pairs of texts was expected, but there is {kinds}.",
            "Return pairs such as ('C', 'red'); guideline.ask gives a dictionary a row, so take "
            "the values out.",
        )
    return {(str(first), str(second)) for first, second in listed}


def as_records(value: Any, n: int, keys: Sequence[str]) -> list[Mapping[str, Any]]:
    """Read one dictionary with these keys for each of n lesions."""
    returned(value, "a list of explanations")
    if not isinstance(value, (list, tuple)) or len(value) != n:
        size = f" of {len(value)}" if isinstance(value, (list, tuple)) else ""
        raise UnusableError(
            f"A list of {n} explanations was expected, one a lesion, but there is a "
            f"{type(value).__name__}{size}.",
            "Collect one dictionary a lesion and return the list.",
        )
    for place, record in enumerate(value):
        missing = [key for key in keys if not isinstance(record, dict) or key not in record]
        if missing:
            raise UnusableError(
                f"Explanation {place} has no '{missing[0]}'.",
                f"Every explanation is a dictionary with the keys {', '.join(keys)}.",
            )
    return list(value)
