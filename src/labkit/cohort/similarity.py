"""Which work in a cohort is more alike than independent work is, and whose numbers stand in it.

The report shows both sides and accuses nobody. It reads graded notebooks, in which a learner's text
is in its place, and the gradebook; both stay as they are. How texts are compared is the business of
`labkit.cohort.fingerprints`, how the findings look that of `labkit.cohort.similar_page`.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from nbformat import NotebookNode
from numpy.typing import NDArray

from labkit import code
from labkit.authoring.answer_texts import written_answers
from labkit.authoring.instance_numbers import telling_numbers
from labkit.authoring.release import release_notebook
from labkit.authoring.source import header_of, read_source
from labkit.cohort.fingerprints import TOKEN, evidence, fingerprints, tokens, weigh
from labkit.cohort.gather import Cohort
from labkit.exercise import instances
from labkit.grading import drawn
from labkit.grading.engine import load_app
from labkit.grading.lab_parts import slug_of
from labkit.grading.receipts import receipts_path
from labkit.learner.variants import PRACTICE_KEY, seed

BAR = 27.0
"""Evidence from which a pair is shown. In twenty made-up classes (benchmarks/grading/similarity.py)
223,380 independent pairs have at most 19.2, sixty copies 33.5 or more."""
LARGEST = 20_000
"""Characters of an answer that are compared and shown."""


@dataclass(frozen=True)
class Base:
    """What everybody has who works on a lab.

    Attributes:
        given: fingerprints of the notebook's own code.
        own: fingerprints of the lab's own answers, by test.
        names: that the notebook imports.
        numbers: that stand in the notebook's own code or in the lab's own answers.
    """

    given: set[int] = field(default_factory=set)
    own: Mapping[str, Sequence[set[int]]] = field(default_factory=dict)
    names: frozenset[str] = frozenset()
    numbers: frozenset[float] = frozenset()


@dataclass(frozen=True)
class Pair:
    """Two learners whose work in a lab is more alike than the bar, with the share by test."""

    lab: str
    learners: tuple[str, str]
    score: float
    shares: Mapping[str, float]


@dataclass(frozen=True)
class Number:
    """Numbers in an answer that stand in another learner's instance and not in the own.

    `whose` names the learners of the cohort who have that instance; `kind` is practice or exam.
    """

    lab: str
    test: str
    learner: str
    numbers: tuple[float, ...]
    whose: tuple[str, ...]
    kind: str


@dataclass(frozen=True)
class Findings:
    """What was found, and the answers that are shown with it, by lab, learner and test."""

    pairs: tuple[Pair, ...]
    numbers: tuple[Number, ...]
    works: Mapping[tuple[str, str], Mapping[str, str]]


def find(root: Path, cohort: Cohort) -> Findings:
    """Look for work that is alike in the course at `root`.

    Where the course has exams, numbers of instances that were drawn for others are looked for too.
    """
    course = load_app(root, "").coursedir
    secret = receipts_path(course.db_url, course.root).parent

    def folder(learner: str, lab: str) -> Path:
        place = course.format_path(course.autograded_directory, learner, lab)
        return Path(course.root, place)

    pairs: list[Pair] = []
    numbers: list[Number] = []
    works: dict[tuple[str, str], Mapping[str, str]] = {}
    for lab in cohort.labs:
        names = [one.id for one in cohort.learners if (one.id, lab.name) in cohort.works]
        found = [answers_in(folder(name, lab.name)) for name in names]
        base = base_of_lab(root, lab.name)
        works |= {(lab.name, name): one for name, one in zip(names, found, strict=True)}
        pairs += _pairs(lab.name, names, found, base)
        written = [{test: _of(text) for test, text in work.items()} for work in found]
        numbers += _practised(lab.name, names, written, base)
        numbers += _examined(lab.name, names, written, base, secret)
    return Findings(tuple(sorted(pairs, key=lambda one: -one.score)), tuple(numbers), works)


def likeness(
    works: Sequence[Mapping[str, str]], base: Base
) -> tuple[dict[str, NDArray[np.float64]], NDArray[np.float64], NDArray[np.float64]]:
    """Compare the work of n learners, each a text by test.

    Returns:
        By test the share of what two have in common of all that they have, and what they have in
        common and in what they differ over all tests, each of shape (n, n).
    """
    tests = sorted({test for work in works for test in work})
    common = different = np.zeros((len(works), len(works)))
    shares = {}
    for test in tests:
        prints = [
            fingerprints(tokens(work.get(test, "")[:LARGEST], base.names)) - base.given
            for work in works
        ]
        alike, apart = weigh(prints, base.own.get(test, ()))
        common, different = common + alike, different + apart
        whole = alike + apart
        shares[test] = np.divide(alike, whole, out=np.zeros_like(alike), where=whole > 0)
    return shares, common, different


def answers_in(folder: Path) -> dict[str, str]:
    """Return a learner's answers out of graded notebooks: by test, the text of the cells before it.

    Cells of the learner's own count as the answer that comes next.
    """
    found: dict[str, str] = {}
    for path in sorted(folder.glob("*.ipynb")):
        with contextlib.suppress(OSError, ValueError, LookupError, TypeError, AttributeError):
            found |= _answers(json.loads(path.read_text(encoding="utf-8"))["cells"])
    return found


def _answers(cells: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    waiting: list[str] = []
    for cell in cells:
        marks = cell["metadata"].get("nbgrader", {})
        if cell["cell_type"] != "code" or (marks.get("locked") and not marks.get("grade")):
            continue
        if marks.get("grade") and not marks.get("solution"):
            yield str(marks["grade_id"]), "\n\n".join(waiting)
            waiting = []
        else:
            waiting.append("".join(cell["source"]))


def base_of_lab(root: Path, lab: str) -> Base:
    """Read what everybody has, from the lab's source; an empty base where there is none."""
    source = root / "labs" / lab / f"{lab.partition('_')[2]}.py"
    if not source.is_file():
        return Base()
    solved = read_source(source)
    given = [cell.source for cell in release_notebook(solved).cells if _is_given(cell)]
    names = frozenset(
        name for text in given for _, bound in code.imports(code.cell(text)) for name in bound
    )
    own = written_answers(root, lab, solved)
    prints = {
        f"test_{task}": [fingerprints(tokens(one.source, names)) for one in found]
        for task, found in own.items()
    }
    texts = [*given, *(one.source for found in own.values() for one in found)]
    common = set().union(*(fingerprints(tokens(text, names)) for text in given))
    return Base(common, prints, names, frozenset(number for text in texts for number in _of(text)))


def _is_given(cell: NotebookNode) -> bool:
    return bool(cell.cell_type == "code" and header_of(cell).role != "test")


def _pairs(
    lab: str, names: Sequence[str], works: Sequence[Mapping[str, str]], base: Base
) -> Iterator[Pair]:
    if len(names) < 2:
        return
    shares, common, different = likeness(works, base)
    scores = evidence(common, different)
    for one, other in zip(*np.nonzero(np.triu(scores >= BAR, 1)), strict=True):
        by_test = {test: float(share[one, other]) for test, share in shares.items()}
        yield Pair(lab, (names[one], names[other]), float(scores[one, other]), by_test)


def _practised(
    lab: str, names: Sequence[str], written: Sequence[Mapping[str, set[float]]], base: Base
) -> Iterator[Number]:
    """Find numbers of a practice instance that somebody else has.

    `written` are the numbers in the work of each learner, by test.
    """
    if not slug_of(lab):
        return
    try:
        variants = instances.practice(slug_of(lab))
    except (ImportError, OSError, ValueError):
        return
    for task, drawn_here in variants.items():
        sets = _telling(drawn_here, base)
        own = {name: seed(PRACTICE_KEY, name, lab, task) % len(sets) for name in names}
        for name, work in zip(names, written, strict=True):
            for variant, numbers in enumerate(sets):
                found = tuple(sorted(work.get(f"test_{task}", set()) & numbers))
                if variant != own[name] and found:
                    whose = tuple(other for other in names if own[other] == variant)
                    yield Number(lab, f"test_{task}", name, found, whose, "practice")


def _examined(
    lab: str,
    names: Sequence[str],
    written: Sequence[Mapping[str, set[float]]],
    base: Base,
    secret: Path,
) -> Iterator[Number]:
    """Find numbers of an exam's instance that was drawn for somebody else."""
    for name, of_other in _drawn(secret, lab, names) if slug_of(lab) else ():
        for task, numbers in zip(of_other, _telling(of_other.values(), base), strict=True):
            for other, work in zip(names, written, strict=True):
                found = work.get(f"test_{task}", set()) & numbers
                if found and other != name:
                    test = f"test_{task}"
                    yield Number(lab, test, other, tuple(sorted(found)), (name,), "exam")


def _drawn(secret: Path, lab: str, names: Sequence[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield learners with the instances that were drawn for them, by task."""
    slug = slug_of(lab)
    try:
        key = bytes.fromhex((secret / "course.key").read_text(encoding="ascii"))
    except (OSError, ValueError):
        return
    store = secret / drawn.FOLDER
    for digest in sorted(path.name for path in (store / slug).glob("*")):
        for name in names:
            kept = drawn.load(store, lab, digest, name, key)
            yield name, {place.split("/")[1]: json.loads(text) for place, text in kept.items()}


def _telling(found: Iterable[Any], base: Base) -> list[set[float]]:
    """Return the numbers of each instance that no other has, and nothing that everybody has."""
    return [numbers - base.numbers for numbers in telling_numbers(found)]


def _of(text: str) -> set[float]:
    """Return the numbers that are written in a text."""
    found = set()
    for match in TOKEN.finditer(text[:LARGEST]):
        if match.lastgroup == "number":
            with contextlib.suppress(ValueError):
                found.add(float(match.group().replace("_", "")))
    return found
