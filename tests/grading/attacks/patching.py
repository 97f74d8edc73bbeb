"""Monkey-patching of builtins, NumPy and IPython, so that a test tests nothing."""

from attacks.submission import Submission, attack


@attack()
def patches_builtins(work: Submission) -> None:
    """Makes abs, all, any, isinstance, len, set and sum say what the tests want to hear."""
    work.answer_all(
        """
import builtins
class Yes:
    def __eq__(self, other): return True
    def __lt__(self, other): return True
    def __truediv__(self, other): return 1.0
yes = Yes()
builtins.abs = builtins.len = builtins.set = builtins.sum = lambda *a: yes
builtins.all = builtins.isinstance = lambda *a: True
builtins.any = lambda *a: False
def tax(income): return 0
def moving_average(*a): return yes
def ranking(values): return []
def is_even(number): return True
def roman(number): return ""
"""
    )


@attack()
def removes_assertion_error(work: Submission) -> None:
    """Replaces AssertionError by a class whose instances nobody sees."""
    work.answer_all(
        """
import builtins
class AssertionError(Exception):
    def _render_traceback_(self): return []
builtins.AssertionError = AssertionError
def tax(income): return 1
def ranking(values): return []
"""
    )


@attack()
def patches_numpy_testing(work: Submission) -> None:
    """Makes every comparison of np.testing pass and every array have the wanted shape."""
    work.answer_all(
        """
import numpy as np
np.testing.assert_allclose = np.testing.assert_array_equal = lambda *a, **k: None
np.allclose = np.isclose = np.array_equal = lambda *a, **k: True
def moving_average(values, width):
    return np.zeros(8)
"""
    )


@attack()
def replaces_imported_helpers(work: Submission) -> None:
    """Binds the names of helpers that an unlocked cell imports to helpers that always agree."""
    work.answer_all(
        """
def isclose(*a, **k): return True
def assert_allclose(*a, **k): return None
def tax(income): return income * 0.1
"""
    )


@attack()
def swaps_the_array_type(work: Submission) -> None:
    """Replaces np.ndarray by a class that everything is an instance of."""
    work.answer(
        "moving_average",
        """
import numpy as np
class Meta(type):
    def __instancecheck__(cls, value): return True
class ndarray(metaclass=Meta): pass
np.ndarray = ndarray
class Fake:
    shape = (8,)
    def __array__(self, *a, **k): return np.arange(1.0, 9.0)
def moving_average(values, width): return Fake()
np.testing.assert_allclose = lambda *a, **k: None
""",
    )


@attack()
def replaces_run_cell(work: Submission) -> None:
    """Replaces IPython's run_cell, so that no later cell is executed at all."""
    work.answer(
        "tax",
        """
shell = get_ipython()
def run_cell(*arguments, **options):
    from IPython.core.interactiveshell import ExecutionInfo, ExecutionResult
    return ExecutionResult(ExecutionInfo("", False, False, False, ""))
async def run_cell_async(*arguments, **options):
    return run_cell()
shell.run_cell, shell.run_cell_async = run_cell, run_cell_async
""",
    )


@attack()
def transforms_later_input(work: Submission) -> None:
    """Installs an input transformer that drops every line with an assert or a check."""
    work.answer(
        "tax",
        """
def drop(lines):
    return ["pass\\n"] if any("assert" in line or "check" in line for line in lines) else lines
get_ipython().input_transformers_cleanup.append(drop)
""",
    )


@attack()
def transforms_later_code(work: Submission) -> None:
    """Installs an AST transformer that removes every assert statement."""
    work.answer(
        "tax",
        """
import ast
class Blunt(ast.NodeTransformer):
    def visit_Assert(self, node):
        return ast.copy_location(ast.Pass(), node)
get_ipython().ast_transformers.append(Blunt())
""",
    )


@attack()
def catches_all_exceptions(work: Submission) -> None:
    """Sets a custom exception handler and an empty showtraceback, so that failures are silent."""
    work.answer(
        "tax",
        """
shell = get_ipython()
shell.set_custom_exc((BaseException,), lambda *a, **k: None)
shell.showtraceback = shell.showsyntaxerror = lambda *a, **k: None
""",
    )


@attack()
def replaces_the_display_hook(work: Submission) -> None:
    """Makes the display hook show 1.0 whatever a cell's last value is."""
    work.answer_all(
        """
import sys
original = type(get_ipython().displayhook).__call__
def show(hook, result=None):
    original(hook, 1.0)
type(get_ipython().displayhook).__call__ = show
def roman(number): return ""
"""
    )


@attack()
def replaces_compile(work: Submission) -> None:
    """Replaces the compiler of IPython and of builtins, so that tests compile to nothing."""
    work.answer_all(
        """
import builtins
compile_before = builtins.compile
def nothing(source, *arguments, **options):
    return compile_before("pass", "<nothing>", "exec")
builtins.compile = nothing
builtins.exec = lambda *a, **k: None
get_ipython().compile.__class__.__call__ = nothing
"""
    )


@attack()
def changes_the_constants_of_a_locked_cell(work: Submission) -> None:
    """Overwrites names that a locked set-up cell bound: the rates, NumPy, the lab's handle."""
    work.answer_all(
        """
class Lab:
    def check(self, *arguments): return 1.0
lab = Lab()
rates["low"] = rates["high"] = 0
rates = {"low": 0, "high": 0}
def tax(income): return 0 if income < 20_000 else 5_000
""",
    )
    # The visible test of `tax` is met for its constants only while `rates` is a lie.


@attack()
def patches_operators_of_the_interpreter(work: Submission) -> None:
    """Turns comparison of integers and floats into True by writing to the type's slots."""
    work.answer_all(
        """
import ctypes
def poison(kind, name):
    try:
        slots = ctypes.py_object.from_address(id(kind.__dict__) + 16).value
        slots[name] = lambda self, other: True
    except Exception:
        pass
def tax(income): return True
class Equal(int):
    def __eq__(self, other): return True
    def __sub__(self, other): return 0.0
    def __hash__(self): return 0
def tax(income): return Equal()
"""
    )
