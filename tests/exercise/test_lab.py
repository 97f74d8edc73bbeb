"""The handle in a notebook: cards, points, hints, questions, progress, exams."""

from __future__ import annotations

import json
import math
import sys

import numpy as np
import pytest
import torch

from labkit.exercise import cards, instances
from labkit.exercise import lab as lab_module
from labkit.exercise.drawing import NothingFitsError, until
from labkit.exercise.guard import call
from labkit.exercise.lab import EditionError, Lab, Points
from labkit.exercise.outcome import (
    Outcome,
    Status,
    all_cases,
    failed,
    not_attempted,
    partial,
    passed,
    weighted,
)
from labkit.exercise.quiz import Option, Question
from labkit.exercise.reading import as_number
from labkit.exercise.task import LabSpec, Task, TaskFiles
from labkit.exercise.traps import trap
from labkit.learner import progress


def _judge(answer, instance) -> Outcome:
    value = as_number(call(answer, instance["x"], seconds=0.5), "square")
    if value == instance["x"] ** 2:
        return passed("The square is right.")
    return failed("The square is wrong.", on=f"x = {instance['x']}", next_step="Multiply x by x.")


def _twice(x):
    return 2 * x


def _broken_judge(answer, instance) -> Outcome:
    raise KeyError("reference")


SPEC = LabSpec(
    number=99,
    slug="squares",
    edition=3,
    tasks=(
        Task("square", 7, _judge, ("Multiply.", "x * x")),
        Task("broken", 5, _broken_judge, ()),
    ),
    questions=(
        Question("sign", "Can it be negative?", (Option("yes", "No."), Option("no", "So.", True))),
    ),
)


@pytest.fixture
def shown(monkeypatch, tmp_path):
    """A practice world and a list of the cards that were shown."""
    cards: list = []
    monkeypatch.setenv("LABKIT_HOME", str(tmp_path))
    monkeypatch.delenv("LABKIT_EXAMS", raising=False)
    monkeypatch.setattr(lab_module, "display", cards.append)
    practice = {"square": [{"x": 3}], "broken": [{}]}
    monkeypatch.setattr(instances, "practice", lambda slug: practice)
    return cards


def test_a_right_answer_earns_all_points_and_a_card(shown):
    assert Lab(SPEC, 3).check("square", lambda x: x * x) == 7.0
    assert "square: passed" in shown[0].text
    assert "7 of 7 points" in shown[0].html


@pytest.fixture
def judges(monkeypatch, tmp_path):
    """A package of two tasks, each in a file of its own; the names of the files read so far."""
    (tmp_path / "two_judges").mkdir()
    for name in ("one", "two"):
        text = f"from labkit.exercise.task import Task\nTASK = Task({name!r}, 1, None, ())\n"
        (tmp_path / "two_judges" / f"{name}.py").write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    files = TaskFiles("two_judges", "one", "two")
    yield (
        LabSpec(98, "judges", 1, files),
        lambda: {"two_judges.one", "two_judges.two"} & {*sys.modules},
    )
    for name in [name for name in sys.modules if name.startswith("two_judges")]:
        del sys.modules[name]


def test_a_lab_reads_its_judges_when_one_is_asked_for(shown, judges, monkeypatch):
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    spec, read = judges
    Lab(spec, 1)
    assert read() == set()
    assert spec.task("one").name == "one"
    assert read() == {"two_judges.one"}
    assert [task.name for task in spec.tasks[1:]] == ["two"]
    assert len(spec.tasks) == 2


def test_in_graded_work_all_judges_are_read_before_any_answer_runs(shown, judges, monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    spec, read = judges
    Lab(spec, 1)
    assert read() == {"two_judges.one", "two_judges.two"}


def test_points_read_as_a_bare_number_for_nbgrader():
    assert Points(7)._repr_mimebundle_()["text/plain"] == "7.0"


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (lambda x: x, "failed"),
        (lambda x: math.nan, "error"),
        (lambda x: [1, 2], "error"),
        (lambda x: 1 / 0, "error"),
        (lambda: 1, "error"),
        (lambda x: [x for x in iter(int, 1)], "error"),
        (None, "not attempted"),
        ("x*x", "error"),
    ],
)
def test_every_wrong_answer_ends_in_a_card_and_no_points(shown, answer, status):
    assert Lab(SPEC, 3).check("square", answer) == 0.0
    assert f"square: {status}" in shown[0].text


def test_what_an_answer_prints_and_warns_is_shown_folded_and_not_on_stderr(shown, capsys):
    def answer(x):
        print("<b>hello</b>")
        print("careful", file=sys.stderr)
        return x * x

    assert Lab(SPEC, 3).check("square", answer) == 7.0
    assert "&lt;b&gt;hello&lt;/b&gt;" in shown[0].html
    assert "careful" in shown[0].html
    assert capsys.readouterr().err == ""


def test_a_default_number_type_set_by_an_answer_ends_with_its_check(shown):
    def answer(x):
        torch.set_default_dtype(torch.float64)
        return x * x

    Lab(SPEC, 3).check("square", answer)
    assert torch.get_default_dtype() is torch.float32


def test_a_fault_of_the_judge_is_called_so(shown):
    assert Lab(SPEC, 3).check("broken", lambda: 1) == 0.0
    assert "fault of the check" in shown[0].text


def test_an_unknown_task_is_told_with_the_known_ones(shown):
    with pytest.raises(LookupError, match="square, broken"):
        Lab(SPEC, 3).check("cube", None)


@pytest.mark.parametrize(("edition", "older"), [(2, "notebook"), (4, "installed labkit")])
def test_a_notebook_that_does_not_fit_is_told_which_side_is_older(edition, older):
    with pytest.raises(EditionError, match=f"The {older} is older"):
        Lab(SPEC, edition)


def test_hints_open_step_by_step_and_stay_open(shown):
    Lab(SPEC, 3).hint("square")
    Lab(SPEC, 3).hint("square")
    assert "Multiply." in shown[0].text
    assert "x * x" not in shown[0].text
    assert "x * x" in shown[1].text


def test_a_quiz_choice_is_explained_and_kept(shown):
    handle = Lab(SPEC, 3)
    handle.quiz("sign")
    assert "<summary>a) yes</summary>" in shown[0].html
    assert "So." not in shown[0].text
    handle.quiz("sign", "b")
    assert progress.load()["99_squares"]["quiz"]["sign"]["right"] is True
    with pytest.raises(ValueError, match="options a, b"):
        handle.quiz("sign", "c")


def test_progress_keeps_the_best_score_and_shows_it(shown):
    handle = Lab(SPEC, 3)
    handle.check("square", lambda x: x * x)
    handle.check("square", lambda x: x)
    handle.progress()
    assert "7 of 12 points" in shown[-1].text
    assert progress.load()["99_squares"]["tasks"]["square"]["tries"] == 2


def test_a_failed_check_offers_its_hints_one_inside_the_other(shown, monkeypatch):
    handle = Lab(SPEC, 3)
    handle.check("square", lambda x: x)
    html = shown[-1].html
    assert html.index("Hint 1 of 2") < html.index("Multiply.") < html.index("Hint 2 of 2")
    handle.check("square", lambda x: x * x)
    assert "Hint" not in shown[-1].html
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    handle.check("square", lambda x: x)
    assert "Hint" not in shown[-1].html


def test_a_report_packs_instance_answer_outcome_and_versions(shown, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Lab(SPEC, 3).report("square", _twice)
    (path,) = (tmp_path / "reports").iterdir()
    packed = json.loads(path.read_text(encoding="utf-8"))
    assert (packed["lab"], packed["task"], packed["instance"]) == ("99_squares", "square", {"x": 3})
    assert "return 2 * x" in packed["answer"]
    assert packed["outcome"]["status"] == "failed"
    assert {"labkit", "python", "numpy"} <= packed["versions"].keys()
    assert path.name in shown[0].text and "under Help" in shown[0].text


def test_a_task_is_called_by_number_and_title_where_it_has_one():
    tasks = [Task(name, 1, _judge, (), title) for name, title in (("a", ""), ("b", "Add it"))]
    spec = LabSpec(99, "squares", 1, (*tasks, Task("c", 1, _judge, (), "3 · Once more")))
    assert [spec.called(name) for name in "abc"] == ["a", "2 · Add it", "3 · Once more"]


def test_graded_work_has_no_hints_and_says_nothing_of_progress(shown, monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    handle = Lab(SPEC, 3)
    handle.hint("square")
    handle.progress()
    assert shown == []
    with pytest.raises(LookupError):
        handle.hint("cube")


def test_a_cards_text_tells_status_and_trap_again():
    outcome = failed("Wrong: by far.", misconception=f"a trap: {'far and ' * 20}wide")
    task = "2 · A long title: with a colon, that has to be broken over more than one line of text"
    text = cards.outcome_card(task, outcome, 5, "the exam's instance").text
    assert cards.read_outcome(text) == (Status.FAILED, outcome.misconception)
    assert cards.read_outcome(cards.outcome_card("a", not_attempted(), 5, "x").text) == (
        Status.NOT_ATTEMPTED,
        "",
    )
    assert cards.read_outcome("✔ all is well: it passed") is None


def test_progress_is_saved_and_restored_elsewhere(shown, tmp_path, monkeypatch):
    Lab(SPEC, 3).check("square", lambda x: x * x)
    Lab(SPEC, 3).progress(save=tmp_path / "kept.json")
    monkeypatch.setenv("LABKIT_HOME", str(tmp_path / "elsewhere"))
    Lab(SPEC, 3).progress(restore=tmp_path / "kept.json")
    assert "7 of 12 points" in shown[-1].text


def test_a_broken_progress_file_costs_no_check(shown, tmp_path):
    (tmp_path / "progress.json").write_text("{", encoding="utf-8")
    assert Lab(SPEC, 3).check("square", lambda x: x * x) == 7.0
    assert "set aside" in shown[1].text


@pytest.fixture
def exams(tmp_path, monkeypatch):
    """An instructor's folder whose exam differs from practice."""
    package = tmp_path / "grader" / "exams" / "squares"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("", encoding="utf-8")
    (package / "square.py").write_text(
        "def draw(rng):\n    return {'x': int(rng.integers(10, 1000))}\n", encoding="utf-8"
    )
    (package / "broken.py").write_text(
        "def draw(rng):\n    return {'x': float('nan')}\n", encoding="utf-8"
    )
    for name in [name for name in sys.modules if name.partition(".")[0] == "exams"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(sys, "path", [p for p in sys.path if not p.endswith("grader")])
    monkeypatch.setenv("LABKIT_EXAMS", str(tmp_path / "grader"))
    yield tmp_path / "grader"
    for name in [name for name in sys.modules if name.partition(".")[0] == "exams"]:
        del sys.modules[name]


def test_an_exam_uses_secret_instances_and_leaves_progress_alone(shown, exams, tmp_path):
    seen: list[int] = []

    def answer(x):
        seen.append(x)
        return x * x

    assert Lab(SPEC, 3).check("square", answer) == 7.0
    assert seen[0] >= 10
    assert "exam" in shown[0].text
    assert not (tmp_path / "progress.json").exists()
    assert len((exams / "course.key").read_text().strip()) == 64


def test_a_constant_copied_from_practice_fails_the_exam(shown, exams):
    assert Lab(SPEC, 3).check("square", lambda x: 9) == 0.0


def test_an_exam_that_cannot_be_drawn_blames_the_check(shown, exams):
    assert Lab(SPEC, 3).check("broken", lambda x: x) == 0.0
    assert "fault of the check" in shown[0].text
    assert "the exam of squares, task broken" in " ".join(shown[0].text.split())


def test_two_learners_have_different_exams(exams, monkeypatch):
    drawn = set()
    for name in ("ada", "grace", "edsger"):
        monkeypatch.setenv("LABKIT_LEARNER", name)
        drawn.add(json.dumps(instances.instance(SPEC, "square")))
    assert len(drawn) == 3


def test_cases_join_to_the_worst():
    joined = all_cases([passed("a"), partial(0.5, "b half", on="case b"), passed("c")], "all")
    assert (joined.status, joined.score, joined.on) == (Status.PARTIAL, 0.5, "case b")
    assert "2 of 3 cases are right. One that is not: b half" in joined.message
    assert all_cases([passed("a"), failed("b")], "all").score == 0.0
    assert all_cases([passed("a")], "all").message == "all"
    with pytest.raises(ValueError, match="no case"):
        all_cases([], "all")


def test_parts_of_a_task_have_their_stated_shares():
    joined = weighted([(0.75, passed("a")), (0.25, failed("b", on="case b"))], "all")
    assert (joined.status, joined.score, joined.on) == (Status.PARTIAL, 0.75, "case b")
    assert weighted([(0.5, failed("a")), (0.5, failed("b"))], "all").status is Status.FAILED
    assert weighted([(0.5, passed("a")), (0.5, passed("b"))], "all").message == "all"
    with pytest.raises(ValueError, match="do not sum to 1"):
        weighted([(0.5, passed("a"))], "all")


def test_a_known_trap_is_named_by_its_numbers():
    numbers, words = {"mean": 4.0, "pair": [1.0, 2.0]}, {"mean": "The mean.", "pair": "Swapped."}
    assert trap(4.0001, numbers, words, 1e-4) == "The mean."
    assert trap([1.0, 2.0], numbers, words, 1e-4) == "Swapped."
    assert trap(4.1, numbers, words, 1e-4) == trap([4.0], numbers, words, 1e-4) == ""


def test_drawing_again_ends_with_words():
    rng = np.random.default_rng(1)
    assert until(lambda: rng.random(), lambda x: x > 0.5, "more than a half") > 0.5
    with pytest.raises(NothingFitsError, match="none of 200 draws had more than one"):
        until(lambda: rng.random(), lambda x: x > 1, "more than one")


def test_an_outcome_cannot_contradict_itself():
    with pytest.raises(ValueError, match="does not fit"):
        Outcome(Status.PASSED, 0.5, "half")
    with pytest.raises(ValueError, match="between 0 and 1"):
        Outcome(Status.PARTIAL, math.nan, "nothing")
