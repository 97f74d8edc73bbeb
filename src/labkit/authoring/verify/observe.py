"""What a task's answers look like, learned from the reference at work on practice instances.

A recorder stands in the reference's place and notes what the judge asks and what comes back; where
a function comes back, also what that is asked. `fill` then makes values of the same kind and shape
for other questions, with contents that a strategy chooses.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import FunctionType
from typing import Any

import numpy as np


@dataclass
class Call:
    """A question and its answer; `inner` has the questions to a function that came back."""

    arguments: tuple[Any, ...]
    value: Any
    inner: list[Call] = field(default_factory=list)


class Recorder:
    """Stands in for an answer, and notes its calls."""

    def __init__(self, answer: Callable[..., Any], calls: list[Call]) -> None:
        """Note what `answer` is asked in `calls`."""
        self._answer, self._calls = answer, calls

    def __call__(self, *arguments: Any) -> Any:
        """Answer as the original does."""
        value = self._answer(*arguments)
        call = Call(arguments, value)
        self._calls.append(call)
        return Recorder(value, call.inner) if isinstance(value, FunctionType) else value


def outline(value: Any) -> tuple[Any, ...]:
    """Kind and shape of a value: what a judge looks at before it looks at the contents."""
    if isinstance(value, str):
        return ("text",)
    if value is None:
        return ("nothing",)
    if isinstance(value, tuple):
        return ("parts", *map(outline, value))
    if isinstance(value, Mapping):
        return ("mapping", *sorted(map(str, value)))
    if isinstance(value, (set, frozenset)) or _is_list_of(value, (str, tuple)):
        return ("names",)
    if _is_list_of(value, Mapping):
        return ("records", len(value))
    array = as_numbers(value)
    if array is not None:
        return ("numbers", *array.shape)
    return ("function",) if callable(value) else (type(value).__name__,)


def as_numbers(value: Any) -> np.ndarray | None:
    """Numbers of any kind as an array; None where they are none."""
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(value, torch.Tensor):
        value = value.detach().cpu().numpy()
    if isinstance(value, (bool, int, float, np.generic, np.ndarray, list)) or hasattr(
        value, "to_numpy"
    ):
        try:
            array = np.asarray(value)
        except ValueError:
            return None
        return array if array.dtype.kind in "biuf" else None
    return None


def _is_list_of(value: Any, kinds: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(v, kinds) for v in value)


# --- Strategies -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Strategy:
    """How contents are chosen.

    Attributes:
        name: in words.
        numbers: from the numbers seen (an array, those of one shape stacked) to some of a shape.
        some: from the texts or items seen to those chosen.
    """

    name: str
    numbers: Callable[[list[np.ndarray], tuple[int, ...]], np.ndarray]
    some: Callable[[list[Any], float], list[Any]]


def constant(value: float, all_names: bool) -> Strategy:
    """The same number everywhere; all names or none."""
    return Strategy(
        f"{value:.6g} everywhere",
        lambda seen, shape: np.full(shape, value),
        lambda pool, size: list(pool) if all_names else [],
    )


def quantile(share: float) -> Strategy:
    """The number below which a share of all numbers seen lie; as many names as usual."""
    return Strategy(
        f"the {share:.0%} quantile of what the reference says",
        lambda seen, shape: np.full(shape, np.quantile(_pooled(seen), share)),
        lambda pool, size: list(pool)[: round(size)],
    )


def typical() -> Strategy:
    """Place by place the median of what the reference says, where shapes allow."""

    def numbers(seen: list[np.ndarray], shape: tuple[int, ...]) -> np.ndarray:
        same = [array for array in seen if array.shape == shape]
        if same:
            return np.median(np.stack(same).astype(float), axis=0)
        return np.full(shape, np.median(_pooled(seen)))

    return Strategy(
        "the median of what the reference says", numbers, lambda pool, size: pool[-round(size) :]
    )


def at_random(number: int) -> Strategy:
    """Numbers drawn from those seen and between them, names by lot; the same ones at each call."""

    def numbers(seen: list[np.ndarray], shape: tuple[int, ...]) -> np.ndarray:
        rng = np.random.default_rng(number)
        pool = _pooled(seen)
        if len(np.unique(pool)) <= 12 or number % 2:
            return rng.choice(pool, shape)
        return rng.uniform(pool.min(), pool.max(), shape)

    def some(pool: list[Any], size: float) -> list[Any]:
        rng = np.random.default_rng(number)
        chance = min(1.0, size / len(pool)) if pool else 0.0
        return [item for item in pool if rng.random() < chance]

    return Strategy(f"random answer {number}", numbers, some)


def _pooled(seen: list[np.ndarray]) -> np.ndarray:
    pool = np.concatenate([array.astype(float).ravel() for array in seen])
    pool = pool[np.isfinite(pool)]
    return pool if len(pool) else np.zeros(1)


# --- Filling ------------------------------------------------------------------------------------


def answer_by(calls: Sequence[Call], strategy: Strategy) -> Callable[..., Any]:
    """An answer with contents by a strategy, in the shape of what the reference returned."""

    def answer(*arguments: Any) -> Any:
        return fill([(c.arguments, c.value, c.inner) for c in calls], arguments, strategy)

    return answer


Seen = tuple[tuple[Any, ...], Any, list[Call]]


def fill(seen: Sequence[Seen], arguments: tuple[Any, ...], strategy: Strategy) -> Any:
    """Make a value like those seen, for these arguments."""
    first = seen[0][1]
    kind = outline(first)[0]
    if kind == "function":
        inner = [call for _, _, calls in seen for call in calls]
        return answer_by(inner, strategy) if inner else first
    if kind == "parts":
        return tuple(fill(_at(seen, place), arguments, strategy) for place in range(len(first)))
    if kind == "mapping":
        return {key: fill(_at(seen, key), arguments, strategy) for key in first}
    if kind == "records":
        pooled: list[Seen] = [(a, record, []) for a, records, _ in seen for record in records]
        length = _predicted([(a, (len(v),)) for a, v, _ in seen], arguments)[0]
        return [fill(pooled, arguments, strategy) for _ in range(length)]
    if kind == "text":
        return (strategy.some(sorted({v for _, v, _ in seen}), 1.0) or [first])[0]
    if kind == "names" or (kind == "numbers" and isinstance(first, list) and not first):
        return _names(seen, arguments, strategy)
    if kind == "numbers":
        return _numbers(seen, arguments, strategy)
    return first


def _at(seen: Sequence[Seen], key: Any) -> list[Seen]:
    """The same part of every value that has it."""
    return [
        (a, v[key], c) for a, v, c in seen if (key in v if isinstance(v, Mapping) else key < len(v))
    ]


def _numbers(seen: Sequence[Seen], arguments: tuple[Any, ...], strategy: Strategy) -> Any:
    arrays = [(a, array) for a, v, _ in seen if (array := as_numbers(v)) is not None]
    shape = _predicted([(a, array.shape) for a, array in arrays], arguments)
    made = np.asarray(strategy.numbers([array for _, array in arrays], shape))
    if all(array.dtype.kind in "iub" for _, array in arrays):
        made = np.rint(made).astype(arrays[0][1].dtype)
    return made if shape else made.item()


def _names(seen: Sequence[Seen], arguments: tuple[Any, ...], strategy: Strategy) -> Any:
    pool: list[Any] = sorted({item for _, value, _ in seen for item in value}, key=str)
    here = list(dict.fromkeys(_texts(arguments)))
    if all({*value} <= {*_texts(a)} for a, value, _ in seen):
        pool = here
    size = float(np.mean([len(value) for _, value, _ in seen]))
    chosen = strategy.some(pool, size)
    return set(chosen) if isinstance(seen[0][1], (set, frozenset)) else chosen


def _predicted(
    shapes: Sequence[tuple[tuple[Any, ...], tuple[int, ...]]], arguments: tuple[Any, ...]
) -> tuple[int, ...]:
    """The shape that the arguments ask for: an axis is as long as something among them always is.

    An axis that nothing explains keeps its last length.
    """
    here = dict(_sizes(arguments))
    last = shapes[-1][1]
    known = [(dict(_sizes(a)), shape) for a, shape in shapes if len(shape) == len(last)]
    predicted = []
    for axis, length in enumerate(last):
        key = next(
            (key for key in here if all(sizes.get(key) == shape[axis] for sizes, shape in known)),
            None,
        )
        predicted.append(length if key is None else here[key])
    return tuple(predicted)


def _sizes(value: Any, place: str = "", depth: int = 0) -> Iterator[tuple[str, int]]:
    """Everything in the arguments that may be the length of an axis."""
    shape = getattr(value, "shape", None)
    if isinstance(shape, tuple) and shape:
        yield from ((f"{place}.{axis}", int(size)) for axis, size in enumerate(shape))
    elif isinstance(value, (int, np.integer)) and not isinstance(value, bool):
        yield place, int(value)
    elif isinstance(value, (list, tuple, set, Mapping)):
        yield f"{place}.len", len(value)
        if depth < 2:
            items = value.items() if isinstance(value, Mapping) else enumerate(value)
            for key, item in items:
                yield from _sizes(item, f"{place}/{key}", depth + 1)


def _texts(value: Any, depth: int = 0) -> Iterator[str]:
    """The short texts in the arguments: columns, names, ends of edges."""
    if isinstance(value, str) and len(value) < 60:
        yield value
    elif hasattr(value, "columns"):
        yield from map(str, value.columns)
    elif isinstance(value, (list, tuple, set, Mapping)) and depth < 4:
        if isinstance(value, Mapping):
            value = [*value, *value.values()]
        for item in value:
            yield from _texts(item, depth + 1)
