"""Instances of lab 09 ask what they should, and hold right answers apart from known mistakes."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression

from exams.causal_uplift.adjustment import regress
from exams.causal_uplift.adjustment_sets import valid_adjustment_sets
from exams.causal_uplift.aipw import LEAST, MISTAKES, chosen_off
from exams.causal_uplift.budget import budget_gain
from exams.causal_uplift.curves import auuc, qini_coefficient
from exams.causal_uplift.estimators import aipw_att, ipw_att
from exams.causal_uplift.triage import attacks, spurious
from labkit.checks.causal_uplift import (
    adjustment,
    aipw,
    budget,
    lalonde,
    redraw,
    studies,
    surfaces,
    targeting,
    units,
)
from labkit.exercise.instances import draw as draw_instance
from labkit.trends.causal_uplift import baselines
from labkit.trends.causal_uplift.data import COVARIATES, cps, nsw, propensity_terms
from labkit.trends.causal_uplift.world.claims import SPURIOUS
from labkit.trends.causal_uplift.world.graphs import total_effect
from labkit.trends.causal_uplift.world.retailer import Market, draw_customers

GRADER = Path(__file__).resolve().parents[2] / "grader"
SEEDS = range(2)


@lru_cache
def drawn_once(task, seed):
    return draw_instance(GRADER, "causal_uplift", task, seed)


# --- adjustment and triage ----------------------------------------------------------------------


@pytest.mark.parametrize("seed", SEEDS)
def test_every_valid_set_gives_the_true_effect_within_the_tolerance(seed):
    for case in drawn_once("adjustment", seed)["cases"]:
        study = studies.study(case)
        assert case["effect"] == total_effect(study.coefficients, study.treatment, study.outcome)
        for names in case["valid_sets"]:
            off = regress(study, names) - case["effect"]
            assert abs(off) < adjustment.EFFECT_TOLERANCE


@pytest.mark.parametrize("seed", SEEDS)
def test_the_four_studies_hold_all_that_can_go_wrong(seed):
    roles: set[str] = set()
    for case in drawn_once("adjustment", seed)["cases"]:
        study = studies.study(case)
        roles |= set(study.roles.values())
        measured = set(study.data) - {study.treatment, study.outcome}
        again = valid_adjustment_sets(study.edges, study.treatment, study.outcome, measured)
        assert case["valid_sets"] == again
        for value in case["traps"].values():
            assert abs(value - case["effect"]) > adjustment.EFFECT_TOLERANCE
        near = {cause for cause, effect in study.edges if effect == study.treatment} & measured
        assert sorted(near) not in again, "what points at the treatment must not be enough"
    assert {"confounder", "mediator", "collider", "instrument", "m_collider", "proxy"} <= roles
    assert set(studies.DETOURS) <= roles


@pytest.mark.parametrize("seed", SEEDS)
def test_each_kind_of_spurious_claim_occurs_twice_and_the_reference_finds_all(seed):
    kinds = []
    for case in drawn_once("triage", seed)["cases"]:
        claims = units.claims(case)
        kinds += [claim.kind for claim in claims]
        assert spurious([claim.public() for claim in claims]) == case["spurious"]
    assert all(kinds.count(kind) >= 2 for kind in SPURIOUS)


@pytest.mark.parametrize("seed", SEEDS)
def test_no_real_claim_is_thrown_away_at_a_usual_limit(seed):
    for case in drawn_once("triage", seed)["cases"]:
        for claim in units.claims(case):
            again, control = attacks(claim.public())
            faint = claim.kind == "genuine" and claim.looks == 1  # 1.96 counts for a single look
            assert claim.is_spurious or (again > (2.33 if faint else 4) and control < 1.64)


@pytest.mark.parametrize("seed", SEEDS)
def test_reading_how_a_claim_was_made_accuses_a_real_one(seed):
    claims = [c for case in drawn_once("triage", seed)["cases"] for c in units.claims(case)]
    real = [claim for claim in claims if not claim.is_spurious]
    assert any("spend" not in claim.adjusted_for for claim in real)
    assert any("survey" in claim.adjusted_for for claim in real)
    assert any(claim.looks >= 20 and abs(claim.estimate) < 3 * claim.error for claim in real)


# --- mean effects -------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", SEEDS)
def test_the_twelve_worlds_are_of_four_kinds_and_overlap_is_told_from_none(seed):
    cases = drawn_once("aipw", seed)["cases"]
    assert len(cases) == 12
    shares: dict[str, list[float]] = {}
    for case in cases:
        drawn = surfaces.customers(case)
        chance = baselines.fit_propensity(drawn.x, drawn.offer)
        shares.setdefault(case["kind"], []).append((chance[drawn.offer == 1] > 0.95).mean())
    assert 2 <= len(shares["no overlap"]) <= 4
    assert min(shares.pop("no overlap")) > 0.2
    assert max(share for kind in shares.values() for share in kind) < 0.08
    assert {kind: len(shares[kind]) >= least for kind, least in LEAST.items()} == dict.fromkeys(
        LEAST, True
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_the_doubly_robust_reference_passes_and_no_known_mistake_does(seed):
    for kind, mistakes in MISTAKES.items():
        own = [case for case in drawn_once("aipw", seed)["cases"] if case["kind"] == kind]
        chance = aipw.MEAN_OFF / np.sqrt(len(own))
        for name in mistakes:
            off = np.mean([(case["traps"][name] - case["att"]) / case["error"] for case in own])
            assert abs(off) > chance, name
        estimates = []
        for case in own:
            drawn = surfaces.customers(case)
            estimates.append(aipw_att(drawn.x, drawn.offer, drawn.margin, seed=1)[0])
        truths, errors = ([case[name] for case in own] for name in ("att", "error"))
        assert abs(np.mean(np.subtract(estimates, truths) / errors)) < chance


@pytest.mark.parametrize("seed", SEEDS)
def test_neither_size_nor_share_of_the_residuals_tells_which_of_two_models_to_choose(seed):
    worlds = [case for case in drawn_once("aipw", seed)["cases"] if case["kind"] in LEAST]
    figures = []
    for case in worlds:
        drawn = surfaces.customers(case)
        x, margin = drawn.x[drawn.offer == 0], drawn.margin[drawn.offer == 0]
        left = margin - LinearRegression().fit(x, margin).predict(x)
        figures.append((left.std(), left.std() / margin.std()))
    for sizes in map(np.array, zip(*figures, strict=True)):
        for limit in [0.0, *sizes]:
            for weighted in (sizes > limit, sizes <= limit):
                assert max(chosen_off(worlds, weighted)) > aipw.MEAN_OFF


def test_the_true_effect_on_the_treated_is_that_of_a_large_draw():
    for case in drawn_once("aipw", 0)["cases"][:6]:
        if "att" in case:
            drawn = draw_customers(400_000, 1, Market(**case["market"]))
            propensity = drawn.truth["propensity"]
            att = case["unit"] * np.average(drawn.effect, weights=propensity)
            assert att == pytest.approx(case["att"], abs=0.08 * case["unit"])


@pytest.mark.parametrize("seed", SEEDS)
def test_the_programmes_effect_is_found_by_weights_and_by_no_known_mistake(seed):
    truths = []
    for case in drawn_once("lalonde", seed)["cases"]:
        people, effect = redraw.programme(case)
        trained, earned = people["treat"].to_numpy(), people["re78"].to_numpy()
        assert effect[trained == 1].mean() == pytest.approx(case["att"])
        truths.append(case["att"])
        chance = baselines.fit_propensity(propensity_terms(people), trained)
        assert abs(ipw_att(chance, trained, earned) - case["att"]) < lalonde.TOLERANCE
        for wrong in case["traps"].values():
            assert abs(wrong - case["att"]) > lalonde.TOLERANCE
    assert np.ptp(truths) > 0


def test_people_of_the_programme_are_real_and_their_earnings_are_not():
    people, _ = redraw.programme(drawn_once("lalonde", 0)["cases"][0])
    known = {tuple(row) for frame in (nsw(), cps()) for row in frame[list(COVARIATES)].to_numpy()}
    assert {tuple(row) for row in people[list(COVARIATES)].to_numpy()} <= known
    published = set(nsw()["re78"]) | set(cps()["re78"])
    assert not set(people["re78"]) & published


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
    assert equal == [False, False, True, True, True]


def test_no_market_is_that_of_the_package_or_of_another_case():
    markets = [case["market"] for seed in SEEDS for case in drawn_once("cate", seed)["cases"]]
    for market in markets:
        assert market["response"] != [list(term) for term in Market().response]
        assert np.linalg.norm(np.subtract(market["spends"], Market().spends)) > 0.1
    assert len({str(market) for market in markets}) == len(markets)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_linear_s_learner_gives_everybody_the_same_effect(seed):
    for case in drawn_once("cate", seed)["cases"]:
        effect = redraw.customers(case).effect[case["n"] :]
        assert 6.5 < effect.std() < 9.5
        assert case["s_learner"] >= effect.std()


@pytest.mark.parametrize("seed", SEEDS)
def test_risk_and_chance_earn_little_and_budget_and_cost_say_where_to_stop(seed):
    cases = drawn_once("targeting", seed)["cases"]
    for case in cases:
        drawn = redraw.campaign(case)
        uplift = drawn.truth["uplift"].to_numpy()[case["history"] :]
        value = drawn.observed["value"].to_numpy()[case["history"] :]
        most = round(case["budget"] / case["cost"])
        earns = np.sort(uplift * value - case["cost"])[::-1][:most]
        assert earns[earns > 0].sum() == pytest.approx(case["oracle"])
        assert case["risk"] < 0.5 * case["oracle"] and case["random"] < 0.5 * case["oracle"]
        worth = (uplift * value > case["cost"]).mean()
        assert (most < worth * case["customers"] / 2) == (case["kind"] == "short")
        assert case["kind"] != "dear" or worth < 0.08
        assert case["kind"] != "cheap" or worth > 0.45
    assert {case["kind"] for case in cases} == set(targeting.ASKED)
    assert len({str(case["temper"]) for case in cases}) == len(cases)
