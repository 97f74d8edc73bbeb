"""Copies are found, independent work is left alone, and both sides are shown as they are."""

from __future__ import annotations

import json
import random
import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogue import ROOT
from labkit.authoring.answer_texts import written_answers
from labkit.authoring.hands import disguise
from labkit.authoring.learners import answers_of_cohort, learners
from labkit.authoring.source import read_source
from labkit.cohort.fingerprints import evidence, fingerprints, tokens, weigh
from labkit.cohort.gather import gather
from labkit.cohort.similar_page import write_findings
from labkit.cohort.similarity import BAR, Base, answers_in, base_of_lab, find, likeness
from labkit.exercise import instances
from labkit.learner.variants import PRACTICE_KEY, seed
from made_course import EVIL, LAB, digest

AUTOML = "13_automl"
ANSWER = """\
def mean_cost(orders, prices):
    total = 0.0
    fixed = 3.25
    for count, price in zip(orders, prices, strict=True):
        if count > 0:  # nobody pays for nothing
            total += count * price + fixed
    return total / max(1, len(orders))
"""


def prints(text: str) -> set[int]:
    return fingerprints(tokens(text))


@pytest.mark.parametrize("number", range(8))
def test_names_comments_and_moved_lines_play_no_part(number: int):
    hidden = disguise(ANSWER, {"mean_cost"}, random.Random(number))
    assert hidden != ANSWER
    assert prints(hidden) == prints(ANSWER)


def test_another_way_to_the_same_is_another_text():
    other = (
        "import numpy as np\ndef mean_cost(orders, prices):\n    return np.mean(orders * prices)\n"
    )
    assert len(prints(other) & prints(ANSWER)) <= 1 < len(prints(ANSWER)) / 3


@settings(max_examples=30, deadline=None)
@given(st.text(max_size=200))
def test_any_text_can_be_compared(text: str):
    assert prints(text) == prints(text)


def test_what_the_lab_itself_has_tells_less_than_what_two_alone_have():
    rare, frequent = {1, 2, 3, 4}, {5, 6, 7, 8}
    answers = [rare | frequent, rare | frequent, *([frequent] * 8)]
    common, different = weigh(answers)
    assert common[0, 1] > 4 * common[2, 3] > 0
    assert different[0, 1] == 0 < different[0, 2]
    known, _ = weigh(answers, [rare])
    assert known[0, 1] < 0.7 * common[0, 1]


def test_who_wrote_nothing_is_like_nobody():
    common, different = weigh([set(), {1, 2}, set()])
    assert not common[0].any() and not different[0].any()
    shares, common, _ = likeness([{}, {}], Base())
    assert shares == {} and common.shape == (2, 2)


def test_of_a_cohort_every_copy_is_found_and_no_independent_pair():
    """One of the ten cohorts of benchmarks/grading/similarity.py, smaller."""
    solved = read_source(ROOT / "labs" / AUTOML / "automl.py")
    base = base_of_lab(ROOT, AUTOML)
    cohort = learners(60, 3)
    texts = written_answers(ROOT, AUTOML, solved)
    made = answers_of_cohort(cohort, AUTOML, texts, 3, base.names)
    works = [{f"test_{task}": a.source for task, a in made[one.name].items()} for one in cohort]
    _, common, different = likeness(works, base)
    scores = evidence(common, different)
    place = {one.name: number for number, one in enumerate(cohort)}
    alone = np.triu(np.ones_like(scores, dtype=bool), 1)
    copies = [(place[one.name], place[one.partner]) for one in cohort if one.role == "copy"]
    for one in cohort:
        if one.partner:
            alone[tuple(sorted((place[one.name], place[one.partner])))] = False
    assert copies and all(scores[pair] >= BAR for pair in copies)
    assert scores[alone].max() < BAR


def notebook(path: Path, answers: dict[str, str]) -> None:
    cells = []
    for task, text in answers.items():
        own = {"nbgrader": {"grade_id": task, "solution": True, "grade": False, "locked": False}}
        test = {"grade_id": f"test_{task}", "grade": True, "solution": False, "locked": True}
        cells += [
            {"cell_type": "code", "source": text, "metadata": own, "outputs": []},
            {"cell_type": "code", "source": "check()", "metadata": {"nbgrader": test},
             "outputs": []},
        ]  # fmt: skip
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"cells": cells, "metadata": {}}), encoding="utf-8")


def test_both_sides_of_a_pair_are_shown_and_what_was_typed_stays_text(course: Path, tmp_path: Path):
    root = tmp_path / "course"
    shutil.copytree(course, root)
    rng = random.Random(1)
    texts = {f"t{n}": f"{ANSWER.replace('3.25', str(n))}\nx = {EVIL!r}, ({n})\n" for n in range(9)}
    hidden = {task: disguise(text, {"mean_cost"}, rng) for task, text in texts.items()}
    for name, answers in (("ada", texts), ("bob", hidden), ("cyd", {"t1": "y = 1"})):
        notebook(root / "autograded" / name / LAB / "lab.ipynb", answers)
    before = digest(root / "gradebook.db")
    cohort = gather(root)
    findings = find(root, cohort)
    assert [pair.learners for pair in findings.pairs] == [("ada", "bob")]
    page, *_ = write_findings(cohort, findings, tmp_path / "out")
    text = page.read_text(encoding="utf-8")
    assert "ada, t1" in text and "bob, t1" in text and "no proof" in text
    assert text.count("<script>") == 1 and "<img" not in text
    assert digest(root / "gradebook.db") == before


def test_a_notebook_that_cannot_be_read_holds_no_answers(tmp_path: Path):
    for number, content in enumerate(("", "[]", '{"cells": 1}', '{"cells": [{}]}', "\udcff")):
        (tmp_path / f"{number}.ipynb").write_text(content, errors="surrogateescape")
    assert answers_in(tmp_path) == {}


def test_a_number_of_another_learners_instance_is_found_and_the_own_one_is_not():
    from labkit.authoring.instance_numbers import telling_numbers
    from labkit.cohort.similarity import _of, _practised

    lab = AUTOML
    found = {task: telling_numbers(one) for task, one in instances.practice("automl").items()}
    task, sets = next((task, sets) for task, sets in found.items() if all(sets))
    names = [f"l{number}" for number in range(20)]
    variant = {name: seed(PRACTICE_KEY, name, lab, task) % len(sets) for name in names}
    first = names[0]
    other = next(name for name in names if variant[name] != variant[first])
    mine, theirs = (min(sets[variant[name]]) for name in (first, other))
    written = [{} for _ in names]
    written[0] = {f"test_{task}": _of(f"x = {theirs!r}  # and {mine!r}\ny = {mine!r}")}
    (found,) = _practised(lab, names, written, Base())
    assert (found.learner, found.numbers, other in found.whose) == (first, (theirs,), True)
    written[0] = {f"test_{task}": _of(f"y = {mine!r}")}
    assert list(_practised(lab, names, written, Base())) == []
