"""A secret line is seen wherever it is planted, and a clean tree passes."""

from __future__ import annotations

import io
import json
import tarfile
import zipfile
from pathlib import Path

import nbformat
import pytest

from labkit.authoring.build import build, render_notebook
from labkit.authoring.leaks import LeakError, collect_secrets, refuse_leaks, scan
from labkit.authoring.release import release_source
from sample_course import write

SOLUTION_LINE = "missing_units = max(level - on_hand, 0)"
HIDDEN_LINE = "points_reached += 2.0 * (order_up_to(4, 9) == 0)"
ESSAY_LINE = "The manager should order up to the critical fractile of the demand."
REFERENCE_LINE = "ratio_of_costs = penalty / (penalty + holding)"
ALL_LINES = [SOLUTION_LINE, HIDDEN_LINE, ESSAY_LINE, REFERENCE_LINE]


@pytest.fixture
def released(course: Path, lab: Path, tmp_path: Path) -> Path:
    """A learner's folder with the released lab."""
    folder = tmp_path / "binder tree"
    path = folder / "labs" / "01_stock" / "stock.ipynb"
    path.parent.mkdir(parents=True)
    path.write_bytes(render_notebook(release_source(lab)))
    return folder


def plant(released: Path, change) -> None:
    path = released / "labs" / "01_stock" / "stock.ipynb"
    notebook = nbformat.read(path, as_version=4)
    change(notebook.cells)
    nbformat.write(notebook, path)


def test_a_released_lab_is_clean(course: Path, released: Path):
    assert scan(released, collect_secrets(course)) == []


@pytest.mark.parametrize("line", ALL_LINES)
def test_a_line_planted_in_a_released_notebook_is_caught(course: Path, released: Path, line: str):
    plant(released, lambda cells: cells[0].update(source=f"Look:\n    {line}\n"))
    (leak,) = scan(released, collect_secrets(course))
    assert leak.place == "labs/01_stock/stock.ipynb, cell 1"
    assert leak.found == line


def test_a_line_planted_in_an_output_is_caught(course: Path, released: Path):
    output = nbformat.v4.new_output("stream", text=f"hello\n{SOLUTION_LINE}\n")
    markup = {"text/html": f"<b>{SOLUTION_LINE.replace('-', '</b>-')}"}
    picture = nbformat.v4.new_output("display_data", data=markup)
    for planted in (output, picture):
        plant(released, lambda cells, planted=planted: cells[1].update(outputs=[planted]))
        assert [leak.found for leak in scan(released, collect_secrets(course))] == [SOLUTION_LINE]


@pytest.mark.parametrize("line", ALL_LINES)
@pytest.mark.parametrize("name", ["labkit/trends/stock/hints.py", "labkit/data.json", "notes.md"])
def test_a_line_planted_in_a_wheel_is_caught(course: Path, tmp_path: Path, line: str, name: str):
    wheel = tmp_path / "labkit-1-py3-none-any.whl"
    content = json.dumps({"help": line}) if name.endswith(".json") else f"# so: \n{line}\n"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("labkit/__init__.py", "x = 1\n")
        archive.writestr(name, content)
    (leak,) = scan(wheel, collect_secrets(course))
    assert leak.place == f"{wheel.name}!{name}"


def test_a_line_planted_in_a_source_archive_is_caught(course: Path, tmp_path: Path):
    archive = tmp_path / "labkit-1.tar.gz"
    content = SOLUTION_LINE.encode()
    with tarfile.open(archive, "w:gz") as tar:
        entry = tarfile.TarInfo("labkit-1/src/labkit/x.py")
        entry.size = len(content)
        tar.addfile(entry, io.BytesIO(content))
    (leak,) = scan(archive, collect_secrets(course))
    assert leak.place == "labkit-1.tar.gz!labkit-1/src/labkit/x.py"


@pytest.mark.parametrize("line", ALL_LINES)
@pytest.mark.parametrize("name", ["HOME.md", "src/labkit/x.py", ".hidden/postBuild", "page.html"])
def test_a_line_planted_in_the_binder_tree_is_caught(
    course: Path, released: Path, line: str, name: str
):
    write(released / name, f"x\n{line}\n")
    assert {leak.place for leak in scan(released, collect_secrets(course))} == {name}


@pytest.mark.parametrize(
    "disguise",
    [
        "missing_units=max(level-on_hand,0)",
        "missing_units = max(\n    level - on_hand,\n    0,\n)",
        "# missing_units = max(level - on_hand, 0)  # as discussed",
        "> `missing_units = max(level - on_hand, 0)`",
        "text = 'missing_units = max(level - on_hand, 0)'",
    ],
)
def test_another_layout_does_not_hide_a_line(course: Path, released: Path, disguise: str):
    write(released / "notes.py", disguise)
    assert [leak.place for leak in scan(released, collect_secrets(course))] == ["notes.py"]


def test_a_longer_name_that_holds_a_secrets_words_is_no_leak(course: Path, released: Path):
    write(released / "notes.py", "not_" + SOLUTION_LINE)
    assert scan(released, collect_secrets(course)) == []


def test_a_solution_copied_into_our_own_package_is_caught(course: Path):
    world = course / "src" / "labkit" / "trends" / "stock" / "world.py"
    write(world, world.read_text(encoding="utf-8") + f"\n{SOLUTION_LINE}\n")
    assert [leak.found for leak in scan(course / "src", collect_secrets(course))] == [SOLUTION_LINE]


def test_a_solution_copied_into_another_cell_of_the_lab_is_caught(
    course: Path, lab: Path, released: Path
):
    write(lab, lab.read_text(encoding="utf-8").replace("mean_demand = 10", SOLUTION_LINE))
    plant(released, lambda cells: cells[1].update(source=SOLUTION_LINE))
    assert [leak.found for leak in scan(released, collect_secrets(course))] == [SOLUTION_LINE]


def test_a_line_its_author_declares_harmless_is_not_secret(course: Path, lab: Path):
    text = lab.read_text(encoding="utf-8")
    write(lab, text.replace(SOLUTION_LINE, f"{SOLUTION_LINE}  # not secret"))
    assert SOLUTION_LINE not in {secret.text for secret in collect_secrets(course)}


def test_an_idiom_shared_by_world_and_reference_is_no_secret(course: Path):
    # Both seed a generator in the same words.
    assert scan(course / "src", collect_secrets(course)) == []


def test_a_reference_moved_into_our_own_package_is_caught(course: Path):
    moved = (course / "grader" / "exams" / "stock" / "__init__.py").read_text(encoding="utf-8")
    write(course / "src" / "labkit" / "trends" / "stock" / "best.py", moved)
    found = {leak.found for leak in scan(course / "src", collect_secrets(course))}
    assert REFERENCE_LINE in found


def test_short_lines_and_imports_are_no_secrets(course: Path):
    texts = {secret.text for secret in collect_secrets(course)}
    assert "return missing_units" not in texts
    assert "import numpy as np" not in texts
    assert {SOLUTION_LINE, HIDDEN_LINE, ESSAY_LINE, REFERENCE_LINE} <= texts


@pytest.mark.parametrize(
    "name",
    [
        "grader/exams/stock/__init__.py",
        "exams/stock/levels.py",
        "labs/01_stock/stock.py",
        "tests/labs/01_stock/answers.py",
        "course.key",
        "grader/gradebook.db",
    ],
)
def test_instructors_files_are_caught_whatever_they_hold(course: Path, released: Path, name: str):
    write(released / name, "")
    assert [leak.place for leak in scan(released, collect_secrets(course))] == [name]


def test_the_history_is_caught(course: Path, released: Path):
    (released / ".git").mkdir()
    assert [leak.place for leak in scan(released, collect_secrets(course))] == [".git"]


def test_a_built_notebook_in_place_of_a_released_one_is_caught(course: Path, released: Path):
    build(course)
    found = {leak.found for leak in scan(course / "labs", collect_secrets(course))}
    assert {"BEGIN SOLUTION", "BEGIN HIDDEN TESTS", *ALL_LINES[:3]} <= found


def test_a_broken_notebook_is_searched_as_text(course: Path, released: Path):
    write(released / "broken.ipynb", "{ not json\n" + SOLUTION_LINE)
    assert [leak.place for leak in scan(released, collect_secrets(course))] == ["broken.ipynb"]


def test_an_empty_search_is_refused(course: Path, tmp_path: Path):
    with pytest.raises(LeakError, match="nothing there to search"):
        scan(tmp_path / "dist", [])
    broken = write(tmp_path / "broken.whl", "no archive")
    with pytest.raises(LeakError, match="cannot be unpacked"):
        scan(broken, [])


def test_a_refusal_lists_place_and_origin(course: Path, released: Path):
    write(released / "HOME.md", SOLUTION_LINE)
    with pytest.raises(LeakError, match=r"HOME.md: .*labs/01_stock/stock.py:14"):
        refuse_leaks(scan(released, collect_secrets(course)))
    refuse_leaks([])
