"""Rebuilt notebooks: the instructor's, with the learner's text in it and nothing else of theirs."""

from __future__ import annotations

import base64
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import nbformat
import pytest
from nbconvert.exporters import HTMLExporter
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader.api import Gradebook
from nbgrader.nbgraderformat import MetadataValidator
from nbgrader.utils import determine_grade

from labkit.grading.master import Master, load
from labkit.grading.rebuild import RebuildFromMaster, rebuild
from labkit.grading.safe_output import SanitizeNotebook
from labkit.handed_in.notebook import Submitted, parse
from sample_notebooks import KERNEL, generate, lesson, marked

PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n rest").decode()


@pytest.fixture
def released(db: str, tmp_path: Path) -> nbformat.NotebookNode:
    return generate(db, lesson(), tmp_path / "p1.ipynb")


@pytest.fixture
def master(db: str, released: nbformat.NotebookNode, tmp_path: Path) -> Master:
    with Gradebook(db) as gradebook:
        return load(gradebook, "ps1", "p1", tmp_path / "p1.ipynb")


def cell(notebook: nbformat.NotebookNode, grade_id: str) -> nbformat.NotebookNode:
    found = [
        c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") == grade_id
    ]
    assert len(found) == 1
    return found[0]


def sources(notebook: nbformat.NotebookNode) -> list[str]:
    return [cell.source for cell in notebook.cells]


def test_an_honest_notebook_keeps_its_text_and_order(released, master):
    cell(released, "double").source = "def double(x): return x + x"
    cell(released, "essay").source = "Because."
    rebuilt = rebuild(parse(released), master)
    assert sources(rebuilt) == sources(released)
    assert rebuilt.metadata == {"kernelspec": KERNEL}
    nbformat.validate(rebuilt)
    MetadataValidator().validate_nb(rebuilt)


def test_locked_text_metadata_and_kernel_are_the_instructors(released, master):
    released.metadata.kernelspec = {"name": "bash", "display_name": "x"}
    released.metadata.extra = "x"
    for other in released.cells:
        other.metadata.update(tags=["x"], nbgrader={**other.metadata.get("nbgrader", {})})
        other.metadata.nbgrader.update(points=99, locked=False, grade=True, checksum="0" * 32)
    cell(released, "test_double").source = "pass"
    cell(released, "setup").source = "limit = 0"
    rebuilt = rebuild(parse(released), master)
    assert cell(rebuilt, "test_double").source == "assert double(limit) == 6"
    assert cell(rebuilt, "setup").source == "limit = 3\nresults = []"
    for known in master.cells:
        assert cell(rebuilt, known.grade_id).metadata == {"nbgrader": known.metadata}
    assert [set(c.metadata) for c in rebuilt.cells[:2]] == [set(), set()]
    assert rebuilt.metadata == {"kernelspec": KERNEL}


def test_outputs_that_a_learner_wrote_are_gone(released, master):
    output = nbformat.v4.new_output("execute_result", data={"text/plain": "2"})
    cell(released, "test_double").outputs = [output]
    assert not any(c.get("outputs") for c in rebuild(parse(released), master).cells)


def test_own_cells_stay_behind_the_cell_they_followed(released, master):
    released.cells.insert(4, new_code_cell("mine = 1"))
    released.cells.insert(0, new_code_cell("first = 1"))
    released.cells.append(new_markdown_cell("the end"))
    assert sources(rebuild(parse(released), master)) == sources(released)


def test_cells_come_back_in_the_instructors_order(released, master):
    released.cells = [*released.cells[:2], *released.cells[:1:-1]]
    names = [c.metadata.nbgrader.grade_id for c in rebuild(parse(released), master).cells[2:]]
    assert names == [known.grade_id for known in master.cells]


def test_of_a_doubled_id_the_last_counts_and_the_others_stay_as_own_cells(released, master):
    again = nbformat.from_dict(cell(released, "double"))
    again.source = "def double(x): return 0"
    released.cells.insert(3, again)
    cell_after = released.cells[4]
    cell_after.source = "def double(x): return x * 2"
    rebuilt = rebuild(parse(released), master)
    assert cell(rebuilt, "double").source == "def double(x): return x * 2"
    assert sources(rebuilt) == sources(released)
    assert "nbgrader" not in rebuilt.cells[3].metadata


def test_missing_cells_are_put_back_with_a_note_and_a_person_looks_at_a_missing_essay(
    released, master
):
    released.cells = released.cells[:2]
    rebuilt = rebuild(parse(released), master)
    assert rebuilt.cells[2].source.startswith(
        "This cell (id:setup) was missing from the submission."
    )
    assert cell(rebuilt, "test_double").source == "assert double(limit) == 6"
    assert determine_grade(cell(rebuilt, "essay")) == (None, 3)
    assert cell(rebuilt, "essay").source.startswith("This cell (id:essay) was missing")


def test_an_answer_in_a_cell_of_the_learners_own_is_not_undone(released, master):
    at = released.cells.index(cell(released, "double"))
    released.cells[at] = new_code_cell("def double(x): return 2 * x")
    code = [c.source for c in rebuild(parse(released), master).cells if c.cell_type == "code"]
    assert [text for text in code if "def double" in text or "NotImplemented" in text] == [
        "def double(x): return 2 * x"
    ]


def test_an_untouched_answer_to_grade_by_hand_earns_nothing_and_another_waits(released, master):
    assert determine_grade(cell(rebuild(parse(released), master), "essay")) == (0, 3)
    cell(released, "essay").source = "Because."
    assert determine_grade(cell(rebuild(parse(released), master), "essay")) == (None, 3)


def test_wrong_types_are_put_right(released, master):
    essay, double = cell(released, "essay"), cell(released, "double")
    released.cells[released.cells.index(essay)] = new_code_cell("Because", metadata=essay.metadata)
    at = released.cells.index(double)
    released.cells[at] = new_markdown_cell("double = len", metadata=double.metadata)
    rebuilt = rebuild(parse(released), master)
    assert cell(rebuilt, "essay").cell_type == "markdown"
    assert cell(rebuilt, "double").cell_type == "code"
    assert cell(rebuilt, "double").source == "double = len"
    nbformat.validate(rebuilt)


def test_an_unknown_id_makes_an_ordinary_cell(released, master):
    released.cells.insert(3, marked("bonus", "1 + 1", points=100))
    rebuilt = rebuild(parse(released), master)
    assert rebuilt.cells[3].source == "1 + 1" and "nbgrader" not in rebuilt.cells[3].metadata


def test_pasted_pictures_survive_in_answers_and_nowhere_else_anything(released, master):
    cell(released, "essay").attachments = {
        "plot.png": {"image/png": PNG, "text/html": "<script>"},
        "page.svg": {"image/svg+xml": "<svg/>"},
        "fake.png": {"image/png": base64.b64encode(b"<script>").decode()},
    }
    cell(released, "task").attachments = {"plot.png": {"image/png": PNG}}
    rebuilt = rebuild(parse(released), master)
    assert cell(rebuilt, "essay").attachments == {"plot.png": {"image/png": PNG}}
    assert "attachments" not in cell(rebuilt, "task")


@pytest.mark.parametrize(
    ("name", "kind", "start"),
    [
        ("plot.png", "image/png", b"\x89PNG\r\n\x1a\n"),
        ("photo of a whiteboard (2).JPEG", "image/jpeg", b"\xff\xd8\xff"),
        ("image", "image/gif", b"GIF89a"),
        ("Übung_ä.webp", "image/webp", b"RIFF\x00\x00\x00\x00WEBP"),
    ],
)
def test_a_pasted_picture_of_five_megabytes_reaches_the_person_who_grades(
    released, master, name: str, kind: str, start: bytes
):
    data = base64.b64encode(start.ljust(5_000_000, b"0")).decode()
    essay = cell(released, "essay")
    essay.attachments = {name: {kind: data}}
    essay.source = f"As the drawing shows: ![drawing](attachment:{quote(name, safe='()')})"
    shown, _ = SanitizeNotebook().preprocess(rebuild(parse(released), master), {})
    page, _ = HTMLExporter(template_name="classic").from_notebook_node(shown)
    assert f'src="data:{kind};base64,{data}"' in page


def test_the_instructors_pictures_stay_in_locked_cells_whatever_learners_paste_there(
    db: str, tmp_path: Path
):
    own = {"map.png": {"image/png": PNG}}
    notebook = lesson()
    cell(notebook, "task").attachments = own
    released = generate(db, notebook, tmp_path / "p1.ipynb")
    with Gradebook(db) as gradebook:
        master = load(gradebook, "ps1", "p1", tmp_path / "p1.ipynb")
    cell(released, "task").attachments = {"map.png": {"image/png": PNG[:-8]}}
    assert cell(rebuild(parse(released), master), "task").attachments == own


def test_cell_ids_are_valid_unique_and_the_same_every_time(released, master):
    released.cells.insert(0, new_code_cell("x"))
    long = replace(master.cells[1], grade_id="d" * 100)
    clash = replace(master.cells[2], grade_id="cell-0")
    master = replace(master, cells=(master.cells[0], long, clash, *master.cells[3:]))
    first, second = rebuild(parse(released), master), rebuild(parse(released), master)
    ids = [c.id for c in first.cells]
    assert ids == [c.id for c in second.cells]
    assert len(set(ids)) == len(ids)
    nbformat.validate(first)


def test_a_refused_notebook_is_the_release_with_a_reason_and_scores_nothing(master):
    rebuilt = rebuild(Submitted(refused="It is a link."), master)
    assert "It is a link." in rebuilt.cells[0].source
    assert rebuilt.metadata.labkit.refused == "It is a link."
    marks = [c.metadata.nbgrader.grade_id for c in rebuilt.cells[1:]]
    assert marks == [known.grade_id for known in master.cells]
    assert determine_grade(cell(rebuilt, "essay")) == (0, 3)


@pytest.fixture
def resources(db: str) -> dict:
    return {"nbgrader": {"db_url": db, "assignment": "ps1", "notebook": "p1"}}


def test_the_step_rebuilds_without_a_course_folder(released, resources):
    cell(released, "test_double").source = "pass"
    rebuilt, _ = RebuildFromMaster().preprocess(released, resources)
    assert cell(rebuilt, "test_double").source == "assert double(limit) == 6"


def test_a_learner_cannot_speak_through_the_reason(released, resources):
    released.metadata.labkit = {"refused": "<script>", "set_aside": "<script>"}
    rebuilt, _ = RebuildFromMaster().preprocess(released, resources)
    assert "<script>" not in nbformat.writes(rebuilt)
    resources["labkit_refused"] = "It is a link."
    rebuilt, _ = RebuildFromMaster().preprocess(new_notebook(), resources)
    assert rebuilt.metadata.labkit.refused == "It is a link."


def test_a_picture_that_is_left_out_leaves_a_sentence_and_a_line_in_the_log(
    released, resources, caplog
):
    essay = cell(released, "essay")
    essay.attachments = {"page.svg": {"image/svg+xml": "<svg/>"}}
    rebuilt, _ = RebuildFromMaster().preprocess(released, resources)
    words = "The picture page.svg was left out: no PNG, JPEG, GIF or WebP."
    assert f"*[{words}]*" in cell(rebuilt, "essay").source
    assert f"{words} (cell essay)" in caplog.text


def test_the_step_warns_of_doubled_and_missing_cells(released, resources, caplog):
    released.cells.append(cell(released, "double"))
    released.cells.remove(cell(released, "setup"))
    RebuildFromMaster().preprocess(released, resources)
    assert "Cell double exists more than once" in caplog.text
    assert "Cell setup was missing" in caplog.text
