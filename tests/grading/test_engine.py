"""Grading a cohort: everyone ends with an outcome, runs go on where they were, two do not mix."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import nbformat
import pytest

import small_course
from labkit.desk.results import results
from labkit.errors import CourseError
from labkit.grading import engine
from labkit.grading.engine import Ending, Options, Report, grade, summary
from labkit.grading.gradebook import hold
from labkit.grading.overview import TaskRow
from labkit.grading.pool import Pool, pool_here
from labkit.grading.receipts import receipts_path, record
from labkit.grading.standing import Mark, Standing
from small_course import ANSWERS, NAME, SCORES, grades, hand_in, run_in_process, scores


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_course.make_course(tmp_path_factory.mktemp("engine") / "template")


@pytest.fixture
def course(template: Path, tmp_path: Path) -> Path:
    """A fresh copy of the small course, nothing graded."""
    return Path(shutil.copytree(template, tmp_path / "course"))


@pytest.fixture
def executed(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Run jobs in this process without a sandbox; count them by learner."""
    count: Counter[str] = Counter()

    def run(job: dict[str, Any]) -> dict[str, Any]:
        count[job["student"]] += 1
        return run_in_process(job)

    stand_in(monkeypatch, run)
    return count


def stand_in(monkeypatch: pytest.MonkeyPatch, run: Any) -> None:
    def pool(workers: int) -> Pool:
        return pool_here(run)

    monkeypatch.setattr(engine, "local_pool", pool)
    monkeypatch.setattr(engine.grading_job, "prepare", lambda modules: None)


def run(course: Path, **options: Any) -> Report:
    return grade(course, NAME, Options(feedback=False, **options))


def states(report: Report) -> dict[str, str]:
    return {outcome.student: outcome.state for outcome in report.outcomes}


def test_everyone_is_graded_and_a_missing_notebook_is_worth_nothing(
    course: Path, executed: Counter[str]
):
    report = run(course)
    assert states(report) == dict.fromkeys(ANSWERS, "graded")
    assert report.scores == SCORES == scores(course)
    assert str(report.standings["ada"]) == "6 of 6, essay to be read"
    assert str(report.standings["eve"]) == "1 of 11"
    assert executed == {"ada": 2, "bob": 2, "cyd": 2, "dan": 2, "eve": 1}


def test_what_is_graded_and_unchanged_is_not_run_again(
    course: Path, executed: Counter[str], monkeypatch: pytest.MonkeyPatch
):
    run(course)
    before, graded = grades(course), folder_times(course)
    executed.clear()
    monkeypatch.setattr(engine, "local_pool", None)  # nothing to run, so no worker either
    assert states(run(course)) == dict.fromkeys(ANSWERS, "unchanged")
    assert not executed
    assert (grades(course), folder_times(course)) == (before, graded)


def folder_times(course: Path) -> dict[str, int]:
    files = sorted((course / "autograded").rglob("*"))
    return {str(path.relative_to(course)): path.stat().st_mtime_ns for path in files}


def test_force_runs_everyone_again(course: Path, executed: Counter[str]):
    run(course)
    executed.clear()
    assert states(run(course, force=True)) == dict.fromkeys(ANSWERS, "graded")
    assert executed["ada"] == 2


def test_only_leaves_the_others_alone(course: Path, executed: Counter[str]):
    report = run(course, only=["bob", "dan"])
    assert states(report) == {"bob": "graded", "dan": "graded"}
    assert scores(course) == {"bob": 4.0, "dan": 3.0}
    assert set(executed) == {"bob", "dan"}


def test_asking_for_someone_who_did_not_hand_in_names_them(course: Path, executed: Counter[str]):
    with pytest.raises(CourseError, match="Nothing was handed in for ps by zoe"):
        run(course, only=["ada", "zoe"])
    assert not executed


def test_a_changed_answer_is_graded_again_though_it_looks_older(
    course: Path, executed: Counter[str]
):
    run(course)
    notebook = hand_in(course, "bob", ANSWERS["ada"]) / "p1.ipynb"
    os.utime(notebook, (0, 0))
    executed.clear()
    report = run(course)
    assert report.students("graded") == ["bob"]
    assert scores(course)["bob"] == 6.0
    assert set(executed) == {"bob"}


@pytest.mark.parametrize(
    "change", ["data file", "extension", "due date", "test", "receipt", "deleted"]
)
def test_whatever_bears_on_a_grade_has_it_graded_again(
    course: Path, executed: Counter[str], change: str
):
    run(course)
    database = course / "gradebook.db"
    with sqlite3.connect(database) as connection:
        if change == "data file":
            (course / "submitted" / "ada" / NAME / "notes.txt").write_text("Other notes\n")
        elif change == "extension":
            days = "1970-01-03 00:00:00.000000"
            connection.execute("UPDATE submitted_assignment SET extension = ?", [days])
        elif change == "due date":
            connection.execute("UPDATE assignment SET duedate = '2026-01-01 00:00:00.000000'")
        elif change == "test":
            connection.execute(
                "UPDATE source_cell SET source = 'assert False' WHERE name = 'test_cube'"
            )
        elif change == "receipt":
            path = receipts_path(f"sqlite:///{database}", course)
            record(path, NAME, "ada", datetime(2026, 1, 2, tzinfo=UTC), "by hand")
        else:
            shutil.rmtree(course / "autograded" / "ada" / NAME)
    connection.close()
    again = run(course).students("graded")
    ada_alone = change in ("data file", "receipt", "deleted")
    assert again == (["ada"] if ada_alone else sorted(ANSWERS))


def test_a_file_of_the_instructors_takes_its_place_from_whatever_was_handed_in(
    course: Path, executed: Counter[str]
):
    source, submitted = course / "source" / NAME, course / "submitted"
    (source / "sub").mkdir()
    for name in ("data.csv", "sub/more.csv"):
        (source / name).write_text("1\n")
    (submitted / "ada" / NAME / "data.csv" / "folder").mkdir(parents=True)
    (submitted / "bob" / NAME / "sub").write_text("a file\n")
    report = run(course, only=["ada", "bob"])
    assert states(report) == {"ada": "graded", "bob": "graded"}
    for student in ("ada", "bob"):
        graded = course / "autograded" / student / NAME
        assert (graded / "data.csv").read_text() == (graded / "sub/more.csv").read_text() == "1\n"


def test_a_folder_without_a_notebook_is_refused_and_named(course: Path, executed: Counter[str]):
    (course / "submitted" / "fay" / NAME).mkdir(parents=True)
    hand_in(course, "gil", ANSWERS["ada"])
    folder = course / "submitted" / "gil" / NAME
    (folder / "p1.ipynb").rename(folder / "homework.ipynb")
    (folder / "p2.ipynb").unlink()
    outcomes = {outcome.student: outcome for outcome in run(course).outcomes}
    assert outcomes["fay"] == Ending("fay", "refused", "no notebook was handed in")
    assert outcomes["gil"].state == "refused"
    assert "homework.ipynb" in outcomes["gil"].note
    assert "p1.ipynb, p2.ipynb" in outcomes["gil"].note
    assert scores(course) == SCORES


def test_the_summary_shows_points_and_reasons_and_obeys_no_learner():
    outcomes = (
        Ending("ada", "graded"),
        Ending("bob", "refused", "handed in \x1b[2Jhome\nwork.ipynb"),
        Ending("cyd", "unchanged"),
    )
    test, essay = Mark("test", False, 4.5, 6.0), Mark("essay", True, None, 5.0)
    stand = {"ada": Standing((test, essay)), "cyd": Standing((test,))}
    rows = (
        TaskRow("1 · Half", 3.0, (3.0, 0.0), Counter(passed=1, failed=1)),
        TaskRow("2 · Why?", 5.0, (), waiting=1),
    )
    report = Report("ps", outcomes, stand, rows, "feedback/LEARNER/ps")
    assert summary(report) == [
        "ada  graded     4.5 of 6, essay to be read",
        "bob  refused                                handed in ?[2Jhome?work.ipynb",
        "ps: 1 graded, 1 unchanged, 1 refused, 0 failed.",
        "",
        "task      mean  of  passed  partial  failed  not tried  to read",
        "1 · Half   1.5   3       1                1",
        "2 · Why?         5                                            1",
        "",
        "Essay to be read: ada. Read in formgrader, under Manual Grading, ps.",
        "Feedback: feedback/LEARNER/ps",
        "Next: `labkit lab --instructor` for formgrader, `nbgrader export` for a table.",
    ]


def test_what_cannot_be_read_is_refused_with_no_points_and_the_others_are_graded(
    course: Path, executed: Counter[str]
):
    (course / "submitted" / "bob" / NAME / "p1.ipynb").write_text("{ no notebook")
    outcomes = {outcome.student: outcome for outcome in run(course).outcomes}
    assert outcomes["bob"].state == "refused"
    assert "JSON" in outcomes["bob"].note
    assert outcomes["ada"].state == "graded"


def test_what_goes_wrong_with_one_submission_is_its_outcome_and_is_tried_again(
    course: Path, monkeypatch: pytest.MonkeyPatch
):
    def run_but_bob(job: dict[str, Any]) -> dict[str, Any]:
        if job["student"] == "bob":
            raise OSError("no space left on device")
        return run_in_process(job)

    stand_in(monkeypatch, run_but_bob)
    report = run(course)
    assert states(report) == dict.fromkeys(ANSWERS, "graded") | {"bob": "failed"}
    assert scores(course) == {name: score for name, score in SCORES.items() if name != "bob"}
    assert not (course / "autograded" / "bob" / NAME).exists()
    stand_in(monkeypatch, run_in_process)
    assert run(course).students("graded") == ["bob"]
    assert scores(course) == SCORES


def test_an_error_while_marking_leaves_the_former_grade(
    course: Path, executed: Counter[str], monkeypatch: pytest.MonkeyPatch
):
    run(course)
    before = grades(course)
    hand_in(course, "bob", ANSWERS["ada"])

    def fail(*arguments: Any) -> None:
        raise OSError("no space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(engine.StagedAutograde, "write_single_notebook", fail)
        assert run(course).students("failed") == ["bob"]
    assert grades(course) == before
    assert run(course).students("graded") == ["bob"]


def test_a_stopped_run_goes_on_where_it_was(course: Path, executed: Counter[str]):
    def stop_after_two(total: int, outcome: Ending) -> None:
        if sum(executed.values()) >= 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        grade(course, NAME, Options(feedback=False), stop_after_two)
    done = set(scores(course))
    assert 0 < len(done) < len(ANSWERS)
    assert drafts(course) == []
    assert set(run(course).students("unchanged")) == done
    assert scores(course) == SCORES


def drafts(course: Path) -> list[Path]:
    return list((course / "autograded").rglob(".*.grading"))


def test_a_manual_grade_stays_and_asks_for_another_look(course: Path, executed: Counter[str]):
    run(course)
    with sqlite3.connect(course / "gradebook.db") as formgrader:
        formgrader.execute(
            "UPDATE grade SET manual_score = 2.5 WHERE cell_id IN"
            " (SELECT id FROM base_cell WHERE name = 'test_square')"
        )
    formgrader.close()
    run(course, force=True)
    auto, manual, needs_look, *_ = grades(course)["ada", "test_square"]
    assert (auto, manual, needs_look) == (3.0, 2.5, True)


def test_two_runs_at_once_do_not_mix(course: Path, executed: Counter[str]):
    with hold(f"sqlite:///{course / 'gradebook.db'}", "small"):
        with pytest.raises(CourseError, match="Another grading run"):
            run(course)
    assert not executed
    assert states(run(course)) == dict.fromkeys(ANSWERS, "graded")


def test_an_assignment_nobody_knows_is_told_in_a_sentence(course: Path, executed: Counter[str]):
    with pytest.raises(CourseError, match="has no assignment 'nothing'.*generate_assignment"):
        grade(course, "nothing", Options(feedback=False))


def test_a_configuration_that_executes_elsewhere_is_told_in_a_sentence(
    course: Path, executed: Counter[str]
):
    (course / "nbgrader_config.py").write_text("c = get_config()\n", encoding="utf-8")
    with pytest.raises(CourseError, match="must name labkit.grading.execute.ExecuteApart"):
        run(course)


def test_feedback_is_written_for_everyone_and_again_where_it_is_missing(
    course: Path, executed: Counter[str]
):
    grade(course, NAME, Options(only=["ada", "bob"]))
    pages = [course / "feedback" / name / NAME / "p1.html" for name in ("ada", "bob")]
    assert all("thinks so" in page.read_text(encoding="utf-8") for page in pages)
    lab = course / "labs" / NAME
    (lab / "feedback").mkdir(parents=True)
    shutil.copy(pages[0], lab / "feedback")
    told = results(lab)
    assert told and told["path"] == f"labs/{NAME}/feedback/p1.html"
    assert [float(task["maximum"]) for task in told["tasks"]] == [3, 2, 5]
    shutil.rmtree(course / "feedback" / "bob")
    grade(course, NAME, Options(only=["ada", "bob"]))
    assert pages[1].is_file()


def test_the_graded_folder_holds_what_nbgrader_writes_and_nothing_else(
    course: Path, executed: Counter[str]
):
    run(course)
    folder = course / "autograded" / "ada" / NAME
    assert sorted(path.name for path in folder.iterdir()) == ["notes.txt", "p1.ipynb", "p2.ipynb"]
    cells = nbformat.read(folder / "p1.ipynb", as_version=4).cells
    assert [cell.metadata["nbgrader"]["points"] for cell in cells[2::2]] == [3, 2]
