"""Ordinary tests give the marks that stock nbgrader gives, or say that a person must look.

The corpus is graded once by both; then each answer is looked at by itself.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from honest import KINDS, Case, crossing, sides

Marks = dict[tuple[str, str, str], tuple[sides.Mark, sides.Mark]]


@pytest.fixture(scope="module")
def marks(tmp_path_factory: pytest.TempPathFactory, need_sandbox: None) -> Marks:
    """What stock nbgrader gave and what was given here, for every answer."""
    return sides.grade(tmp_path_factory.mktemp("honest"), list(KINDS))


CASES = [(kind, case) for kind, cases in KINDS.items() for case in cases]


def test_the_corpus_covers_every_kind_of_test() -> None:
    assert len(CASES) >= 150
    assert min(len(cases) for cases in KINDS.values()) >= 3


def test_the_guide_lists_what_crosses_and_every_row_is_a_case() -> None:
    guide = Path(__file__).parents[2] / "docs" / "GRADING.md"
    assert crossing.rendered() in guide.read_text(encoding="utf-8")
    known = {f"{kind}/{case.name}": case for kind, case in CASES}
    for _, how, name in crossing.TABLE:
        assert (known[name].person != "") == (how == "a person looks"), name


@pytest.mark.parametrize("who", ["right", "wrong"])
@pytest.mark.parametrize(("kind", "case"), CASES, ids=[f"{k}-{c.name}" for k, c in CASES])
def test_an_answer_gets_what_stock_nbgrader_gives_or_a_person_looks(
    marks: Marks, kind: str, case: Case, who: str
) -> None:
    stock, here = marks[kind, case.name, who]
    if kind != "proves_nothing":
        assert (stock.points == 1.0) == (who == "right")
    if case.person in (who, "both"):
        assert here == sides.Mark(0.0, person=True)
    else:
        assert here == stock
