"""What the wheel gives away: an exam found again in what every learner has.

Taken from what ships: stored files of the module (`*.npz`, `*.json`, its practice instances), what
its world's functions load without being asked anything, and what the reference is asked and says
on practice instances. Taken from the exam: its plain data, what the reference is asked and what it
says. Arrays are the same up to order, sign and scale, of the whole and of each row and column;
numbers the same to the last digit. Short arrays, steps of a grid and round numbers say nothing.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import lru_cache
from hashlib import blake2b
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np

from labkit.authoring.verify.forked import LostError, forked
from labkit.authoring.verify.lab import practice
from labkit.authoring.verify.observe import Call, Recorder, as_numbers
from labkit.authoring.verify.trials import WHEEL, Bench, Result
from labkit.authoring.verify.worlds import public_functions, world_modules

SHORTEST = 8
"""Fewer distinct numbers than this may agree by chance, such as lead times."""

DIGITS = 6
"""Significant digits to which arrays are compared, after they were sorted and scaled."""

LEAST_DIGITS = 5
"""Digits that a single number must have to be found again: 0.05 is everybody's."""

SMALL = 1000
"""Nor do shares such as 7 of 12 days, with no larger number in them."""

LOADING_SECONDS = 20.0

Found = dict[Any, str]
"""Where a fingerprint was seen first."""


def try_wheel(bench: Bench) -> Iterator[Result]:
    """Look for the exams of the group's seeds in what ships."""
    slug = bench.group.assignment.partition("_")[2]
    shipped = dict(_shipped(slug))
    for instance in practice(bench.group.assignment, bench.group.task)[
        : 1 if bench.group.sample else 2
    ]:
        for place, value in _worked(bench, instance, "practice"):
            _note(shipped, value, place)
    for number in bench.group.seeds[:2]:
        exam: Found = {}
        for place, value in _worked(bench, bench.exam(number), "exam"):
            _note(exam, value, place)
        yield from _told(bench, number, exam, shipped)


def _told(bench: Bench, number: int, exam: Found, shipped: Found) -> Iterator[Result]:
    """One result for each pair of places that share something."""
    shared: dict[str, list[Any]] = {}
    for key, where in exam.items():
        if key in shipped:
            shared.setdefault(f"wheel: {where} is in {shipped[key]}", []).append(key)
    if not shared:
        yield Result(bench.group.task, WHEEL, "nothing of the exam ships", number, 0.0)
    for name, keys in sorted(shared.items()):
        excuse = bench.excuse(name)
        numbers = [f"{key:.10g}" for key in keys if isinstance(key, float)]
        what = f"the numbers {', '.join(numbers[:5])}" if numbers else f"{len(keys)} arrays"
        fault = "" if excuse else f"must ship nothing of an exam, but {what} agree"
        yield Result(bench.group.task, WHEEL, name, number, 1.0, fault, excuse)


def _worked(bench: Bench, instance: Any, what: str) -> Iterator[tuple[str, Any]]:
    """An instance, and what the reference is asked and says on it, by a name without numbers."""
    calls: list[Call] = []
    bench.judge(Recorder(bench.reference, calls), instance)
    yield f"{what} instance", instance
    for call in calls:
        yield f"{what} answer", call.value
        for place, argument in enumerate(call.arguments):
            yield f"{what} argument {place}", argument


@lru_cache
def _shipped(slug: str) -> Found:
    found: Found = {}
    for package in (f"labkit.trends.{slug}", f"labkit.checks.{slug}"):
        root = Path(str(resources.files(package)))
        for path in sorted(root.rglob("*")):
            place = path.relative_to(root).as_posix()
            if path.suffix == ".npz":
                with np.load(path, allow_pickle=False) as stored:
                    for name in stored.files:
                        _note(found, stored[name], f"{name} of {place}")
            elif path.suffix == ".json":
                _note(found, json.loads(path.read_text(encoding="utf-8")), place)
    functions = [(name, f) for name, f in public_functions(world_modules(slug)) if _asks_nothing(f)]
    steps = [lambda f=f: _fingerprints_of_loaded(f) for _, f in functions]
    for (name, _), prints in zip(functions, forked(steps, LOADING_SECONDS), strict=True):
        if not isinstance(prints, LostError):
            found.update({key: f"what {name} loads" for key in prints if key not in found})
    return found


def _asks_nothing(function: Any) -> bool:
    try:
        return all(
            p.default is not p.empty or p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD)
            for p in inspect.signature(function).parameters.values()
        )
    except (TypeError, ValueError):
        return False


def _fingerprints_of_loaded(function: Any) -> list[Any]:
    found: Found = {}
    try:
        _note(found, function(), "")
    except Exception:
        return []
    return list(found)


def _note(found: Found, value: Any, place: str) -> None:
    """Add the fingerprints of all arrays and numbers in a value."""
    if isinstance(value, bool) or value is None or isinstance(value, (str, bytes)):
        return
    if isinstance(value, (int, float)):
        if (number := _of_number(value)) is not None:
            found.setdefault(number, place)
        return
    array = as_numbers(value)
    if array is not None and array.ndim:
        for part in (array, *_lines(array)):
            if (key := _of_array(part)) is not None:
                found.setdefault(key, place)
        return
    if isinstance(value, Mapping) or hasattr(value, "columns"):
        for key in value:
            _note(found, value[key], place)
    elif isinstance(value, (list, tuple)):
        for item in value:
            _note(found, item, place)


def _lines(array: np.ndarray) -> Iterator[np.ndarray]:
    """Every row and every column of a table, and every slice of a block."""
    if array.ndim > 1 and array.size <= 2_000_000:
        yield from array
        yield from np.moveaxis(array, -1, 0)


def _of_array(array: np.ndarray) -> bytes | None:
    """The same for arrays that agree up to order, sign and scale; None for one that says little."""
    sizes = np.sort(np.abs(array.astype(float)).ravel())
    distinct = np.unique(sizes)
    if len(distinct) < SHORTEST or not np.isfinite(sizes).all():
        return None
    steps = np.diff(distinct)
    if steps.max() - steps.min() <= 1e-6 * distinct[-1]:  # a grid
        return None
    return blake2b(_rounded(sizes / sizes[-1]).tobytes(), digest_size=16).digest()


def _rounded(shares: np.ndarray) -> np.ndarray:
    """Numbers from 0 to 1, each to `DIGITS` significant digits; what is next to nothing is 0."""
    places = DIGITS - 1 - np.floor(np.log10(np.maximum(shares, 1e-280)))
    return np.asarray(np.rint(shares * 10.0**places) / 10.0**places)


def _of_number(value: float) -> float | None:
    digits = f"{abs(value):.15g}".replace(".", "").partition("e")[0].strip("0")
    if len(digits) < LEAST_DIGITS:
        return None
    simple = Fraction(value).limit_denominator(SMALL)
    if abs(simple.numerator) <= SMALL and abs(value - simple) <= 1e-12 * abs(value):
        return None
    return abs(value)
