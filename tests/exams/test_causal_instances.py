"""Instances of lab 09 ask what they should, and hold right answers apart from known mistakes."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest

from exams.causal_uplift.adjustment import regress
from exams.causal_uplift.adjustment_sets import valid_adjustment_sets
from exams.causal_uplift.budget import budget_gain
from exams.causal_uplift.curves import auuc, qini_coefficient
from exams.causal_uplift.estimators import aipw_att, ipw_att
from exams.causal_uplift.triage import attacks, spurious
from labkit.checks.causal_uplift import SPEC, adjustment, aipw, budget, lalonde, redraw
from labkit.exercise.instances import draw as draw_instance
from labkit.trends.causal_uplift import baselines
from labkit.trends.causal_uplift.data import EXPERIMENT, propensity_terms
from labkit.trends.causal_uplift.data import lalonde as lalonde_people
from labkit.trends.causal_uplift.metrics import policy_profit
from labkit.trends.causal_uplift.world.claims import SPURIOUS
from labkit.trends.causal_uplift.world.graphs import total_effect

GRADER = Path(__file__).resolve().parents[2] / "grader"
SEEDS = range(2)


@lru_cache
def drawn_once(task, seed):
    return draw_instance(GRADER, "causal_uplift", task, seed)


@pytest.mark.parametrize("task", [task.name for task in SPEC.tasks])
def test_an_instance_belongs_to_its_seed(task):
    instance = draw_instance(GRADER, "causal_uplift", task, 2**200 + 1)
    assert draw_instance(GRADER, "causal_uplift", task, 2**200 + 1) == instance
    assert draw_instance(GRADER, "causal_uplift", task, 2) != instance


@pytest.mark.parametrize("task", SPEC.tasks, ids=lambda task: task.name)
def test_every_trap_has_words(task):
    instance = drawn_once(task.name, 1)
    for case in instance.get("cases", instance.get("worlds")):
        assert set(case.get("traps", {})) <= set(task.traps)


# --- adjustment and triage ----------------------------------------------------------------------


@pytest.mark.parametrize("seed", SEEDS)
def test_every_valid_set_gives_the_true_effect_within_the_tolerance(seed):
    for case in drawn_once("adjustment", seed)["cases"]:
        study = redraw.study(case)
        assert case["effect"] == total_effect(study.coefficients, study.treatment, study.outcome)
        for names in case["valid_sets"]:
            off = regress(study, names) - case["effect"]
            assert abs(off) < adjustment.EFFECT_TOLERANCE


@pytest.mark.parametrize("seed", SEEDS)
def test_the_four_studies_hold_all_that_can_go_wrong(seed):
    roles: set[str] = set()
    for case in drawn_once("adjustment", seed)["cases"]:
        study = redraw.study(case)
        roles |= set(study.roles.values())
        measured = set(study.data) - {study.treatment, study.outcome}
        again = valid_adjustment_sets(study.edges, study.treatment, study.outcome, measured)
        assert case["valid_sets"] == again
        for value in case["traps"].values():
            assert abs(value - case["effect"]) > adjustment.EFFECT_TOLERANCE
    assert {"confounder", "mediator", "collider", "instrument", "m_collider", "proxy"} <= roles


@pytest.mark.parametrize("seed", SEEDS)
def test_each_kind_of_spurious_claim_occurs_twice_and_the_reference_finds_all(seed):
    kinds = []
    for case in drawn_once("triage", seed)["cases"]:
        claims = redraw.claims(case)
        kinds += [claim.kind for claim in claims]
        assert spurious([claim.public() for claim in claims]) == case["spurious"]
    assert all(kinds.count(kind) >= 2 for kind in SPURIOUS)


@pytest.mark.parametrize("seed", SEEDS)
def test_no_real_claim_is_thrown_away_at_a_usual_limit(seed):
    for case in drawn_once("triage", seed)["cases"]:
        for claim in redraw.claims(case):
            again, control = attacks(claim.public())
            assert claim.is_spurious or (again > 4 and control < 1.64)


# --- mean effects -------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", SEEDS)
def test_the_ten_worlds_are_of_three_kinds_and_overlap_is_told_from_none(seed):
    worlds = drawn_once("aipw", seed)["worlds"]
    assert len(worlds) == 10
    shares = {"curved outcome": [], "curved assignment": [], "no overlap": []}
    for world in worlds:
        drawn = redraw.customers(world)
        assert world["att"] == drawn.att
        chance = baselines.fit_propensity(drawn.x, drawn.offer)
        shares[world["kind"]].append((chance[drawn.offer == 1] > 0.95).mean())
    assert max(shares["curved outcome"] + shares["curved assignment"]) < 0.06
    assert len(shares["no overlap"]) in (2, 3)
    assert min(shares["no overlap"]) > 0.2


@pytest.mark.parametrize("seed", SEEDS)
def test_the_doubly_robust_reference_passes_and_no_known_mistake_does(seed):
    worlds = [
        world for world in drawn_once("aipw", seed)["worlds"] if world["kind"] != "no overlap"
    ]
    off: dict[str, list[float]] = {}
    for kind in ("curved outcome", "curved assignment"):
        own = [world for world in worlds if world["kind"] == kind]
        error = np.sqrt(sum(world["error"] ** 2 for world in own)) / len(own)
        for name in own[0]["traps"]:
            mean = np.mean([world["traps"][name] - world["att"] for world in own])
            off.setdefault(name, []).append(abs(mean) / error)
        estimates = []
        for world in own:
            drawn = redraw.customers(world)
            estimates.append(aipw_att(drawn.x, drawn.offer, drawn.margin, seed=1)[0])
        right = np.mean(np.subtract(estimates, [world["att"] for world in own]))
        assert abs(right) < aipw.MEAN_OFF * error
    assert all(max(errors) > aipw.MEAN_OFF for errors in off.values())


@pytest.mark.parametrize("seed", SEEDS)
def test_the_experiments_figure_moves_with_the_lift_and_cannot_be_copied(seed):
    cases = drawn_once("lalonde", seed)["cases"]
    for case in cases:
        people = redraw.people(case)
        trained, earned = people["treat"] == 1, people["re78"]
        original = lalonde_people()
        before = original["re78"][original["treat"] == 1].mean()
        assert earned[trained].mean() - before == pytest.approx(case["lift"])
        assert len(people) < len(original)
        assert case["effect"] == pytest.approx(EXPERIMENT + case["lift"])
        assert abs(case["effect"] - EXPERIMENT) > lalonde.LALONDE_TOLERANCE
        chance = baselines.fit_propensity(propensity_terms(people), trained)
        estimate = ipw_att(chance, trained.to_numpy().astype(int), earned.to_numpy())
        assert abs(estimate - case["effect"]) < lalonde.LALONDE_TOLERANCE
        for trap in case["traps"].values():
            assert abs(trap - case["effect"]) > lalonde.LALONDE_TOLERANCE


@pytest.mark.parametrize("seed", SEEDS)
def test_the_budgets_gain_is_found_by_the_reference_and_by_no_known_mistake(seed):
    for case in drawn_once("budget", seed)["cases"]:
        gain, error = budget_gain(redraw.weeks(case), case["increase"])
        allowed = budget.GAIN_OFF * error
        assert abs(gain - case["gain"]) < allowed
        for trap in case["traps"].values():
            assert abs(trap - case["gain"]) > allowed


# --- each person --------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", SEEDS)
def test_equal_scores_occur_and_every_curve_mistake_shows(seed):
    equal = []
    for case in drawn_once("qini", seed)["cases"]:
        arrays = [np.array(case[name]) for name in ("score", "treated", "outcome")]
        assert (case["qini"], case["auuc"]) == (qini_coefficient(*arrays), auuc(*arrays))
        ties = len(set(case["score"])) < len(case["score"])
        equal.append(ties)
        for name, numbers in case["traps"].items():
            shows = np.abs(np.subtract(numbers, (case["qini"], case["auuc"]))).max() > 0.01
            assert shows or (name == "row order" and not ties)
    assert equal == [False, True, True, True]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_linear_s_learner_errs_by_as_much_as_effects_differ(seed):
    for case in drawn_once("cate", seed)["cases"]:
        effect = redraw.customers(case).effect[case["n"] :]
        assert case["s_learner"] == pytest.approx(effect.std(), rel=0.1)


@pytest.mark.parametrize("seed", SEEDS)
def test_risk_and_chance_lose_money_and_the_oracle_leaves_budget_unspent(seed):
    for case in drawn_once("targeting", seed)["cases"]:
        drawn = redraw.campaign(case)
        uplift = drawn.truth["uplift"].to_numpy()[case["history"] :]
        value = drawn.observed["value"].to_numpy()[case["history"] :]
        worth = (uplift * value > case["cost"]).astype(float)
        assert policy_profit(worth, uplift, value, case["cost"]) == pytest.approx(case["oracle"])
        assert worth.sum() * case["cost"] < case["budget"]
        assert max(case["risk"], case["random"]) < 0 < case["oracle"]
