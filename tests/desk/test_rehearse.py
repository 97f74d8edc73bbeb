"""A notebook run from the top shows what grading will find, and leaves the learner's own alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from labkit.desk import report
from labkit.desk.notebooks import read_work
from labkit.desk.rehearse import Rehearsal, rehearse
from labkit.learner import progress
from sample_work import answered, released, write

CLASSIC = {
    # The kernel still knew `factor` from a later cell.
    "double": "def double(x):\n    return x * factor",
    "word": "# YOUR CODE HERE\nraise NotImplementedError()",
    "share": "factor = 2\nshare = 0.5",
    "memo": "YOUR ANSWER HERE",
}


@pytest.fixture(scope="module")
def classic(tmp_path_factory: pytest.TempPathFactory) -> tuple[Rehearsal, Path, bytes]:
    """What a notebook gives whose cells worked in the order in which they were clicked."""
    path = answered(tmp_path_factory.mktemp("classic"), **CLASSIC)
    before = path.read_bytes()
    work = read_work(path)
    return rehearse(work, {work.name: work.content, "data/a.txt": b"1"}), path, before


def outcomes(found: Rehearsal) -> dict[str, tuple[float | None, str]]:
    return {result.task: (result.reached, result.status) for result in found.tasks}


def test_every_task_has_its_points_and_a_word(classic):
    assert outcomes(classic[0]) == {
        "double": (0.0, "error"),
        "word": (0.0, "not attempted"),
        "share": (2.0, "partial"),
        "memo": (None, "empty"),
    }
    assert (classic[0].reached, classic[0].points) == (2.0, 8.0)


def test_the_cell_that_works_only_in_the_clicked_order_is_named_with_the_reason(classic):
    assert "Cell 3 (test_double) fails: NameError" in classic[0].stops_at
    assert "factor is defined further down, in cell 6" in classic[0].stops_at


def test_the_learners_file_and_folder_stay_as_they_are(classic):
    _, path, before = classic
    assert path.read_bytes() == before
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


def test_the_card_says_it_all_in_text_and_in_html(classic, tmp_path: Path):
    card = report.rehearsal_card(read_work(classic[1]), classic[0])
    for words in ("2 of 8 points in practice", "not attempted", "factor is defined further down"):
        assert words in " ".join(card.text.split())
        assert words in " ".join(card.html.split())


def test_checks_of_the_course_are_read_and_practice_progress_stays_apart(tmp_path: Path):
    cells = {
        "setup": "from labkit.checks.rl_supply_chain import open_lab\nlab = open_lab(edition=1)",
        "double": "def newsvendor_quantity(demand, holding, penalty):\n    return 1",
        "test_double": 'lab.check("newsvendor", newsvendor_quantity)',
        "word": "import os",
        "test_word": "print(os.environ['NBGRADER_EXECUTION'])",
        "memo": "Order more.",
    }
    notebook = released()
    names = {"double": "newsvendor", "test_double": "test_newsvendor"}
    write(path := tmp_path / "08_rl_supply_chain" / "rl_supply_chain.ipynb", notebook, **cells)
    for cell in notebook.cells:
        mark = cell.metadata.nbgrader
        mark["grade_id"] = names.get(mark["grade_id"], mark["grade_id"])
    write(path, notebook)
    work = read_work(path)
    found = outcomes(rehearse(work, {work.name: work.content}))
    assert found["newsvendor"] == (0.0, "failed")
    assert found["simulate"] == (0.0, "its cell is missing")
    assert progress.load() == {}


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("import os; os._exit(3)", "kernel died"),
        ("while True: pass", "took more than 3 s"),
    ],
)
def test_a_dying_kernel_and_an_endless_loop_come_to_an_end_with_words(
    tmp_path: Path, code: str, words: str
):
    work = read_work(answered(tmp_path, double=code))
    found = rehearse(work, {work.name: work.content}, total_seconds=3)
    assert words in found.unfinished
    assert outcomes(found)["memo"] == (None, "written")
