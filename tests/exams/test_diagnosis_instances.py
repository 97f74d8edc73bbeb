"""Instances of lab 07 ask what they should, and hold right answers apart from known mistakes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from exams.neuro_symbolic_diagnosis import explain, posterior, shortcut, sparql
from exams.neuro_symbolic_diagnosis.guidelines import band_chances
from exams.neuro_symbolic_diagnosis.logic import brute_force
from labkit.checks.neuro_symbolic_diagnosis import SPEC, abstain, adapt, redraw
from labkit.checks.neuro_symbolic_diagnosis import label_efficiency as learned
from labkit.checks.neuro_symbolic_diagnosis import sparql as asked
from labkit.checks.neuro_symbolic_diagnosis.clinics import clinic
from labkit.exercise.instances import draw, practice
from labkit.trends.neuro_symbolic_diagnosis import guideline
from labkit.trends.neuro_symbolic_diagnosis.explanations import (
    KINDS,
    LEVELS,
    changed,
    findings_of,
    trace,
)
from labkit.trends.neuro_symbolic_diagnosis.perception import (
    beliefs,
    concept_accuracy,
    most_likely,
)
from labkit.trends.neuro_symbolic_diagnosis.world.scores import band_of, tds_tenths

GRADER = Path(__file__).resolve().parents[2] / "grader"
TASKS = [task.name for task in SPEC.tasks]


def _draw(task, seed):
    return draw(GRADER, SPEC.slug, task, seed)


@pytest.fixture(scope="module")
def drawn():
    """One instance of every task."""
    return {task: _draw(task, 2**200 + 1) for task in TASKS}


@pytest.mark.parametrize("task", TASKS)
def test_no_practice_instance_is_an_exam(task, drawn):
    assert drawn[task] not in practice(SPEC.slug)[task]


# --- posterior ------------------------------------------------------------------------------------


def test_the_posterior_of_an_instance_is_that_of_every_combination(drawn):
    case = drawn["posterior"]["cases"][-1]
    logits = torch.tensor(case["logits"], dtype=torch.float64)
    one = {name: part[0].numpy() for name, part in beliefs(logits).items()}
    np.testing.assert_allclose(case["posterior"][0], brute_force(**one), atol=1e-9)


def test_the_slopes_of_an_instance_are_those_of_small_steps(drawn):
    case = drawn["posterior"]["cases"][-1]
    logits, step = np.array(case["logits"]), 1e-5
    for column in range(logits.shape[1]):
        ends = []
        for sign in (1, -1):
            moved = logits.copy()
            moved[:, column] += sign * step
            ends.append(posterior.posterior_and_slopes(moved)[0][:, 48:].sum(axis=1))
        slope = (ends[0] - ends[1]) / (2 * step)
        np.testing.assert_allclose(slope, np.array(case["slopes"])[:, column], atol=1e-7)


def test_a_renormalised_posterior_has_no_score_without_colour_and_structure(drawn):
    case = drawn["posterior"]["cases"][-1]
    renormalised = np.array(case["traps"]["renormalised"])
    np.testing.assert_allclose(renormalised.sum(axis=1), 1, atol=1e-9)
    assert np.abs(renormalised[:, :10]).max() < 1e-9 < np.min(np.array(case["posterior"])[:, 5])


def test_some_beliefs_are_certain_in_double_precision(drawn):
    logits = np.array(drawn["posterior"]["cases"][0]["logits"])
    certain = 1 / (1 + np.exp(-logits)) == 1
    assert certain.any(axis=1).all()


# --- measure --------------------------------------------------------------------------------------


def test_lesions_without_any_axis_are_rare_in_pictures(drawn):
    for case in drawn["measure"]["cases"]:
        images, lesions = redraw.pictures(case)
        assert 270 < len(images) == len(lesions) < 330
        shares = np.bincount(lesions.asymmetry) / len(lesions)
        assert 0.1 < shares[2] < 0.27 < shares[:2].min()


# --- clinics to learn in --------------------------------------------------------------------------


def _clinics(drawn):
    return [*drawn["label_efficiency"]["clinics"], *drawn["shortcut"]["cases"]]


def test_a_clinic_belongs_to_its_case_and_shares_nothing_with_another(drawn):
    cases = _clinics(drawn)
    assert len({case["seed"] for case in cases}) == len(cases)
    one, again, other = clinic(cases[0]), clinic(cases[0]), clinic(cases[1])
    np.testing.assert_array_equal(one.x, again.x)
    assert one.x.shape[1] != other.x.shape[1] or not np.allclose(one.x, other.x)


def test_measurements_are_standard_scores_and_every_finding_occurs(drawn):
    for case in _clinics(drawn):
        measured = clinic(case)
        assert measured.x.shape == (case["lesions"], case["columns"])
        np.testing.assert_allclose(measured.x.mean(axis=0), 0, atol=1e-9)
        np.testing.assert_allclose(measured.x.std(axis=0), 1)
        concepts = measured.concepts
        assert set(np.unique(concepts["asymmetry"])) == {0, 1, 2}
        assert concepts["border"].min() >= 0 and concepts["border"].max() <= 8
        for kind in ("colours", "structures"):
            assert (concepts[kind].sum(axis=1) >= 1).all()
        tenths = tds_tenths(**concepts)
        np.testing.assert_array_equal(measured.suspicious, band_of(tenths) > 0)


def test_a_regression_beats_the_commoner_verdict_and_leaves_room(drawn):
    instance = drawn["label_efficiency"]
    assert instance["majority"] + 0.1 < instance["regression"] < 0.93 - learned.BETTER


# --- shortcut -------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(5))
def test_systems_have_none_or_all_one_two_and_other_shortcuts(seed):
    sets = [tuple(case["shortcuts"]) for case in _draw("shortcut", seed)["cases"]]
    assert len(set(sets)) == 4
    sizes = {len(names) for names in sets}
    assert {1, 2} <= sizes and sizes & {0, 3}


def test_shortcuts_know_no_more_than_the_commonest_finding_and_all_else_does(drawn):
    for case in drawn["shortcut"]["cases"]:
        described = clinic(case).take(slice(case["described"]))
        stated = {name: np.array(values) for name, values in case["beliefs"].items()}
        for name, accuracy in concept_accuracy(stated, described.concepts).items():
            truth = described.concepts[name]
            plain = np.mean([max(np.mean(column == k) for k in range(3)) for column in truth.T])
            if name == "asymmetry":
                plain = (np.bincount(truth) / len(truth)).max()
            assert case["commonest_described"][name] == pytest.approx(plain)
            assert case["right"][name] == pytest.approx(accuracy)
            if name in case["shortcuts"]:
                assert accuracy < plain - shortcut.BELOW
            else:
                assert accuracy > plain + shortcut.ABOVE


def test_the_verdicts_of_a_system_with_shortcuts_are_good(drawn):
    for case in drawn["shortcut"]["cases"]:
        described = clinic(case).take(slice(case["described"]))
        stated = {name: np.array(values) for name, values in case["beliefs"].items()}
        said = band_of(tds_tenths(**{**described.concepts, **most_likely(stated)})) > 0
        assert np.mean(said == described.suspicious) >= shortcut.GOOD_VERDICTS


@pytest.mark.parametrize("seed", range(5))
def test_no_fixed_share_of_right_findings_tells_shortcuts_even_of_one_criterion(seed):
    cases, told = _draw("shortcut", seed)["cases"], 0
    for name in shortcut.SHORTCUTS:
        shares = {True: [], False: []}
        for case in cases:
            shares[name in case["shortcuts"]].append(case["right"][name])
        if all(shares.values()):
            assert max(shares[True]) > min(shares[False]) + shortcut.OVERLAP
            told += 1
    assert told >= 2


@pytest.mark.parametrize("seed", range(5))
def test_no_limit_of_certainty_or_of_overconfidence_tells_shortcuts(seed):
    surer, calmer = [], []
    cases = _draw("shortcut", seed)["cases"]
    for name in shortcut.SHORTCUTS:
        told = {True: [], False: []}
        for case in cases:
            chances = np.array(case["beliefs"][name])
            sure = chances if name == "asymmetry" else np.maximum(chances, 1 - chances)
            mean = sure.max(axis=1).mean() if name == "asymmetry" else sure.mean()
            told[name in case["shortcuts"]].append((mean, mean - case["right"][name]))
        if all(told.values()):
            surer.append(max(told[True])[0] > min(told[False])[0])
            over = {is_one: [o for _, o in pairs] for is_one, pairs in told.items()}
            calmer.append(min(over[True]) < max(over[False]))
    assert any(surer) and any(calmer)


# --- explain and adapt ----------------------------------------------------------------------------


def _flips(facts, rule_book):
    """Changes that turn the verdict: those that leave a colour and a structure, and the others."""
    before = trace(facts, rule_book)["verdict"]
    tries = [(name, to) for name, highest in LEVELS.items() for to in range(highest + 1)]
    tries += [(name, to) for names in KINDS.values() for name in names for to in (0, 1)]
    valid, others = [], []
    for finding, to in tries:
        after = changed(facts, finding, to)
        if trace(after, rule_book)["verdict"] != before:
            whole = after["colours"] and after["structures"]
            (valid if whole else others).append(finding)
    return valid, others


@pytest.mark.parametrize("seed", range(3))
def test_every_lesion_to_explain_has_a_flip_and_some_hide_it(seed):
    tempted = []
    for case in _draw("explain", seed)["cases"]:
        rule_book = guideline.read(redraw.changed_guideline(case))
        likely = most_likely(redraw.stated_beliefs(case))
        assert len(case["rows"]) == explain.LESIONS
        flips = [_flips(findings_of(likely, row), rule_book) for row in range(explain.LESIONS)]
        assert all(valid for valid, _ in flips)
        # No level turns the verdict, so the search comes to colours and structures.
        hidden = [not set(valid) & set(LEVELS) and others for valid, others in flips]
        tempted.append(sum(map(bool, hidden)))
    assert tempted[0] >= 2 * explain.TEMPTING and tempted[1] >= explain.TEMPTING


def test_the_most_probable_band_is_not_always_that_of_the_most_likely_findings(drawn):
    for case in drawn["explain"]["cases"]:
        rule_book = guideline.read(redraw.changed_guideline(case))
        believed = redraw.stated_beliefs(case)
        probable = band_chances(believed, rule_book, rule_book).argmax(axis=1)
        likely = rule_book.bands(rule_book.tenths(most_likely(believed)))
        assert (probable != likely).sum() >= explain.UNSETTLED


@pytest.mark.parametrize("seed", range(5))
def test_known_mistakes_about_a_changed_guideline_are_seen(seed):
    for case in _draw("adapt", seed)["cases"]:
        np.testing.assert_allclose(np.sum(case["bands"], axis=1), 1, atol=1e-9)
        assert set(case["traps"]) == set(adapt.TRAPS)
        for table in case["traps"].values():
            assert np.abs(np.subtract(table, case["bands"])).max() > 0.05


# --- sparql ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(3))
def test_every_condition_of_the_query_decides_something(seed):
    for case in _draw("sparql", seed)["cases"]:
        assert set(case["traps"]) == set(asked.TRAPS)
        assert all(pairs != case["expected"] for pairs in case["traps"].values())
        facts = {tuple(fact["pair"]): fact for fact in sparql.finding_facts(case)}
        for pair in case["expected"]:
            fact = facts[tuple(pair)]
            assert max(fact["years"], default=0) <= case["year"]
            assert fact["weight"] >= case["weight"]
            assert fact["signs"] > 0
        assert any(not facts[tuple(pair)]["years"] for pair in case["expected"])


# --- abstain --------------------------------------------------------------------------------------


def test_clinics_state_chances_that_are_too_sure(drawn):
    for case in drawn["abstain"]["cases"]:
        stated, suspicious = redraw.past_and_new(case)
        sure = np.maximum(stated, 1 - stated) >= 1 - case["risk"]
        wrong = np.mean((stated > 0.5)[sure] != suspicious[sure])
        assert wrong > 0.25 * case["risk"] and case["oracle"] < 0.98


@pytest.mark.parametrize("seed", range(3))
def test_errors_among_the_surest_exceed_the_risk_for_a_while(seed):
    early = 0
    for case in _draw("abstain", seed)["cases"]:
        stated, suspicious = (part[: case["past"]] for part in redraw.past_and_new(case))
        order = np.argsort(np.minimum(stated, 1 - stated))
        wrong = ((stated > 0.5) != suspicious)[order]
        share = np.cumsum(wrong) / np.arange(1, len(wrong) + 1)
        early += share[:100].max() > case["risk"] and (share[1_000:] < case["risk"]).any()
    assert early >= 2


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("limit", [0.8, 0.9, 0.95, 0.97, 0.98, 0.99, 0.999])
def test_no_fixed_limit_fits_all_clinics(seed, limit):
    fits = []
    for case in _draw("abstain", seed)["cases"]:
        stated, suspicious = (part[case["past"] :] for part in redraw.past_and_new(case))
        sure = np.maximum(stated, 1 - stated) >= limit
        errors = np.mean((stated > 0.5)[sure] != suspicious[sure])
        kept = errors <= abstain.RISK_OVER * case["risk"]
        fits.append(kept and sure.mean() >= abstain.COVERAGE * case["oracle"])
    assert not all(fits)
