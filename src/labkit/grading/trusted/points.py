"""Whether the last line of a test can stand for points.

nbgrader reads a number that a test cell shows last as the points reached, and gives all points for
anything else. A learner who turns the number into an array or into "not a number" would get all.
"""

from __future__ import annotations

import ast
import math
import numbers
import sys
from decimal import Decimal
from typing import Any

CALCULATIONS = (ast.BinOp, ast.BoolOp, ast.Compare, ast.IfExp, ast.Name, ast.UnaryOp)
"""Last expressions that look like points; a call may as well show a table on purpose."""

ARITHMETIC_CALLS = frozenset("abs float int max mean min round sum".split())


class NoPointsError(ValueError):
    """The last line of the test, whose source is kept, is no number of points."""

    def __init__(self, message: str, source: str) -> None:
        super().__init__(message)
        self.source = source


def fault(value: Any, source: str) -> NoPointsError | None:
    """Say what is wrong with a test's last value, if it is meant as points and cannot be."""
    if isinstance(value, (numbers.Real, Decimal)) or _is_scalar(value):
        number = float(value)
        if math.isfinite(number) and number >= 0:
            return None
        return NoPointsError(
            f"the last line of this test gives {number}, so no points are given", source
        )
    if _is_calculation(source) and _holds_numbers(value):
        kind = type(value).__name__
        return NoPointsError(
            f"the last line of this test gives a value of type {kind} where one number of points "
            "is expected, so none are given",
            source,
        )
    return None


def _is_scalar(value: Any) -> bool:
    numpy, torch = sys.modules.get("numpy"), sys.modules.get("torch")
    if numpy is not None and isinstance(value, numpy.generic):
        return bool(value.dtype.kind in "biuf")
    return torch is not None and isinstance(value, torch.Tensor) and value.numel() == 1


def _holds_numbers(value: Any) -> bool:
    """Arrays, tensors, series, lists and complex numbers: what arithmetic can end in."""
    if isinstance(value, (complex, list, tuple)):
        return True
    root = type(value).__module__.partition(".")[0]
    return root in ("numpy", "torch") or (root == "pandas" and type(value).__name__ != "DataFrame")


def _is_calculation(source: str) -> bool:
    try:
        last = ast.parse(source).body[-1]
    except (SyntaxError, IndexError, ValueError):
        return False
    if not isinstance(last, ast.Expr):
        return False
    if isinstance(last.value, ast.Call):
        called = last.value.func
        name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
        return name in ARITHMETIC_CALLS
    return isinstance(last.value, CALCULATIONS)
