"""Edits made in JupyterLab come back into the source, and nothing else changes there."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nbformat import NotebookNode

from labkit.authoring.build import EditedNotebookError, build
from labkit.authoring.port import PortError, port, ported_text
from labkit.authoring.release import release_source
from labkit.authoring.source import parse_source
from sample_course import LAB, write

PATH = Path("stock.py")
EDITED = Path("stock.ipynb")


@pytest.fixture
def built(course: Path, lab: Path) -> Path:
    build(course)
    return lab.with_suffix(".ipynb")


def edit(built: Path, change) -> NotebookNode:
    notebook = nbformat.read(built, as_version=4)
    change(notebook)
    nbformat.write(notebook, built)
    return notebook


def test_an_untouched_notebook_changes_nothing(lab: Path, built: Path):
    before = lab.read_bytes()
    assert port(lab) is False
    assert lab.read_bytes() == before


def test_outputs_and_what_jupyterlab_notes_are_no_edit(lab: Path, built: Path):
    def run(notebook: NotebookNode) -> None:
        notebook.cells[1].execution_count = 1
        notebook.cells[1].outputs = [nbformat.v4.new_output("stream", text="hello")]
        notebook.cells[1].metadata["execution"] = {"iopub.status.busy": "2026"}
        notebook.metadata.language_info["version"] = "3.11.2"

    edit(built, run)
    assert port(lab) is False


def test_only_the_edited_cell_changes(lab: Path, built: Path):
    text = lab.read_text(encoding="utf-8")
    odd = text.replace("mean_demand = 10", "mean_demand  =  10\n\n\n")
    write(lab, odd)
    build(lab.parents[2])
    edit(built, lambda notebook: notebook.cells[0].update(source="# Stock for two days"))
    assert port(lab) is True
    assert lab.read_text(encoding="utf-8") == odd.replace(
        "# # Stock for one day\n#\n# Order so that little is lost.", "# # Stock for two days"
    )


def test_after_porting_the_build_gives_the_edited_cells(course: Path, lab: Path, built: Path):
    def change(notebook: NotebookNode) -> None:
        notebook.cells[2].source = notebook.cells[2].source.replace("missing_units", "gap")
        notebook.cells.insert(1, nbformat.v4.new_code_cell("%matplotlib inline"))
        notebook.cells.insert(3, nbformat.v4.new_markdown_cell("More."))
        del notebook.cells[0]

    wanted = edit(built, change)
    port(lab)
    build(course)
    got = nbformat.read(built, as_version=4)
    assert [cell.source for cell in got.cells] == [cell.source for cell in wanted.cells]
    assert [cell.cell_type for cell in got.cells] == [cell.cell_type for cell in wanted.cells]


def test_newer_text_of_the_source_is_not_taken_back(lab: Path, built: Path):
    newer = LAB.replace("little is lost", "less is lost")
    write(lab, newer)
    with pytest.raises(PortError, match="holds no edit.*Run `labkit build`"):
        port(lab)
    edit(built, lambda notebook: notebook.cells[1].update(source="mean_demand = 11"))
    with pytest.raises(PortError, match="source by hand, then run `labkit build --force`"):
        port(lab)
    assert lab.read_text(encoding="utf-8") == newer


def test_porting_twice_changes_nothing_more(lab: Path, built: Path):
    edit(built, lambda notebook: notebook.cells[0].update(source="# New"))
    assert port(lab) is True
    assert port(lab) is False


def test_a_notebook_without_a_digest_is_ported_as_it_is(lab: Path, built: Path):
    def change(notebook: NotebookNode) -> None:
        del notebook.metadata["labkit"]
        notebook.cells[1].source = "mean_demand = 11"

    write(lab, LAB.replace("little is lost", "less is lost"))
    edit(built, change)
    assert port(lab) is True
    assert "mean_demand = 11" in lab.read_text(encoding="utf-8")


def test_points_stay_those_of_the_source(lab: Path, built: Path):
    def change(notebook: NotebookNode) -> None:
        notebook.cells[3].source += "  # done"
        notebook.cells[3].metadata.nbgrader["points"] = 99

    edit(built, change)
    port(lab)
    assert '# %% test="order_up_to" points=4\n' in lab.read_text(encoding="utf-8")


def test_a_file_header_stays(course: Path, lab: Path, built: Path):
    header = "# ---\n# jupyter:\n#   kernelspec:\n#     name: python3\n# ---\n\n"
    write(lab, header + LAB)
    build(course)
    edit(built, lambda notebook: notebook.cells[0].update(source="# New"))
    port(lab)
    assert lab.read_text(encoding="utf-8").startswith(header + "# %% [markdown]\n# # New\n")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda cells: cells.pop(2), "without order_up_to. Graded cells are added"),
        (
            lambda cells: cells[1].metadata.nbgrader.update(grade_id="start"),
            "without setup and with start",
        ),
        (lambda cells: cells.append(cells[1]), '"setup" is there twice'),
        (
            lambda cells: cells[2].metadata.nbgrader.update(solution=False, locked=True),
            'the cell "order_up_to" became a locked',
        ),
        (
            lambda cells: cells[2].update(source="x = 1"),
            'the cell "order_up_to" has lost its BEGIN SOLUTION',
        ),
        (
            lambda cells: cells[3].update(source="x"),
            'the cell "test_order_up_to" has lost its BEGIN HIDDEN TESTS',
        ),
        (
            lambda cells: cells[0].update(attachments={"map.png": {"image/png": "iVBORw=="}}),
            r"cell 1: the picture map.png was pasted .* Save it as a file beside",
        ),
    ],
)
def test_an_edit_that_does_not_fit_is_refused(change, said: str):
    notebook = parse_source(LAB, PATH)
    change(notebook.cells)
    with pytest.raises(PortError, match=said):
        ported_text(LAB, notebook, PATH, EDITED)


def test_a_pasted_picture_is_not_built_over(course: Path, built: Path):
    picture = {"map.png": {"image/png": "iVBORw=="}}
    edit(built, lambda notebook: notebook.cells[0].update(attachments=picture))
    with pytest.raises(EditedNotebookError, match="was edited by hand"):
        build(course)
    assert nbformat.read(built, as_version=4).cells[0].attachments == picture


@pytest.mark.parametrize("text", ["a\n#%a", "a\n# %% b\nc", "a\n# %%"])
def test_a_text_that_would_come_back_changed_is_refused(text: str):
    notebook = parse_source(LAB, PATH)
    notebook.cells.append(nbformat.v4.new_code_cell(text))
    notebook.cells[0].source = text
    with pytest.raises(PortError, match="cell [16]: its text would come back changed"):
        ported_text(LAB, notebook, PATH, EDITED)


def test_quotation_marks_left_open_before_other_cells_are_refused():
    notebook = parse_source(LAB, PATH)
    notebook.cells.insert(0, nbformat.v4.new_code_cell("a = '''"))
    with pytest.raises(PortError, match="leaves triple quotation marks open"):
        ported_text(LAB, notebook, PATH, EDITED)


def test_a_released_notebook_cannot_overwrite_the_solutions(lab: Path, tmp_path: Path):
    before = lab.read_bytes()
    released = tmp_path / "released.ipynb"
    nbformat.write(release_source(lab), released)
    with pytest.raises(PortError, match="as a released notebook does"):
        port(lab, released)
    assert lab.read_bytes() == before


def test_a_missing_or_broken_notebook_is_named(lab: Path, tmp_path: Path):
    with pytest.raises(PortError, match="Run `labkit build` first"):
        port(lab)
    with pytest.raises(PortError, match="not a notebook"):
        port(lab, write(tmp_path / "broken.ipynb", "{"))


# Headers, magic commands and quotation marks left open are refused; see the tests above.
words = st.text("abc #%\n'\"", min_size=1, max_size=30).filter(
    lambda text: (
        text == text.strip() and not any(mark in text for mark in ("%%", "#%", "'''", '"""'))
    )
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5), st.booleans(), words), max_size=4), words)
def test_any_plain_edit_survives_the_round_trip(additions: list[tuple[int, bool, str]], prose: str):
    notebook = parse_source(LAB, PATH)
    notebook.cells[0].source = prose
    for position, is_code, text in additions:
        make = nbformat.v4.new_code_cell if is_code else nbformat.v4.new_markdown_cell
        notebook.cells.insert(position, make(text))
    again = parse_source(ported_text(LAB, notebook, PATH, EDITED), PATH)
    assert [(cell.cell_type, cell.source) for cell in again.cells] == [
        (cell.cell_type, cell.source) for cell in notebook.cells
    ]
