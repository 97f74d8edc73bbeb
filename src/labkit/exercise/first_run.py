"""A check whose answer has not run: a sentence in place of a traceback.

After a restart of the kernel, `lab.check("task", answer)` fails with a NameError before the check
begins, since nothing has defined `answer` yet. Where a notebook is worked in, that is told in
words. The cell still counts as failed, so "Run All" stops there as before; where a notebook is
graded nothing is changed.
"""

from __future__ import annotations

import ast
from types import TracebackType
from typing import Any

from IPython import get_ipython
from IPython.display import display

from labkit.exercise import cards
from labkit.exercise.instances import is_graded_run


def explain_missing_answers() -> None:
    """From now on, tell in words that an answer's cell has not run."""
    shell = get_ipython()
    if shell is not None and not is_graded_run():
        shell.set_custom_exc((NameError,), _tell)


def missing_answer(source: str, error: NameError) -> str:
    """Return the name that a cell's check is given and that is not there; empty if it is not that.

    Args:
        source: the cell's text.
        error: what it ended with.
    """
    try:
        calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    except SyntaxError:
        return ""
    given = {
        name.id
        for call in calls
        if isinstance(call.func, ast.Attribute) and call.func.attr == "check"
        for argument in call.args
        for name in ast.walk(argument)
        if isinstance(name, ast.Name)
    }
    return str(error.name) if error.name in given else ""


def _tell(
    shell: Any,
    kind: type[BaseException],
    error: NameError,
    traceback: TracebackType,
    tb_offset: int | None = None,
) -> list[str]:
    """Take the place of IPython's traceback; the form is that of `set_custom_exc`."""
    name = missing_answer(str((shell.user_ns.get("In") or [""])[-1]), error)
    if not name or name in shell.user_ns:
        shell.showtraceback((kind, error, traceback), tb_offset=tb_offset)
        return []
    display(
        cards.notice_card(
            "Run the cell above first",
            f"{name} is not defined yet: the cell with your answer has not run since the kernel "
            "started. Run it, then this one again.",
        )
    )
    return []
