"""Whether the last line of a test can stand for points.

nbgrader reads a number that a test cell shows last as the points reached, and gives all points for
anything else. A learner who turns the number into an array or into "not a number" would get all.
"""

from __future__ import annotations

import ast
import collections
import datetime
import math
import numbers
import sys
from decimal import Decimal
from typing import Any

from labkit import code

CALCULATIONS = (ast.BinOp, ast.BoolOp, ast.Compare, ast.IfExp, ast.Name, ast.UnaryOp)
"""Last expressions that look like points; a call may as well show a table on purpose."""

ARITHMETIC_CALLS = frozenset("abs float int max mean min round sum".split())


REPEATED = (str, bytes, bytearray, datetime.timedelta, collections.deque)
"""What is no number, and can be multiplied by one: a learner may give it for a share of points."""


class NoPointsError(ValueError):
    """The last line of the test, whose source is kept, is no number of points."""

    def __init__(self, message: str, source: str) -> None:
        super().__init__(message)
        self.source = source


def fault(value: Any, source: str) -> NoPointsError | None:
    """Say what is wrong with a test's last value, if it is meant as points and cannot be."""
    if isinstance(value, (numbers.Real, Decimal)) or _is_scalar(value):
        number = _amount(value)
        if math.isfinite(number) and number >= 0:
            return None
        return NoPointsError(
            f"the last line of this test gives {number}, so no points are given", source
        )
    product = isinstance(value, REPEATED) and _is_product(source)
    if product or (_is_calculation(source) and _holds_numbers(value)):
        kind = type(value).__name__
        return NoPointsError(
            f"the last line of this test gives a value of type {kind} where one number of points "
            "is expected, so none are given",
            source,
        )
    return None


def shown(value: Any) -> str | None:
    """The text that nbgrader reads a number of points from; None for what it reads by itself.

    It gives all points for `np.float64(0.5)`, `Fraction(1, 2)` and the like. A truth value stands
    for no number.
    """
    if type(value) in (int, float) or _is_bool(value):
        return None
    if isinstance(value, (numbers.Real, Decimal)) or _is_scalar(value):
        return repr(_amount(value))
    return None


def _amount(value: Any) -> float:
    """The number as a float; "not a number" for what no float holds: 10**400, Decimal("sNaN")."""
    try:
        return float(value)
    except (OverflowError, ValueError):
        return math.nan


def _is_bool(value: Any) -> bool:
    return isinstance(value, bool) or str(getattr(value, "dtype", "")) in ("bool", "torch.bool")


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


def _is_product(source: str) -> bool:
    """Whether a test ends in a product or quotient, or in a name that it gave one to."""
    tree = code.cell(source)
    last = code.last_expression(tree)
    if isinstance(last, ast.Name):
        for node in tree.body:
            if isinstance(node, ast.Assign) and last.id in map(ast.unparse, node.targets):
                last = node.value
                break
    kinds = (ast.Mult, ast.Div, ast.FloorDiv)
    if not (isinstance(last, ast.BinOp) and isinstance(last.op, kinds)):
        return False
    # A line drawn on purpose: "-" * 40.
    return not any(
        isinstance(side, ast.JoinedStr)
        or (isinstance(side, ast.Constant) and isinstance(side.value, (str, bytes)))
        for side in (last.left, last.right)
    )


def _is_calculation(source: str) -> bool:
    last = code.last_expression(code.cell(source))
    if isinstance(last, ast.Call):
        called = last.func
        name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
        return name in ARITHMETIC_CALLS
    return isinstance(last, CALCULATIONS)
