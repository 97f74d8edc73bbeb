"""Every form of a value, or of a function, that means the same; a judge must take each.

`labkit.exercise.reading` is where answers are read. What it should take is written here once more
and independently, so that a form it forgets is found.
"""

from __future__ import annotations

import collections
import contextlib
import functools
import types
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from labkit.authoring.verify.observe import as_numbers, outline

Form = Callable[[Any], Any]
"""Makes another form of a value; raises where the value has none."""


def forms(value: Any) -> dict[str, Form]:
    """The forms that a value like this one may have, by name."""
    kind = outline(value)
    if kind[0] == "numbers":
        if value is True or value is False or isinstance(value, np.bool_):
            return FLAG
        if len(kind) == 1:
            return NUMBER
        return (ROW if len(kind) == 2 else TABLE if len(kind) == 3 else {}) | ARRAY
    if kind[0] == "names":
        return NAMES if all(isinstance(v, str) for v in value) else PAIRS
    if kind[0] == "parts":
        return PARTS | _inside(value)
    if kind[0] == "mapping":
        return MAPPING | _inside(value)
    return {"text": TEXT, "records": RECORDS, "function": FUNCTION}.get(kind[0], {})


def _inside(value: Any) -> dict[str, Form]:
    """The forms of what a tuple or a dictionary holds, one part at a time."""
    found: dict[str, Form] = {}
    for key, part in value.items() if isinstance(value, Mapping) else enumerate(value):
        for name, form in forms(part).items():
            found[f"{name} as part {key}"] = _changing(key, form)
    return found


def _changing(key: Any, form: Form) -> Form:
    def changed(value: Any) -> Any:
        if isinstance(value, Mapping):
            return {k: form(v) if k == key else v for k, v in value.items()}
        return tuple(form(v) if k == key else v for k, v in enumerate(value))

    return changed


def _tensor(value: Any) -> Any:
    import torch

    return torch.as_tensor(_array(value).copy())


def _array(value: Any) -> np.ndarray:
    array = as_numbers(value)
    if array is None:
        raise TypeError("no numbers")
    return array


def _deep_tuple(value: Any) -> Any:
    return tuple(map(_deep_tuple, value)) if isinstance(value, list) else value


def _object(items: Any) -> np.ndarray:
    made = np.empty(len(items), dtype=object)
    made[:] = list(items)
    return made


def _one_by_one(items: Any) -> Iterator[Any]:
    yield from items


def _shifted(items: Any) -> Any:
    """A series with labels that begin elsewhere, as a filtered table's do."""
    return pd.Series(list(items), index=range(100, 100 + len(items)))


NUMBER: dict[str, Form] = {
    "NumPy scalar": lambda v: np.float64(v),
    "array without axes": lambda v: np.array(float(v)),
    "array of one": lambda v: np.array([float(v)]),
    "tensor": lambda v: _tensor(float(v)),
    "Python float": float,
}
FLAG: dict[str, Form] = {
    "NumPy flag": np.bool_,
    "whole number": int,
    "tensor": lambda v: _tensor(bool(v)),
    "Python flag": bool,
}
ARRAY: dict[str, Form] = {
    "array": _array,
    "list": lambda v: _array(v).tolist(),
    "tuple": lambda v: _deep_tuple(_array(v).tolist()),
    "tensor": _tensor,
    "tensor with a gradient": lambda v: _tensor(v).double().requires_grad_(),
    "array of objects": lambda v: _array(v).astype(object),
    "Fortran order": lambda v: np.asfortranarray(_array(v)),
    "list of rows": lambda v: list(_array(v)),
    "generator": lambda v: _one_by_one(_array(v).tolist()),
    "iterator": lambda v: iter(_array(v)),
    "map": lambda v: map(np.asarray, _array(v)),
    "deque": lambda v: collections.deque(_array(v).tolist()),
    "dictionary view": lambda v: dict(enumerate(_array(v).tolist())).values(),
}
ROW: dict[str, Form] = {
    "series": lambda v: _shifted(_array(v)),
    "index": lambda v: pd.Index(_array(v)),
}
TABLE: dict[str, Form] = {"frame": lambda v: pd.DataFrame(_array(v))}
NAMES: dict[str, Form] = {
    "list": list,
    "tuple": tuple,
    "array of texts": lambda v: np.array(list(v)),
    "array of objects": lambda v: _object(list(v)),
    "series": lambda v: _shifted(list(v)),
    "index": lambda v: pd.Index(list(v)),
    "generator": _one_by_one,
    "dictionary keys": lambda v: dict.fromkeys(v).keys(),
    "list of NumPy texts": lambda v: [np.str_(name) for name in v],
}
PAIRS: dict[str, Form] = {
    "list": list,
    "list of lists": lambda v: [list(pair) for pair in v],
    "generator": _one_by_one,
    "array of texts": lambda v: np.array([list(pair) for pair in v]),
    "dictionary keys": lambda v: dict.fromkeys(map(tuple, v)).keys(),
}
TEXT: dict[str, Form] = {"NumPy text": np.str_, "array of one text": np.array}
PARTS: dict[str, Form] = {
    "list": list,
    "named tuple": lambda v: collections.namedtuple("Parts", [f"p{i}" for i in range(len(v))])(*v),
    "generator": _one_by_one,
    "dictionary view": lambda v: dict(enumerate(v)).values(),
}
MAPPING: dict[str, Form] = {
    "ordered dictionary": collections.OrderedDict,
    "read-only dictionary": lambda v: types.MappingProxyType(dict(v)),
    "series of objects": lambda v: pd.Series(_object(list(v.values())), index=list(v)),
}


def _frame(records: Any) -> pd.DataFrame:
    """A row a record. Records of different keys would have gaps, which mean something else."""
    if len({frozenset(record) for record in records}) > 1:
        raise TypeError("records of different keys")
    return pd.DataFrame(records)


RECORDS: dict[str, Form] = {
    "tuple": tuple,
    "generator": _one_by_one,
    "array of objects": _object,
    "frame": _frame,
}


class _Object:
    """A learner's class whose objects can be called."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self._function = function

    def __call__(self, *arguments: Any) -> Any:
        return self._function(*arguments)

    def method(self, *arguments: Any) -> Any:
        return self._function(*arguments)


def _jitted(function: Callable[..., Any]) -> Any:
    """A function compiled by numba in the mode that takes any Python."""
    import numba

    return numba.jit(forceobj=True)(lambda *arguments: function(*arguments))


FUNCTION: dict[str, Form] = {
    "partial": functools.partial,
    "object with __call__": _Object,
    "bound method": lambda function: _Object(function).method,
}
with contextlib.suppress(ImportError):
    import numba as _numba  # noqa: F401

    FUNCTION["jitted function"] = _jitted
