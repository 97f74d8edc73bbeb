"""What a reading copy of a lesson leaves out."""

from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from catalogue import AVAILABLE, ROOT
from labkit.authoring.catalog import load_catalog
from labkit.authoring.reading import reading_copy


def test_what_only_our_jupyterlab_shows_is_left_out_and_its_html_stays():
    data = {"application/vnd.labkit.question+json": {}, "text/html": "<p>Which?</p>"}
    question = new_code_cell("lab.quiz('which')", outputs=[new_output("display_data", data)])
    lesson = new_notebook(cells=[new_markdown_cell("# A lesson"), question])
    page = reading_copy(lesson, load_catalog(ROOT).module(AVAILABLE[0]), "")
    (cell,) = [cell for cell in page.cells if cell.cell_type == "code"]
    assert cell.outputs[0].data == {"text/html": "<p>Which?</p>"}
