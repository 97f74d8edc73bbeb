"""A check is run again on the same instance, told, and packed without what must stay secret."""

from __future__ import annotations

import contextlib
import io
import json
import shutil
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook
from typer.testing import CliRunner

from catalogue import ROOT
from labkit.cli import app
from labkit.cohort.replay import ReplayError, packed, replay
from labkit.exercise.outcome import Status
from made_course import CONFIG, digest

LAB, SLUG, TASK = "08_rl_supply_chain", "rl_supply_chain", "newsvendor"
WRONG = """\
def newsvendor_quantity(demand, holding, penalty):
    \"\"\"</pre><script>alert(1)</script>\"\"\"
    return float(distributions.mean(demand))
"""


def marks(**given: object) -> dict:
    plain = dict.fromkeys(("grade", "solution", "locked", "task"), False)
    return {"nbgrader": {"schema_version": 3} | plain | given}


def cells(answer: str) -> list:
    setup = (
        "from labkit.checks.rl_supply_chain import open_lab\n"
        "from labkit.trends.rl_supply_chain import distributions\n\nlab = open_lab(edition=1)"
    )
    check = f'lab.check("{TASK}", newsvendor_quantity)'
    made = [
        nbformat.v4.new_code_cell(setup, metadata=marks(grade_id="setup", locked=True)),
        nbformat.v4.new_code_cell(answer, metadata=marks(grade_id=TASK, solution=True)),
        nbformat.v4.new_code_cell(
            check, metadata=marks(grade_id=f"test_{TASK}", grade=True, locked=True, points=10)
        ),
    ]
    for place, cell in enumerate(made):
        cell.id = f"cell-{place}"
    return made


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory, empty_gradebook: Path) -> Path:
    """A course with one task of a lab, graded: ada's answer takes the mean for the quantity."""
    root = tmp_path_factory.mktemp("replay") / "course"
    exams = root / "grader" / "exams"
    exams.mkdir(parents=True)
    shutil.copytree(ROOT / "grader" / "exams" / SLUG, exams / SLUG)
    config = f"{CONFIG}c.ExecuteApart.exams = {str(root / 'grader')!r}\n"
    (root / "nbgrader_config.py").write_text(config, encoding="utf-8")
    for folder, answer in (("source/.", "..."), ("autograded/ada", WRONG)):
        path = root / folder / LAB / "lab.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(nbformat.writes(nbformat.v4.new_notebook(cells=cells(answer))))
    shutil.copy(empty_gradebook, root / "gradebook.db")
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}", "made up") as book:
        book.add_assignment(LAB)
        book.add_notebook("lab", LAB)
        book.add_grade_cell(f"test_{TASK}", "lab", LAB, max_score=10, cell_type="code")
        for cell in cells("..."):
            book.add_source_cell(
                cell.metadata["nbgrader"]["grade_id"], "lab", LAB,
                source=cell.source, cell_type="code", locked=cell.metadata["nbgrader"]["locked"],
            )  # fmt: skip
        book.add_student("ada")
        for grade in book.add_submission(LAB, "ada").notebooks[0].grades:
            grade.auto_score, grade.needs_manual_grade = 0.0, False
        book.db.commit()
    return root


def test_a_check_is_run_again_told_and_packed(
    course: Path, tmp_path: Path, need_sandbox: None, monkeypatch: pytest.MonkeyPatch
):
    before = digest(course / "gradebook.db")
    found = replay(course, "ada", TASK)
    assert (found.lab, found.status, found.score, found.maximum) == (LAB, Status.FAILED, 0.0, 10.0)
    assert digest(course / "gradebook.db") == before
    content = packed(found)
    text = content.decode("utf-8")
    key = (course / "grader" / "course.key").read_text(encoding="ascii").strip()
    assert key not in text and "LABKIT_EXAMS" not in text
    exam = (course / "grader" / "exams" / SLUG / f"{TASK}.py").read_text(encoding="utf-8")
    own = [line.strip() for line in exam.splitlines() if len(line) > 40 and "import" not in line]
    assert own and not any(line in text for line in own)

    # The learner runs it: the same outcome on the same instance.
    notebook = nbformat.reads(text, 4)
    assert notebook.cells[0].cell_type == "markdown" and "<" not in notebook.cells[0].source
    said, names = io.StringIO(), {}
    with contextlib.redirect_stdout(said):
        for cell in notebook.cells[1:]:
            exec(cell.source, names)
    assert said.getvalue().startswith("failed 0.0")
    assert names["outcome"].message.split(".")[0] in " ".join(found.text.split())
    assert json.dumps(names["INSTANCE"])

    # Run a second time, the instance is the one that was kept.
    monkeypatch.chdir(course)
    target = tmp_path / "packed.ipynb"
    done = CliRunner().invoke(app, ["replay", "ada", f"test_{TASK}", "--pack", str(target)])
    assert done.exit_code == 0, done.output
    assert "failed now; in the gradebook 0 of 10 points." in done.output
    assert target.read_bytes() == content
    assert digest(course / "gradebook.db") == before


@pytest.mark.parametrize(("learner", "task"), [("ada", "plan"), ("eve", TASK), ("../ada", TASK)])
def test_what_is_not_there_is_not_run(course: Path, learner: str, task: str, need_sandbox: None):
    with pytest.raises(ReplayError, match="no checked task"):
        replay(course, learner, task)
