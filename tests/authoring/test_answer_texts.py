"""Made-up learners hand in text of their own that still computes what its answer computed."""

from __future__ import annotations

import random
from pathlib import Path

import nbformat
import pytest

from catalogue import ROOT
from labkit.authoring.answer_texts import written_answers
from labkit.authoring.cohort import write_learners
from labkit.authoring.hands import Hand, disguise
from labkit.authoring.learners import answers_of_cohort, learners
from labkit.authoring.source import read_source
from labkit.authoring.verify.lab import notebook, spec
from labkit.exercise.instances import practice
from labkit.exercise.task import judge

LAB, SLUG = "08_rl_supply_chain", "rl_supply_chain"
ASKED = {"newsvendor": "newsvendor_quantity"}


@pytest.fixture(scope="module")
def texts():
    return written_answers(ROOT, LAB, read_source(ROOT / "labs" / LAB / f"{SLUG}.py"))


def score(task: str, source: str) -> float:
    names = dict(notebook(ROOT, LAB, solved=False).names)
    exec(source, names)
    answer = names[ASKED[task]]
    return judge(spec(LAB).task(task), answer, practice(SLUG)[task][0]).score


def test_an_answer_written_in_another_hand_computes_the_same(texts):
    task = "newsvendor"
    sources = {one.name: one.source for one in texts[task] if one.right}
    assert len(sources) >= 3
    for number, name in enumerate(sorted(sources)[:3]):
        rng = random.Random(number)
        written = Hand(rng).write(sources[name], {ASKED[task], "np", "distributions", "metrics"})
        hidden = disguise(written, {ASKED[task], "np", "distributions", "metrics"}, rng)
        assert len({sources[name], written, hidden}) == 3
        assert score(task, written) == score(task, hidden) == 1.0, name


def test_a_typical_mistake_stays_one(texts):
    wrong = [one for one in texts["newsvendor"] if not one.right]
    assert len(wrong) >= 5
    for one in wrong[:3]:
        source = Hand(random.Random(5)).write(one.source, {ASKED["newsvendor"], "np"})
        assert score("newsvendor", source) <= 0.25, one.name


def test_a_cohort_is_the_same_for_its_seed_and_has_every_kind_of_learner(texts):
    cohort = learners(30, 4)
    assert cohort == learners(30, 4) != learners(30, 5)
    assert {one.role for one in cohort} == {"alone", "together", "copy", "hostile"}
    made = answers_of_cohort(cohort, LAB, texts, 4)
    assert made == answers_of_cohort(cohort, LAB, texts, 4)
    names = {answer.name for work in made.values() for answer in work.values()}
    assert {"reference", "unfinished", "attack"} <= names
    assert any(len(work) < len(texts) for work in made.values())
    assert len({w["newsvendor"].source for w in made.values() if "newsvendor" in w}) > 20


def test_who_is_skilled_is_right_more_often(texts):
    cohort = [one for one in learners(50, 6) if one.role == "alone"]
    made = answers_of_cohort(cohort, LAB, texts, 6)
    right = {one.name for found in texts.values() for one in found if one.right}

    def share(chosen):
        answers = [a for one in chosen for a in made[one.name].values() if a.name != "unfinished"]
        return sum(answer.name in right for answer in answers) / len(answers)

    assert share([one for one in cohort if one.skill > 0.5]) > 0.3 + share(
        [one for one in cohort if one.skill < -0.5]
    )


def test_a_cohort_is_handed_in_as_notebooks_of_the_lab(tmp_path: Path):
    from datetime import UTC, datetime

    for part in ("labs", "tests"):
        (tmp_path / part).symlink_to(ROOT / part)
    due = datetime(2026, 3, 1, tzinfo=UTC)
    lines, times = write_learners(tmp_path, LAB, 12, 1, due)
    assert len(lines) == len(times) <= 12
    place = tmp_path / "grader" / "submitted"
    for folder in place.glob(f"*/{LAB}"):
        assert (folder / ".sample").is_file()
        cells = nbformat.read(folder / f"{SLUG}.ipynb", 4).cells
        assert "newsvendor" in {cell.id for cell in cells}
    whole = "".join(path.read_text(encoding="utf-8") for path in place.rglob("*.ipynb"))
    assert "checked_with = " in whole and "<script>alert(1)</script>" in whole


def test_without_answers_of_the_authors_there_are_references(tmp_path: Path):
    solved = read_source(ROOT / "labs" / LAB / f"{SLUG}.py")
    found = written_answers(tmp_path, LAB, solved)
    assert all([one.name for one in answers] == ["reference"] for answers in found.values())
