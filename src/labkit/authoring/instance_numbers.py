"""Numbers that stand in one instance of a task and in no other: who has them, had that instance."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

DIGITS = 4
"""A number with so many digits stands in two instances by chance once in ten thousand times."""


def telling_numbers(instances: Iterable[Any]) -> list[set[float]]:
    """Return of each instance the numbers that no other has, without their signs."""
    sets = [{number for number in _numbers(one) if _has_digits(number)} for one in instances]
    return [own - set().union(*(other for other in sets if other is not own)) for own in sets]


def _numbers(value: Any) -> Iterator[float]:
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list):
        for part in value:
            yield from _numbers(part)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield abs(float(value))


def _has_digits(number: float) -> bool:
    if not math.isfinite(number) or number == 0:
        return False
    digits = f"{number:.15e}".partition("e")[0].replace(".", "").rstrip("0")
    return len(digits) >= DIGITS
