"""Instances of lab 07 ask what they should, and hold right answers apart from known mistakes."""

from __future__ import annotations

import json

import numpy as np
import pytest

from exams.neuro_symbolic_diagnosis import TASKS, draw
from exams.neuro_symbolic_diagnosis.draw_guideline import band_chances, finding_facts, has_flip
from exams.neuro_symbolic_diagnosis.draw_logic import posterior_and_slopes
from exams.neuro_symbolic_diagnosis.draw_seen import FARTHEST, mixed_measurements
from exams.neuro_symbolic_diagnosis.logic import brute_force
from exams.neuro_symbolic_diagnosis.measurements import measure_all
from labkit.checks.neuro_symbolic_diagnosis import guideline_judges, judges, redraw
from labkit.trends.neuro_symbolic_diagnosis import guideline
from labkit.trends.neuro_symbolic_diagnosis.explanations import findings_of
from labkit.trends.neuro_symbolic_diagnosis.perception import (
    beliefs,
    concept_accuracy,
    most_likely,
)
from labkit.trends.neuro_symbolic_diagnosis.world.renderer import draw_cases

LIGHT = [task for task in TASKS if task not in ("label_efficiency", "shortcut")]
"""Tasks whose draws render and fit nothing."""


@pytest.fixture(scope="module")
def drawn():
    """One instance of every task."""
    return {task: draw(task, 2**200 + 1) for task in TASKS}


@pytest.mark.parametrize("task", TASKS)
def test_an_instance_is_plain_data(task, drawn):
    assert json.loads(json.dumps(drawn[task])) == drawn[task]


@pytest.mark.parametrize("task", LIGHT)
def test_an_instance_belongs_to_its_seed(task, drawn):
    assert draw.__wrapped__(task, 2**200 + 1) == drawn[task]
    assert draw(task, 2) != drawn[task]


def test_measured_and_mixed_lesions_belong_to_their_seed():
    one, again = (mixed_measurements(range(12), 5, np.random.default_rng(3)) for _ in range(2))
    assert one == again
    assert one != mixed_measurements(range(12), 5, np.random.default_rng(4))


def test_an_unknown_task_is_refused():
    with pytest.raises(ValueError, match="unknown task 'juggle'; this lab has posterior"):
        draw("juggle", 1)


def test_the_posterior_of_an_instance_is_that_of_every_combination(drawn):
    case = drawn["posterior"]["cases"][-1]
    one = {name: part[0].numpy() for name, part in beliefs(_tensor(case["logits"])).items()}
    np.testing.assert_allclose(case["posterior"][0], brute_force(**one), atol=1e-9)


def test_the_slopes_of_an_instance_are_those_of_small_steps(drawn):
    case = drawn["posterior"]["cases"][-1]
    logits, step = np.array(case["logits"]), 1e-5
    for column in range(logits.shape[1]):
        ends = []
        for sign in (1, -1):
            moved = logits.copy()
            moved[:, column] += sign * step
            ends.append(posterior_and_slopes(moved)[0][:, 48:].sum(axis=1))
        slope = (ends[0] - ends[1]) / (2 * step)
        np.testing.assert_allclose(slope, np.array(case["slopes"])[:, column], atol=1e-7)


def _tensor(table):
    import torch

    return torch.tensor(table, dtype=torch.float64)


def test_mixing_keeps_distances_and_hides_columns():
    case = mixed_measurements(range(60), 8, np.random.default_rng(0))
    shown, _ = redraw.measured(case)
    measured = measure_all(draw_cases(60, 8).images)
    scores = (measured - measured.mean(axis=0)) / np.maximum(measured.std(axis=0), 1e-12)
    scores = np.clip(scores, -FARTHEST, FARTHEST)
    between = [np.linalg.norm(x[:, None] - x, axis=2) for x in (shown, scores)]
    assert np.abs(between[0] - between[1]).max() < 0.5
    varies = scores[:, scores.std(axis=0) > 0]
    alike = np.abs(np.corrcoef(shown.T, varies.T)[: case["columns"], case["columns"] :])
    assert alike.max() < 0.95


def test_findings_and_rule_are_clearly_better_than_a_regression(drawn):
    instance = drawn["label_efficiency"]
    asked = max(judges.LEARNED, instance["regression"] + judges.BETTER)
    assert instance["reference"] >= asked + 0.015
    assert instance["regression"] > instance["majority"]


def test_shortcuts_know_no_more_than_the_commonest_finding_and_all_else_does(drawn):
    instance = drawn["shortcut"]
    _, lesions = redraw.measured(instance)
    described = lesions.take(slice(0, instance["described"])).concepts()
    kinds = []
    for system in instance["systems"]:
        reached = concept_accuracy(
            {name: np.array(values) for name, values in system["beliefs"].items()}, described
        )
        for name, accuracy in reached.items():
            presence = described[name].mean(axis=0)
            plain = max(np.mean(described[name] == level) for level in range(3))
            if name != "asymmetry":
                plain = np.maximum(presence, 1 - presence).mean()
            assert instance["commonest_described"][name] == pytest.approx(plain)
            assert system["right"][name] == pytest.approx(accuracy)
            assert (
                accuracy < plain - 0.03 if name in system["shortcuts"] else accuracy > plain + 0.1
            )
        kinds.append(len(system["shortcuts"]))
    assert sorted(kinds) == [1, 2]


def test_a_shortcut_may_be_right_more_often_than_not(drawn):
    right = [
        system["right"]["colours"]
        for system in drawn["shortcut"]["systems"]
        if "colours" in system["shortcuts"]
    ]
    assert min(right) > 0.6


def test_every_lesion_to_explain_has_a_single_finding_that_decides(drawn):
    for case in drawn["explain"]["cases"]:
        rule_book = guideline.read(redraw.changed_guideline(case))
        likely = most_likely(redraw.stated_beliefs(case))
        assert len(case["rows"]) == 20
        assert all(has_flip(findings_of(likely, row), rule_book) for row in range(20))


def test_the_most_probable_band_is_not_always_that_of_the_most_likely_findings(drawn):
    for case in drawn["explain"]["cases"]:
        rule_book = guideline.read(redraw.changed_guideline(case))
        believed = redraw.stated_beliefs(case)
        probable = band_chances(believed, rule_book, rule_book).argmax(axis=1)
        assert (probable != rule_book.bands(rule_book.tenths(most_likely(believed)))).sum() >= 4


def test_a_renormalised_posterior_has_no_score_without_colour_and_structure(drawn):
    case = drawn["posterior"]["cases"][-1]
    renormalised = np.array(case["renormalised"])
    np.testing.assert_allclose(renormalised.sum(axis=1), 1, atol=1e-9)
    assert np.abs(renormalised[:, :10]).max() < 1e-9 < np.min(np.array(case["posterior"])[:, 5])


def test_known_mistakes_about_a_changed_guideline_are_seen(drawn):
    names = set()
    for case in drawn["adapt"]["cases"]:
        np.testing.assert_allclose(np.sum(case["bands"], axis=1), 1, atol=1e-9)
        names |= set(case["traps"])
        for table in case["traps"].values():
            assert np.abs(np.subtract(table, case["bands"])).max() > 0.05
    assert names == set(guideline_judges.TRAPS)


def test_every_condition_of_the_query_decides_something(drawn):
    for case in drawn["sparql"]["cases"]:
        assert set(case["traps"]) == set(guideline_judges.QUERY_TRAPS)
        assert all(pairs != case["expected"] for pairs in case["traps"].values())
        facts = {tuple(fact["pair"]): fact for fact in finding_facts(case)}
        for pair in case["expected"]:
            fact = facts[tuple(pair)]
            assert max(fact["years"]) <= case["year"]
            assert fact["weight"] >= case["weight"]
            assert fact["signs"] > 0


def test_clinics_state_chances_that_are_too_sure(drawn):
    instance = drawn["abstain"]
    for case in instance["clinics"]:
        stated, suspicious = redraw.clinic(case)
        sure = np.maximum(stated, 1 - stated) > 1 - instance["risk"]
        assert np.mean((stated > 0.5)[sure] != suspicious[sure]) > 0.02
    believed, oracle = (
        np.mean([case[key] for case in instance["clinics"]]) for key in ("believed", "oracle")
    )
    assert believed > 1.2 * oracle
