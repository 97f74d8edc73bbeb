"""Test cells of stock notebooks, run apart from the learner's process."""

from __future__ import annotations


def test_a_function_is_called_and_its_value_compared(rooms):
    rooms.learner("def square(x):\n    return x * x")
    assert rooms.outcome("assert square(3) == 9") == ""
    assert rooms.outcome("assert square(3) == 10, 'three'") == "AssertionError: three"


def test_a_failed_test_names_its_line(rooms):
    rooms.learner("def square(x):\n    return x + x")
    (error,) = rooms.test("a = square(2)\nassert a == 4\nassert square(3) == 9, 'nine'")["outputs"]
    assert error["traceback"] == [
        "In line 3 of this test:",
        "assert square(3) == 9, 'nine'",
        "AssertionError: nine",
    ]


PS1 = """
original_squares = squares
del squares
try:
    sum_of_squares(1)
except NameError:
    pass
else:
    raise AssertionError("sum_of_squares does not use squares")
finally:
    squares = original_squares
"""


def test_a_test_that_takes_a_function_away_sees_who_needs_it(rooms):
    rooms.learner("def squares(n):\n    return [i * i for i in range(1, n + 1)]")
    rooms.learner("def sum_of_squares(n):\n    return sum(squares(n))")
    assert rooms.outcome(PS1) == ""
    assert rooms.outcome("assert sum_of_squares(3) == 14") == ""
    rooms.learner("def sum_of_squares(n):\n    return n * (n + 1) * (2 * n + 1) // 6")
    assert "does not use squares" in rooms.outcome(PS1)
    assert rooms.outcome("assert squares(2) == [1, 4]") == ""
