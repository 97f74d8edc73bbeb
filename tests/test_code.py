"""What a cell's code says, read from its text."""

from __future__ import annotations

import pytest

from labkit import code


def test_names_of_the_top_level_are_those_that_it_defines_assigns_and_imports() -> None:
    source = "import a.b as c\nx, (y, z) = 1, (2, 3)\nn: int = 1\ndef f(): q = 1\nclass K: pass"
    assert code.top_level_names(code.cell(source)) == {"c", "x", "y", "z", "n", "f", "K"}
    assert code.defined_names(code.cell(source)) == {"x", "y", "z", "n", "f", "K"}


@pytest.mark.parametrize("source", ["%%bash\nls", "<p>", "def f(:", "!ls", "x = 1 +", "\0"])
def test_a_cell_that_is_no_python_defines_nothing(source: str) -> None:
    assert code.top_level_names(code.cell(source)) == set()
    assert code.python(source) is None


def test_magics_are_read_as_what_they_become() -> None:
    assert code.defined_names(code.cell("%%time\nx = 1")) == {"x"}
    assert code.import_statements(["%matplotlib inline\nimport os, re as r"]) == (
        "import os, re as r",
    )


def test_names_in_functions_count_as_read_later() -> None:
    tree = code.cell("def f(a):\n    global g\n    return a + h\nk = 1\nm += 1")
    assert code.names_in_functions(tree) == {"a", "h", "g"}
    assert code.read_names(tree) == {"a", "h", "g", "m"}
    assert code.bound_names(tree) == {"k", "m"}


def test_the_last_expression_is_what_a_cell_shows() -> None:
    assert code.last_expression(code.cell("x = 1\nx + 1")) is not None
    assert code.last_expression(code.cell("x = 1")) is None
    assert code.last_expression(code.cell("")) is None
