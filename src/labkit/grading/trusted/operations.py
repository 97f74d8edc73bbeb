"""What a test can have done with a thing of the learner's process, by name."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any


def _contains(thing: Any, item: Any) -> bool:
    return item in thing


def _enter(thing: Any) -> Any:
    return type(thing).__enter__(thing)


def _exit(thing: Any) -> Any:
    return type(thing).__exit__(thing, None, None, None)


OPERATIONS: dict[str, Callable[..., Any]] = {
    "call": lambda function, *positional, **named: function(*positional, **named),
    "get attribute": getattr,
    "set attribute": setattr,
    "delete attribute": delattr,
    "get item": operator.getitem,
    "set item": operator.setitem,
    "delete item": operator.delitem,
    "length": len,
    "contains": _contains,
    "iterate": iter,
    "next": next,
    "enter": _enter,
    "exit": _exit,
    "text": str,
    "representation": repr,
    "is instance": isinstance,
    "is subclass": issubclass,
    "truth": bool,
    "eq": operator.eq,
    "ne": operator.ne,
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "matmul": operator.matmul,
    "truediv": operator.truediv,
    "floordiv": operator.floordiv,
    "mod": operator.mod,
    "pow": operator.pow,
    "neg": operator.neg,
    "abs": operator.abs,
    "hash": hash,
    "int": int,
    "float": float,
}

SPECIAL_OPERATIONS = {
    "__len__": "length",
    "__getitem__": "get item",
    "__setitem__": "set item",
    "__delitem__": "delete item",
    "__contains__": "contains",
    "__iter__": "iterate",
    "__next__": "next",
    "__call__": "call",
    "__enter__": "enter",
    "__exit__": "exit",
    "__str__": "text",
    "__repr__": "representation",
    "__bool__": "truth",
    "__eq__": "eq",
    "__ne__": "ne",
    "__lt__": "lt",
    "__le__": "le",
    "__gt__": "gt",
    "__ge__": "ge",
    "__add__": "add",
    "__sub__": "sub",
    "__mul__": "mul",
    "__truediv__": "truediv",
    "__neg__": "neg",
    "__abs__": "abs",
    "__hash__": "hash",
}
"""The operation that a special method stands for."""
