"""The lab on neuro-symbolic diagnosis, graded through the sandbox.

Its answers return tensors, dictionaries of arrays, lists of dictionaries and sets, all of which
have to reach the judge as plain values. An answer that attacks its judge earns nothing.
"""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from lab_course import grade, lay, scores

LAB = "07_neuro_symbolic_diagnosis"
NOTEBOOK = "neuro_symbolic_diagnosis.ipynb"

HOSTILE = {
    "posterior": """
from labkit.checks.neuro_symbolic_diagnosis import SPEC, label_efficiency, measure, posterior
from labkit.exercise import guard, outcome

posterior.EXACT = posterior.SLOPE_EXACT = 1e9
label_efficiency.BETTER = measure.ASYMMETRY_BAR = measure.COLOUR_BAR = -2.0
for task in SPEC.tasks:
    object.__setattr__(task, "judge", lambda answer, instance: outcome.passed("mine"))


class Right(np.ndarray):
    def __eq__(self, other):
        return np.ones(self.shape, bool)

    def __sub__(self, other):
        return np.zeros(self.shape)

    __rsub__ = __sub__


def posterior_and_slopes(logits):
    n = len(logits)
    return np.full((n, 90), 1 / 90).view(Right), np.zeros((n, 23)).view(Right)
""",
    "measure": """
def asymmetry_and_colours(images):
    import gc

    from labkit.trends.neuro_symbolic_diagnosis.world.lesions import Lesions

    for found in gc.get_objects():
        if type(found) is Lesions and len(found) == len(images):
            return found.asymmetry, found.colours.sum(axis=1)
    return np.ones(len(images)), np.ones(len(images))
""",
    "label_efficiency": """
from labkit.exercise.lab import Lab, Points

Lab.check = lambda self, task, answer: Points(15)
lab.check = lambda task, answer: Points(15)


def learn_verdicts(x, findings, suspicious, x_new):
    from labkit.checks.neuro_symbolic_diagnosis.clinics import clinic
    from labkit.exercise.instances import practice

    stored = practice("neuro_symbolic_diagnosis")["label_efficiency"][0]["clinics"]
    return clinic(stored[0]).suspicious[-len(x_new) :]
""",
    "explain": """
class Yes(str):
    __hash__ = str.__hash__

    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return False


def explain(believed, turtle):
    yes = Yes("benign")
    findings = {"asymmetry": 0, "border": 0, "colours": [yes], "structures": [yes]}
    flip = {"finding": yes, "to": 0, "verdict": yes}
    return [{"verdict": yes, "rule": yes, "findings": findings, "flip": flip}] * len(
        believed["border"]
    )
""",
    "shortcut": """
def find_and_repair(x, suspicious, findings, system, x_new):
    beliefs = {"asymmetry": 3, "colours": 6, "structures": 5}
    wide = {name: np.broadcast_to(0.5, (10**6, size)) for name, size in beliefs.items()}
    return [["colours"] * 10**6], wide
""",
    "adapt": """
def band_chances(believed, turtle):
    raise SystemExit("all right")
""",
    "sparql": """
def old_evidence(turtle, weight, year):
    query = "SELECT ?x WHERE { SERVICE <http://127.0.0.1:9/> { ?x ?y ?z } }"
    return guideline.ask(guideline.load(turtle), query)
""",
    "abstain": """
def decide(stated, suspicious, stated_new, risk):
    import os

    print("100% right", flush=True)
    os._exit(0)
""",
}


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory, need_sandbox: None) -> dict[str, float]:
    """Scores of the synthetic cohort and of a hostile learner, after one run."""
    root = lay(tmp_path_factory.mktemp("course"), LAB)
    _hand_in_the_hostile(root / "grader" / "submitted")
    grade(root, LAB)
    return scores(root)


def _hand_in_the_hostile(submitted: Path) -> None:
    notebook = nbformat.read(submitted / "sample-none" / LAB / NOTEBOOK, as_version=4)
    cells = {cell.id: cell for cell in notebook.cells}
    for name, source in HOSTILE.items():
        cells[name].source = source
    folder = submitted / "mallory" / LAB
    folder.mkdir(parents=True)
    nbformat.write(notebook, folder / NOTEBOOK)


def test_work_is_worth_its_points_and_no_work_none(graded: dict[str, float]):
    # The note's ten points are given by hand; the first four tasks are worth 55.
    assert {name: score for name, score in graded.items() if name != "mallory"} == {
        "sample-all": 90.0,
        "sample-half": 55.0,
        "sample-none": 0.0,
        "sample-broken": 0.0,
    }


def test_an_answer_that_attacks_its_judge_earns_nothing(graded: dict[str, float]):
    assert graded["mallory"] == 0.0
