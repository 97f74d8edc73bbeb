"""Built notebooks fit their sources, byte by byte, and a check says where they do not."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pytest

from labkit.authoring.build import EditedNotebookError, build, render_notebook
from labkit.authoring.port import port
from labkit.authoring.source import SourceError, read_source
from sample_course import write


def test_a_rebuild_changes_nothing(course: Path, lab: Path):
    first = build(course)
    content = lab.with_suffix(".ipynb").read_bytes()
    assert sorted(path.name for path in first) == ["lesson.ipynb", "stock.ipynb"]
    assert build(course) == []
    lab.with_suffix(".ipynb").unlink()
    build(course)
    assert lab.with_suffix(".ipynb").read_bytes() == content


def test_the_notebook_is_written_the_same_on_every_platform(lab: Path):
    content = render_notebook(read_source(lab))
    assert b"\r" not in content
    assert content.endswith(b"}\n") and not content.endswith(b"\n\n")
    text = content.decode("utf-8")
    data = json.loads(text)
    assert text == json.dumps(data, sort_keys=True, indent=1, ensure_ascii=False) + "\n"


def test_a_check_names_what_is_stale_and_writes_nothing(course: Path, lab: Path):
    build(course)
    built = lab.with_suffix(".ipynb")
    before = built.read_bytes()
    write(lab, lab.read_text(encoding="utf-8").replace("little is lost", "less is lost"))
    assert build(course, check=True) == [built]
    assert built.read_bytes() == before
    assert build(course) == [built]
    assert build(course, check=True) == []


def test_a_source_that_cannot_be_read_stops_the_build_before_it_writes(course: Path, lab: Path):
    write(lab, '# %% solutoin="a"\nx\n')
    with pytest.raises(SourceError, match="Did you mean 'solution'"):
        build(course)
    assert list(course.rglob("*.ipynb")) == []


def test_a_graded_cell_in_a_lesson_is_refused(course: Path):
    write(course / "course" / "01_stock" / "lesson.py", '# %% solution="a"\nx\n')
    with pytest.raises(SourceError, match="a lesson is not graded"):
        build(course)


def test_the_tables_of_the_readme_are_built_and_checked(course: Path):
    marks = "<!-- modules:start -->\nold\n<!-- modules:end -->\n"
    marks += "<!-- data:start -->\nold\n<!-- data:end -->"
    readme = write(course / "README.md", f"# Course\n\n{marks}\n\nThe rest.\n")
    build(course)
    text = readme.read_text(encoding="utf-8")
    assert "| 01 | Stock | How much? | 1 h 30 min | 10 |" in text
    assert text.startswith("# Course\n") and text.endswith("The rest.\n") and "old" not in text
    write(readme, text.replace("How much?", "How many?"))
    assert build(course, check=True) == [readme]


def edit(path: Path, change) -> bytes:
    notebook = nbformat.read(path, as_version=4)
    change(notebook)
    nbformat.write(notebook, path)
    return path.read_bytes()


@pytest.mark.parametrize(
    "change",
    [
        lambda notebook: notebook.cells[0].update(source="# By hand"),
        lambda notebook: notebook.cells.append(nbformat.v4.new_code_cell("1")),
        lambda notebook: notebook.cells[1].metadata.update(tags=["hide-input"]),
        lambda notebook: notebook.cells[3].metadata.nbgrader.update(points=5),
    ],
)
@pytest.mark.parametrize("check", [False, True])
def test_an_edit_by_hand_is_kept_and_nothing_is_written(course: Path, lab: Path, change, check):
    build(course)
    built, lesson = lab.with_suffix(".ipynb"), course / "course" / "01_stock" / "lesson.ipynb"
    lesson.unlink()
    edited = edit(built, change)
    with pytest.raises(EditedNotebookError) as refused:
        build(course, check=check)
    assert f"{built} was edited by hand. `labkit port {lab}` carries" in str(refused.value)
    assert "`labkit build --force` discards it" in str(refused.value)
    assert built.read_bytes() == edited and not lesson.exists()


def test_force_discards_an_edit(course: Path, lab: Path):
    build(course)
    built = lab.with_suffix(".ipynb")
    before = built.read_bytes()
    edit(built, lambda notebook: notebook.cells.pop())
    assert build(course, force=True) == [built]
    assert built.read_bytes() == before


def test_a_ported_edit_is_built_without_force(course: Path, lab: Path):
    build(course)
    built = lab.with_suffix(".ipynb")
    edit(built, lambda notebook: notebook.cells[0].update(source="# By hand"))
    port(lab)
    assert build(course) == [built]
    assert build(course, check=True) == []


def test_running_a_notebook_is_no_edit(course: Path, lab: Path):
    def run(notebook) -> None:
        notebook.cells[1].execution_count = 1
        notebook.cells[1].outputs = [nbformat.v4.new_output("stream", text="hello")]
        notebook.cells[1].metadata["collapsed"] = True
        notebook.metadata.language_info["version"] = "3.11.2"

    build(course)
    built = lab.with_suffix(".ipynb")
    before = built.read_bytes()
    edit(built, run)
    assert build(course) == [built]
    assert built.read_bytes() == before


def test_a_notebook_without_a_digest_or_that_is_none_is_built_anew(course: Path, lab: Path):
    build(course)
    built = lab.with_suffix(".ipynb")

    def forget(notebook) -> None:
        del notebook.metadata["labkit"]
        notebook.cells.pop()

    edit(built, forget)
    assert build(course) == [built]
    write(built, "<<<<<<< conflict")
    assert build(course) == [built]
