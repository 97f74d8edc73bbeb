"""What proves a lab finds the holes it is there to find."""

from __future__ import annotations

import dataclasses
import itertools
import os
import time

import numpy as np
import pytest

from labkit.authoring.verify import VerifyError, groups, redteam, run_group, spec, summary
from labkit.authoring.verify import trials as trials_module
from labkit.authoring.verify.forked import LostError, forked
from labkit.authoring.verify.forms import forms
from labkit.authoring.verify.lab import answers, practice
from labkit.authoring.verify.mutants import mutants
from labkit.authoring.verify.observe import Call, answer_by, at_random, constant, typical
from labkit.authoring.verify.unskilled import noise
from labkit.authoring.verify.wheel import _note
from labkit.exercise.outcome import failed, passed, weighted
from probe import NAME, fresh_lab


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    with fresh_lab(tmp_path_factory.mktemp("fresh")) as root:
        yield root


@pytest.fixture
def judged_by(monkeypatch):
    """Let the fresh lab's task be judged by another judge."""

    def replace(judge):
        own = spec(NAME)
        changed = dataclasses.replace(own.tasks[0], judge=judge)
        other = dataclasses.replace(own, tasks=(changed,))
        monkeypatch.setattr(trials_module, "spec", lambda name: other)

    return replace


def tried(lab, kind, sample=0):
    (group,) = groups(lab, NAME, 1, kinds=[kind], sample=sample)
    return run_group(group)


def faults(results):
    return [result.title for result in results if result.fault]


# --- A fresh lab, and labs with a hole ----------------------------------------------------------


def test_a_fresh_lab_withstands_everything(lab):
    results = [result for group in groups(lab, NAME, 2) for result in run_group(group)]
    assert faults(results) == []
    ((task, *counts),) = summary(results)
    assert task == "fill_rate" and "-" not in counts


@pytest.mark.parametrize("kind", ["answers", "mutants", "unskilled", "memory"])
def test_a_judge_that_pays_everybody_is_found(lab, judged_by, kind):
    judged_by(lambda answer, instance: [answer(np.array([1, 2]), 1) for _ in "12"] and passed("ok"))
    results = tried(lab, kind, sample=5)
    assert faults(results)
    assert all(result.score == 1.0 for result in results if result.fault)


# --- A red team ---------------------------------------------------------------------------------

TABLES = """
from beside import right
import os
RIGHT = {"as asked": right}
WRONG = {"nothing": lambda *_: 0.0, "the same by another name": right}
WRONG["ends"] = lambda *_: os._exit(1)
"""


def test_a_red_teams_answers_are_judged_on_other_exams(lab, tmp_path):
    (tmp_path / "beside.py").write_text(
        "from labkit.authoring.verify.lab import notebook\n"
        "from pathlib import Path\n"
        f"right = notebook(Path({str(lab)!r}), {NAME!r}).answer('fill_rate')\n"
    )
    (tmp_path / "fill_rate.py").write_text(TABLES)
    verdicts = list(redteam.redteam(lab, NAME, tmp_path, seeds=2))
    found = {one.name: (one.scores, bool(one.surprise)) for one in verdicts}
    assert found == {
        "as asked": ((1.0, 1.0), False),
        "nothing": ((0.0, 0.0), False),
        "the same by another name": ((1.0, 1.0), True),
        "ends": ((0.0, 0.0), False),
    }
    assert redteam.tally(verdicts) == (
        "1 right, 0 refused; 3 wrong, 1 above a quarter, 1 of them full on every exam"
    )


def test_a_right_answer_that_is_refused_is_a_surprise(lab, tmp_path):
    (tmp_path / "fill_rate.py").write_text('RIGHT = {"none at all": lambda *_: None}')
    (verdict,) = redteam.redteam(lab, NAME, tmp_path, seeds=1)
    assert verdict.scores == (0.0,) and "score 0" in verdict.surprise
    assert redteam.tally([verdict]).startswith("1 right, 1 refused; 0 wrong")


@pytest.mark.parametrize(
    ("name", "text", "tasks", "words"),
    [
        ("other.py", "RIGHT = {}", (), "name a file like a task, fill_rate.py"),
        ("fill_rate.py", "ANSWERS = {}", (), "has no table RIGHT and no table WRONG"),
        ("fill_rate.py", "RIGHT = {}", ("cook",), "has no task 'cook'; it has fill_rate"),
    ],
)
def test_a_folder_without_answers_is_told_so(lab, tmp_path, name, text, tasks, words):
    (tmp_path / name).write_text(text)
    with pytest.raises(VerifyError, match=words):
        list(redteam.redteam(lab, NAME, tmp_path, seeds=1, tasks=tasks))


# --- More holes ---------------------------------------------------------------------------------


def test_a_judge_that_refuses_the_reference_on_practice_is_found(lab, judged_by):
    judged_by(lambda answer, instance: failed("no"))
    assert len(faults(tried(lab, "practice"))) == 8


def test_an_exam_in_a_hundred_that_refuses_the_reference_is_found(lab, judged_by):
    own = spec(NAME).tasks[0].judge
    exams = []

    def seldom(answer, instance):
        exams.append(instance)
        return failed("no") if len(exams) == 30 else own(answer, instance)

    judged_by(seldom)
    results = [
        result
        for group in groups(lab, NAME, 100, kinds=["reference"])
        for result in run_group(group)
    ]
    assert [result.seed for result in results if result.fault] == [29]
    assert {result.kind for result in results} == {"reference"} and len(results) == 100


def test_a_judge_that_takes_one_form_only_is_found(lab, judged_by):
    def judge(answer, instance):
        case = instance["cases"][0]
        value = answer(np.array(case["demand"]), case["stock"])
        return passed("ok") if type(value) is np.float64 else failed("no NumPy scalar")

    judged_by(judge)
    refused = " ".join(faults(tried(lab, "types")))
    assert "tensor" in refused and "Python float" in refused and "partial" not in refused


def test_an_exam_that_is_a_practice_instance_is_found(lab, monkeypatch):
    assert faults(tried(lab, "wheel")) == []
    monkeypatch.setattr(
        trials_module.Bench, "exam", lambda self, number: practice(NAME, "fill_rate")[0]
    )
    assert any("is in practice.json" in title for title in faults(tried(lab, "wheel")))


def test_cases_that_share_their_answer_are_found(lab, judged_by, monkeypatch):
    own = spec(NAME).tasks[0].judge

    def same_case_twice(answer, instance):
        return own(answer, {"cases": [instance["cases"][0]] * 2})

    judged_by(same_case_twice)
    assert any("first call" in title for title in faults(tried(lab, "memory")))


def test_a_part_that_a_guess_earns_is_found_behind_a_low_score(lab, judged_by):
    def judge(answer, instance):
        return weighted([(0.2, passed("free")), (0.8, failed("no"))], "ok")

    judged_by(judge)
    results = tried(lab, "unskilled", sample=3)
    assert all(result.score == 1.0 for result in results)


def test_an_excuse_is_taken_and_a_stale_one_is_a_fault(lab, judged_by, monkeypatch):
    judged_by(lambda answer, instance: passed("ok"))
    survivor = tried(lab, "mutants")[0].name
    own = answers(lab, NAME, "fill_rate")
    excuses = {survivor: "for this test", "operator: gone -> away": "long ago"}
    changed = dataclasses.replace(own, harmless=excuses)
    for module in ("trials", "kin_of_reference"):
        monkeypatch.setattr(
            f"labkit.authoring.verify.{module}.answers", lambda *_: changed, raising=True
        )
    results = {result.name: result for result in tried(lab, "mutants")}
    assert results[survivor].excused and not results[survivor].fault
    assert "no such mutant" in results["operator: gone -> away"].fault


def test_children_that_cannot_judge_kill_no_mutant(lab, monkeypatch):
    lost = lambda self, made, instance: iter([failed("no memory") for _ in made])  # noqa: E731
    monkeypatch.setattr(trials_module.Bench, "judge_strangers", lost)
    (result,) = tried(lab, "mutants")
    assert result.name == "nothing changed" and result.fault


def test_what_cannot_be_tried_is_said_before_anything_runs(lab):
    with pytest.raises(VerifyError, match="nothing called 'juggling'"):
        groups(lab, NAME, 1, kinds=["juggling"])
    with pytest.raises(VerifyError, match="has no task 'juggle'"):
        groups(lab, NAME, 1, tasks=["juggle"])
    with pytest.raises(VerifyError, match="There are no checks for '95_nothing'"):
        groups(lab, "95_nothing", 1)


# --- Mutants ------------------------------------------------------------------------------------

CELL = """
def best(x, limit):
    scale = 2
    ### BEGIN SOLUTION
    kept = np.sort(x[x > limit])
    if len(kept) == 0:
        return 0.0, 1e-9
    total = kept.sum(axis=0) / max(len(kept), 1)
    total = total + 1
    return total, np.quantile(kept, 0.5)
    ### END SOLUTION
"""


def test_every_rule_makes_its_mutants_and_only_between_the_marks():
    made = mutants(CELL)
    rules = {mutant.name.partition(":")[0] for mutant in made}
    assert rules >= {
        "argument order",
        "axis",
        "call dropped",
        "comparison",
        "constant",
        "function",
        "guard always",
        "guard never",
        "line left out",
        "mask dropped",
        "operator",
        "results swapped",
    }
    assert all("scale = 2" in mutant.source for mutant in made)
    assert len({mutant.name for mutant in made}) == len(made)
    assert len({mutant.source for mutant in made}) == len(made)


def test_a_mutant_keeps_its_name_when_another_line_changes():
    before = {mutant.name for mutant in mutants(CELL)}
    after = {mutant.name for mutant in mutants(CELL.replace("total + 1", "total + 3"))}
    assert len(before & after) > len(before) - 6


def test_tolerances_seeds_and_settings_of_effort_are_left_alone():
    cell = "rng = np.random.default_rng(0)\nmodel = Forest(n_estimators=50, tol=1e-4)\ny = x + 1e-9"
    assert mutants(cell) == []


# --- Children -----------------------------------------------------------------------------------


def test_a_step_that_never_ends_or_crashes_costs_the_others_nothing():
    def spin():
        for _ in itertools.count():
            pass

    steps = [lambda: 1, spin, lambda: 2, lambda: os._exit(3), lambda: 3]
    said = list(forked(steps, 0.5))
    assert said[0::2] == [1, 2, 3]
    assert isinstance(said[1], LostError) and isinstance(said[3], LostError)


def test_a_child_changes_nothing_here_and_prints_nothing(capfd):
    here = []
    assert list(forked([lambda: here.append(1) or print("loud") or len(here)], 5.0)) == [1]
    assert here == [] and capfd.readouterr().out == ""


def test_a_step_that_sleeps_is_ended_on_the_clock():
    start = time.monotonic()
    (said,) = forked([lambda: time.sleep(60)], 0.1)
    assert isinstance(said, LostError) and time.monotonic() - start < 30


# --- Guesses ------------------------------------------------------------------------------------


def rows(n):
    return Call((np.zeros((n, 3)),), np.arange(n))


def test_a_guess_has_the_shape_that_the_arguments_ask_for():
    for strategy in (constant(1, True), typical(), at_random(3)):
        value = answer_by([rows(4), rows(6)], strategy)(np.zeros((5, 3)))
        assert value.shape == (5,) and value.dtype.kind == "i"


def test_names_are_guessed_from_the_names_in_the_arguments():
    calls = [Call((["a", "b"],), ["a"]), Call((["c"],), ["c"])]
    assert answer_by(calls, constant(1, True))(["x", "y"]) == ["x", "y"]
    assert answer_by(calls, constant(0, False))(["x", "y"]) == []


def test_noise_has_the_columns_but_not_what_joins_them():
    x = np.arange(200.0).reshape(100, 2)
    mixed = noise(x, np.random.default_rng(0))
    assert (np.sort(mixed, axis=0) == x).all()
    assert (mixed[:, 1] == mixed[:, 0] + 1).mean() < 0.1


@pytest.mark.parametrize("said", ['{"rows": [{"a": 1.5}]}', b'{"rows": [{"a": 1.5}]}'])
def test_noise_has_the_letters_of_a_text_but_not_what_they_say(said):
    mixed, name, inner = noise((said, "income", [said]), np.random.default_rng(0))
    assert type(mixed) is type(said) and sorted(mixed) == sorted(said)
    assert mixed != said and inner != [said]
    assert name == "income"


# --- What ships, and forms ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "change", [lambda x: -x, lambda x: 3 * x, lambda x: x[::-1], lambda x: np.stack([x, x + 1])]
)
def test_an_array_is_found_again_up_to_order_sign_and_scale(change):
    x = np.random.default_rng(0).normal(size=20)
    shipped, exam = {}, {}
    _note(shipped, {"x": change(x)}, "stored")
    _note(exam, [x], "exam")
    assert shipped.keys() & exam.keys()


def test_grids_short_arrays_and_round_numbers_give_nothing_away():
    found = {}
    _note(found, [np.arange(50), np.array([3, 1, 2]), 0.25, 7 / 12, 1000], "exam")
    assert found == {}
    _note(found, 4044.34, "exam")
    assert found


def test_every_form_of_a_value_means_the_same():
    assert {"tensor", "series", "index", "generator", "dictionary view"} <= forms(np.ones(3)).keys()
    assert {"series", "dictionary keys"} <= forms(["a", "b"]).keys()
    assert {"named tuple", "tensor as part 0"} <= forms((1.0, ["a"])).keys()
    assert {"partial", "object with __call__"} <= forms(len).keys()
    for name, form in forms(np.array([1.0, 2.0])).items():
        if "gradient" not in name:  # torch warns of a number that forgets its gradient
            assert [float(number) for number in form(np.array([1.0, 2.0]))] == [1.0, 2.0]
