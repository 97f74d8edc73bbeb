"""A record says what was proven, and when it no longer fits; a contract holds a module together."""

from __future__ import annotations

import json

import pytest

from labkit.authoring.catalog import load_catalog
from labkit.authoring.contract import lint_contracts
from labkit.authoring.cost import Cost, figures, measure, over_budget
from labkit.authoring.verify import groups, proof, run_group
from probe import NAME, SLUG, fresh_lab

CHEAP = {"draw": 0.1, "reference": 2, "judge": 1, "untouched": 0.4, "memory": 300}


@pytest.fixture
def lab(tmp_path):
    with fresh_lab(tmp_path / "fresh") as root:
        yield root


def edit(path, before, after):
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")


def recorded(root, seeds=20, cost=CHEAP):
    results = [r for g in groups(root, NAME, 1, kinds=["answers"]) for r in run_group(g)]
    return proof.write(root, NAME, seeds, results, [Cost("fill_rate", **cost)])


def test_a_lab_without_a_record_and_one_that_fits_have_no_fault(lab):
    assert proof.faults(lab, NAME) == []
    path = recorded(lab)
    assert proof.faults(lab, NAME) == []
    record = json.loads(path.read_text(encoding="utf-8"))
    assert record["fill_rate"]["shown"]["reference"] == "1/1"
    assert record["fill_rate"]["shown"]["wrong killed"] == "5/5"


@pytest.mark.parametrize(
    ("room", "path", "before", "after"),
    [
        ("checks", f"src/labkit/checks/{SLUG}/fill_rate.py", "1e-6", "1e-2"),
        ("world", f"src/labkit/trends/{SLUG}/world.py", "= 20", "= 21"),
        ("exams", f"grader/exams/{SLUG}/fill_rate.py", "DAYS = 12", "DAYS = 13"),
        ("answers", f"tests/labs/{NAME}/fill_rate.py", "unit by unit", "one by one"),
        ("notebook", f"labs/{NAME}/{SLUG}.py", "return served_units", "return 1.0 * served_units"),
    ],
)
def test_a_record_is_stale_when_a_room_changed_and_says_which(lab, room, path, before, after):
    recorded(lab)
    edit(lab / path, before, after)
    (fault,) = proof.faults(lab, NAME)
    assert fault == f"The proof of fill_rate is older than its {room}."
    assert any("labkit verify" in str(problem) for problem in lint_contracts(lab))


def test_proofs_of_tasks_stand_side_by_side_and_one_that_is_no_task_is_named(lab):
    path = recorded(lab)
    record = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(record | {"gone": record["fill_rate"]}), encoding="utf-8")
    assert proof.faults(lab, NAME) == ["It has a proof of gone, which is no task."]
    recorded(lab)
    assert proof.faults(lab, NAME) == []


def test_a_proof_depends_on_what_its_own_files_import_and_not_on_the_others(lab):
    before = proof.digests(lab, NAME, "fill_rate")
    folder = lab / "grader" / "exams" / SLUG
    (folder / "other_task.py").write_text("A = 1\n", encoding="utf-8")
    assert proof.digests(lab, NAME, "fill_rate") == before
    edit(
        folder / "fill_rate.py",
        "import numpy",
        f"from exams.{SLUG} import other_task\nimport numpy",
    )
    imported = proof.digests(lab, NAME, "fill_rate")
    (folder / "other_task.py").write_text("A = 2\n", encoding="utf-8")
    changed = proof.digests(lab, NAME, "fill_rate")
    assert {room for room in before if imported[room] != changed[room]} == {"exams"}


@pytest.mark.parametrize(
    ("line", "reached"),
    [
        (f"from labkit.trends.{SLUG} import other_task", False),
        (f"from labkit.checks.{SLUG} import other_task", False),
        (f"from exams.{SLUG}.other_task import A", True),
        (f"import exams.{SLUG}.other_task", True),
        ("from . import other_task", True),
        ("from .other_task import A", True),
    ],
)
def test_a_file_of_the_same_name_in_another_room_is_none_that_a_proof_depends_on(
    lab, line, reached
):
    folder = lab / "grader" / "exams" / SLUG
    edit(folder / "fill_rate.py", "import numpy", f"{line}\nimport numpy")
    (folder / "other_task.py").write_text("A = 1\n", encoding="utf-8")
    before = proof.digests(lab, NAME, "fill_rate")
    (folder / "other_task.py").write_text("A = 2\n", encoding="utf-8")
    assert (proof.digests(lab, NAME, "fill_rate") != before) == reached


def test_words_and_pictures_leave_a_record_as_it_is(lab):
    recorded(lab)
    edit(lab / f"labs/{NAME}/{SLUG}.py", "Write three sentences", "Write four sentences")
    edit(lab / f"src/labkit/trends/{SLUG}/plots.py", "height=4.2", "height=4.4")
    assert proof.faults(lab, NAME) == []


def test_a_proof_on_few_seeds_or_of_an_expensive_lab_is_refused(lab):
    recorded(lab, seeds=3)
    assert "has 3 seeds; 20 are needed" in proof.faults(lab, NAME)[0]
    recorded(lab, cost=CHEAP | {"untouched": 2.4})
    assert "2.5 s of CPU to grade an untouched submission" in proof.faults(lab, NAME)[0]


def test_the_cost_of_a_fresh_lab_is_far_below_its_budget(lab):
    costs = list(measure(lab, NAME))
    assert [cost.task for cost in costs] == ["fill_rate"]
    total = figures(costs)
    # Both are a few milliseconds: which of them is measured as more, is chance.
    assert 0 <= total["untouched"] < 1 and 0 <= total["solved"] < 1 and total["memory"] > 10
    assert over_budget(total) == []


def test_a_fresh_lab_keeps_the_contract(lab):
    assert [module.name for module in load_catalog(lab).modules if module.available] == [NAME]
    assert lint_contracts(lab) == []


@pytest.mark.parametrize(
    ("path", "before", "after", "said"),
    [
        (f"labs/{NAME}/{SLUG}.py", "points=10", "points=12", "fill_rate (12)"),
        (f"labs/{NAME}/{SLUG}.py", "edition=1", "edition=2", "open_lab(edition=1)"),
        (f"course/{NAME}/lesson.py", 'lab.quiz("busy_days")', "", "differ in busy_days"),
        (f"tests/labs/{NAME}/fill_rate.py", "RIGHT = ", "LEFT = ", "no table RIGHT"),
        (f"tests/course/{NAME}.py", "HELD = ", "HELL = ", "It has no HELD"),
        (f"grader/exams/{SLUG}/fill_rate.py", "def draw(", "def drew(", "There is no draw(rng)"),
        (
            f"src/labkit/checks/{SLUG}/practice.json",
            '"share lost"',
            '"share found"',
            "no words for the trap 'share found'",
        ),
        (f"src/labkit/checks/{SLUG}/practice.json", "fill_rate", "rate", "It has instances of"),
    ],
)
def test_what_breaks_the_contract_is_named(lab, path, before, after, said):
    edit(lab / path, before, after)
    problems = [str(problem) for problem in lint_contracts(lab)]
    assert any(said in problem for problem in problems), problems


def test_a_module_that_brings_no_lesson_data_is_told_which_file(lab):
    (lab / "tests" / "pictures" / f"{NAME}.py").unlink()
    (problem,) = lint_contracts(lab)
    assert str(problem).endswith("It is missing. It holds PLOTS, EXPLORERS.")
