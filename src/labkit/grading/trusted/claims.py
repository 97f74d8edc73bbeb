"""What the learner's process tells of its things that are no values: kinds, names, bases.

Descriptions are JSON. They are claims: what is believed of them is decided by `trust`.
"""

from __future__ import annotations

import inspect
import sys
import types
from collections.abc import Callable
from typing import Any

_SPECIAL = (
    "__len__ __getitem__ __setitem__ __delitem__ __contains__ __iter__ __next__ __call__ "
    "__enter__ __exit__ __str__ __repr__ __eq__ __ne__ __lt__ __le__ __gt__ __ge__ __add__ "
    "__radd__ __sub__ __mul__ __rmul__ __truediv__ __floordiv__ __mod__ __pow__ __neg__ __abs__ "
    "__matmul__ __bool__ __hash__ __int__ __float__"
).split()

_FUNCTIONS = (
    types.FunctionType,
    types.BuiltinFunctionType,
    types.MethodType,
    types.MethodWrapperType,
    types.WrapperDescriptorType,
    types.MethodDescriptorType,
)

SIMPLE = (type(None), bool, int, float, str)


def describe(thing: Any, refer: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
    """What is claimed of an object that goes by number: JSON-able."""
    if isinstance(thing, types.ModuleType):
        return {"kind": "module", "name": thing.__name__}
    if isinstance(thing, type):
        return _describe_class(thing, refer)
    if isinstance(thing, _FUNCTIONS) or type(thing).__name__ in ("ufunc", "partial"):
        return _describe_function(thing)
    return {"kind": "instance", "class": refer(type(thing))}


def _describe_class(kind: type, refer: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
    ancestors = kind.__mro__[1:-1]
    return {
        "kind": "class",
        "name": str(kind.__name__),
        "module": str(kind.__module__),
        "qualname": str(kind.__qualname__),
        "doc": _short(kind.__doc__),
        "exception": issubclass(kind, BaseException),
        "library": _in_library(kind),
        "signature": _signature(kind),
        "ancestors": [
            {"module": str(a.__module__), "qualname": str(a.__qualname__)}
            if _in_library(a)
            else refer(a)
            for a in ancestors
        ],
        "special": [
            name
            for name in _SPECIAL
            if getattr(kind, name, None) not in (None, getattr(object, name, None))
        ],
    }


def _describe_function(function: Any) -> dict[str, Any]:
    module = getattr(function, "__module__", None)
    return {
        "kind": "function",
        "name": str(getattr(function, "__name__", type(function).__name__)),
        "module": str(module) if module else "",
        "qualname": str(getattr(function, "__qualname__", "")),
        "doc": _short(getattr(function, "__doc__", None)),
        "signature": _signature(function),
        "source": _source(function),
    }


def _short(text: Any) -> str | None:
    return text[:5000] if isinstance(text, str) else None


def _in_library(kind: type) -> bool:
    """Whether a class can be found under its name in an imported module other than the notebook."""
    if kind.__module__ == "__main__":
        return False
    found: Any = sys.modules.get(kind.__module__)
    for part in kind.__qualname__.split("."):
        found = getattr(found, part, None)
    return found is kind


def _signature(function: Any) -> list[list[Any]] | None:
    """Name, kind, whether there is a default, and the default if it is simple."""
    if getattr(function, "__module__", None) != "__main__" and not isinstance(
        function, types.FunctionType
    ):
        return None
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return None
    return [
        [
            parameter.name,
            int(parameter.kind),
            parameter.default is not parameter.empty,
            parameter.default if _is_json(parameter.default) else None,
        ]
        for parameter in parameters
    ]


def _is_json(value: Any) -> bool:
    if type(value) is float:
        return value - value == 0
    return _is_simple(value) and not (type(value) is int and abs(value) >= 2**63)


def _is_simple(value: Any) -> bool:
    return type(value) in SIMPLE and not (type(value) is str and len(value) > 2000)


def _source(function: Any) -> str | None:
    if getattr(function, "__module__", None) != "__main__":
        return None
    try:
        return inspect.getsource(function)[:20_000]
    except (OSError, TypeError):
        return None


def error(problem: BaseException) -> dict[str, Any]:
    """What to tell of an exception: its class, text and simple parts, and the learner's line."""
    try:
        message = str(problem)[:2000]
    except Exception:
        message = ""
    try:
        arguments = tuple(problem.args) if all(map(_is_simple, problem.args)) else None
        attributes = {
            name: value
            for name, value in vars(problem).items()
            if type(name) is str and not name.startswith("_") and _is_simple(value)
        }
    except Exception:
        arguments, attributes = None, {}
    return {
        "kind": type(problem),
        "message": message,
        "parts": arguments,
        "attributes": attributes,
        "line": _learner_line(problem),
    }


def _learner_line(problem: BaseException) -> tuple[int, str] | None:
    """The innermost line of the learner's own cells that an exception went through."""
    import linecache

    if hasattr(problem, "learner_line"):  # it came from a process of its own
        number, text = problem.learner_line
        return number, text[:200]
    found = None
    trace = problem.__traceback__
    while trace is not None:
        name = trace.tb_frame.f_code.co_filename
        if "ipykernel" in name or name.startswith("<"):
            found = (trace.tb_lineno, linecache.getline(name, trace.tb_lineno).strip()[:200])
        trace = trace.tb_next
    return found
