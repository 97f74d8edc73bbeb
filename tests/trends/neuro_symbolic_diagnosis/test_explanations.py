"""An explanation holds, or the checker says which statement does not."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exams.neuro_symbolic_diagnosis.experiment import explain
from labkit.trends.neuro_symbolic_diagnosis import guideline
from labkit.trends.neuro_symbolic_diagnosis.explanations import (
    changed,
    check,
    concepts_of,
    findings_of,
    trace,
)
from labkit.trends.neuro_symbolic_diagnosis.world.lesions import COLOURS, STRUCTURES, draw_lesions

RULES = guideline.read(guideline.load())
# 1.3 + 0.5 + 1.5 + 1.5 = 4.8, half a tenth above the threshold of 4.75.
FACTS = {
    "asymmetry": 1,
    "border": 5,
    "colours": ["red", "light_brown", "dark_brown"],
    "structures": ["network", "homogeneous", "dots"],
}
GOOD = {
    "verdict": "suspicious",
    "rule": trace(FACTS, RULES)["rule"],
    "findings": FACTS,
    "flip": {"finding": "red", "to": 0, "verdict": "benign"},
}
SOME_FINDINGS = st.fixed_dictionaries(
    {
        "asymmetry": st.integers(0, 2),
        "border": st.integers(0, 8),
        "colours": st.sets(st.sampled_from(COLOURS), min_size=1).map(
            lambda some: [name for name in COLOURS if name in some]
        ),
        "structures": st.sets(st.sampled_from(STRUCTURES), min_size=1).map(
            lambda some: [name for name in STRUCTURES if name in some]
        ),
    }
)


def test_the_trace_adds_up_to_the_score_and_names_verdict_and_rule():
    traced = trace(FACTS, RULES)
    assert sum(points for _, points in traced["points"]) == traced["tenths"] == 48
    assert traced["verdict"] == "suspicious"


def test_the_trace_agrees_with_the_world_on_drawn_lesions():
    lesions = draw_lesions(60, seed=4)
    totals = [trace(findings_of(lesions.concepts(), row), RULES)["tenths"] for row in range(60)]
    assert totals == lesions.tenths.tolist()


def test_a_true_explanation_has_no_fault():
    assert check(GOOD, FACTS, RULES) == []


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"verdict": "benign"}, "the verdict is suspicious (4.8)"),
        ({"rule": "none"}, "the explanation cites none"),
        ({"findings": {**FACTS, "colours": ["white"]}}, "there is no white"),
        ({"findings": {"asymmetry": 2}}, "asymmetry is 1"),
        ({"flip": {"finding": "border", "to": 6, "verdict": "benign"}}, "leaves the verdict"),
        ({"flip": {"finding": "asymmetry", "to": 2, "verdict": "benign"}}, "highly_suspicious"),
        ({"flip": None}, "names none"),
    ],
)
def test_a_false_statement_is_named(change, fault):
    faults = check({**GOOD, **change}, FACTS, RULES)
    assert len(faults) == 1 and fault in faults[0]


def test_a_flip_that_takes_the_last_colour_away_is_refused():
    bare = {**FACTS, "colours": ["red"], "asymmetry": 2}
    flip = {"finding": "red", "to": 0, "verdict": "benign"}
    faults = check({**GOOD, "findings": {}, "flip": flip}, bare, RULES)
    assert any("no colour" in fault for fault in faults)


def test_leaving_a_finding_out_is_no_falsehood():
    assert check({**GOOD, "findings": {"asymmetry": 1}}, FACTS, RULES) == []


@settings(max_examples=60, deadline=None)
@given(findings=SOME_FINDINGS)
def test_the_reference_explains_every_lesion_without_a_fault(findings):
    explanation = explain(findings, RULES)
    assert check(explanation, findings, RULES) == []
    if explanation["flip"]:
        # Where a flip exists, claiming that there is none is a fault: the two ways agree.
        assert check({**explanation, "flip": None}, findings, RULES)


@given(findings=SOME_FINDINGS)
def test_findings_by_name_and_as_arrays_are_the_same(findings):
    assert findings_of(concepts_of(findings)) == findings


def test_one_finding_changes_and_the_others_stay():
    assert changed(FACTS, "red", 0)["colours"] == ["light_brown", "dark_brown"]
    assert changed(FACTS, "white", 1)["colours"][0] == "white"
    assert changed(FACTS, "border", 2) == {**FACTS, "border": 2}
    assert FACTS["colours"][0] == "red"


@pytest.mark.parametrize(("finding", "to"), [("border", 9), ("asymmetry", -1), ("pink", 1)])
def test_an_unknown_finding_or_level_is_named(finding, to):
    with pytest.raises(ValueError, match=finding):
        changed(FACTS, finding, to)


def test_a_changed_guideline_changes_verdict_and_trace():
    lenient = guideline.read(guideline.with_threshold(guideline.load(), "suspicious", 5.0))
    assert trace(FACTS, lenient)["verdict"] == "benign"
    assert np.array_equal(trace(FACTS, lenient)["tenths"], 48)
