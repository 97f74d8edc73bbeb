"""The linter names what an author forgot, with file, cell and mend."""

from __future__ import annotations

from pathlib import Path

import pytest

from labkit.authoring.lint import lint_course, lint_notebook, total_points
from labkit.authoring.source import parse_source, read_source
from sample_course import write


def test_a_sound_course_has_no_problem(course: Path):
    assert lint_course(course) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (('test="order_up_to"', 'test="order_up"'), 'The solution "order_up_to" has no test'),
        (('test="order_up_to"', 'test="order_up"'), 'The test "order_up" has no solution'),
        (("    ### END SOLUTION\n\n\n", "\n\n"), "BEGIN SOLUTION is never closed"),
        (("    ### BEGIN SOLUTION\n", ""), "END SOLUTION has no BEGIN SOLUTION"),
        (("    ### BEGIN SOLUTION\n", ""), "solution cell has no solution marks"),
        (("\npoints_reached\n", "\nx = points_reached\n"), "ends without a value"),
        (("\npoints_reached\n", "\npoints_reached;\n"), "ends without a value"),
        (("\npoints_reached\n", '\nlab.check("other", x)\n'), 'checks the task "other"'),
        (("points_reached = 2.0", "points_reached = = 2.0"), "The test is not Python"),
        (
            ("mean_demand = 10\n", "### BEGIN HIDDEN TESTS\n### END HIDDEN TESTS\n"),
            "BEGIN HIDDEN TESTS stands in a locked cell",
        ),
        (
            ("# Order so", "# ### BEGIN SOLUTION\n# Order so"),
            "BEGIN SOLUTION stands in a plain cell",
        ),
        (
            ("# Say what", "# ### BEGIN MARK SCHEME\n# ### END MARK SCHEME\n# Say what"),
            "Put it into an essay's solution",
        ),
    ],
)
def test_a_forgotten_thing_is_found(course: Path, lab: Path, change: tuple[str, str], said: str):
    text = lab.read_text(encoding="utf-8")
    assert change[0] in text
    write(lab, text.replace(*change))
    problems = [str(problem) for problem in lint_course(course)]
    assert any(said in problem and f"{lab}, cell " in problem for problem in problems), problems


def test_points_must_equal_the_catalog(course: Path, lab: Path):
    write(lab, lab.read_text(encoding="utf-8").replace("points=4", "points=5"))
    (problem,) = lint_course(course)
    assert "promises 10 points, its lab gives 11" in str(problem)


def test_a_header_that_cannot_be_read_is_a_problem_too(course: Path, lab: Path):
    write(lab, '# %% solutoin="a"\nx\n')
    assert "Did you mean 'solution'" in str(lint_course(course)[0])


def test_an_available_module_needs_lesson_and_lab(course: Path):
    (course / "course" / "01_stock" / "lesson.py").unlink()
    (problem,) = lint_course(course)
    assert "is available but has no course/01_stock/lesson.py" in str(problem)


def test_a_lab_outside_the_catalog_is_found(course: Path, lab: Path):
    write(course / "labs" / "03_new" / "new.py", lab.read_text(encoding="utf-8"))
    (problem,) = lint_course(course)
    assert "The lab 03_new is not in the catalog" in str(problem)


def test_outputs_and_a_foreign_kernel_are_found(lab: Path):
    notebook = read_source(lab)
    notebook.cells[1].execution_count = 3
    notebook.metadata.kernelspec.name = "my-environment"
    messages = [problem.message for problem in lint_notebook(notebook, lab)]
    assert len(messages) == 2
    assert "kernelspec" in messages[0] and "outputs" in messages[1]


def test_an_id_used_twice_is_found(lab: Path):
    notebook = read_source(lab)
    notebook.cells.append(notebook.cells[1])
    (problem,) = lint_notebook(notebook, lab)
    assert (problem.cell, problem.message) == (6, 'The id "setup" is used 2 times.')


def test_points_add_up(lab: Path):
    assert total_points(read_source(lab)) == 10
    assert total_points(parse_source("# %%\nx\n", lab)) == 0
