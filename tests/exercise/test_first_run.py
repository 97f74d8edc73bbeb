"""A check whose answer's cell has not run says so in words."""

from __future__ import annotations

import pytest
from IPython.core.interactiveshell import InteractiveShell

from labkit.exercise import first_run
from labkit.exercise.first_run import explain_missing_answers, missing_answer

CHECK = 'lab.check("double", double)'


@pytest.fixture
def shell(monkeypatch):
    """A shell of its own, and what is shown in it."""
    own = InteractiveShell()
    own.shown = []
    monkeypatch.setattr(first_run, "get_ipython", lambda: own)
    monkeypatch.setattr(first_run, "display", own.shown.append)
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    own.run_cell("lab = type('Lab', (), {'check': lambda self, *a: 1})()")
    return own


def test_a_missing_answer_is_told_in_words_and_the_cell_still_fails(shell, capsys):
    explain_missing_answers()
    result = shell.run_cell(CHECK, store_history=True)
    assert not result.success
    assert "Run the cell above first" in shell.shown[0].text
    assert "double is not defined yet" in shell.shown[0].text
    assert "Traceback" not in capsys.readouterr().out


@pytest.mark.parametrize("cell", ["double(3)", "def double(x):\n    return y\n\ndouble(1)"])
def test_every_other_missing_name_keeps_its_traceback(shell, capsys, cell):
    explain_missing_answers()
    assert not shell.run_cell(cell, store_history=True).success
    assert shell.shown == []
    assert "NameError" in capsys.readouterr().out


def test_where_a_notebook_is_graded_nothing_changes(shell, monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    explain_missing_answers()
    assert not shell.run_cell(CHECK, store_history=True).success
    assert shell.shown == []


def test_only_a_name_that_the_check_is_given_is_meant():
    assert missing_answer(CHECK, NameError("x", name="double")) == "double"
    assert missing_answer(CHECK, NameError("x", name="other")) == ""
    assert missing_answer("lab.check(", NameError("x", name="double")) == ""
