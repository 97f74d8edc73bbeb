"""Secret instances of the lab on federated learning: fair, and with references that hold."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import LinearConstraint, milp

from catalogue import ROOT
from exams.edge_federated.compress import dense, descend, largest
from exams.edge_federated.federation import reached, scaffold
from exams.edge_federated.send_up import pictures_of
from labkit.checks.edge_federated import redraw
from labkit.checks.edge_federated.compress import PLUS, TIMES
from labkit.checks.edge_federated.federate import LEFT
from labkit.exercise.instances import draw
from labkit.trends.edge_federated import baselines, metrics
from labkit.trends.edge_federated.world.clinics import draw_clinics


def drawn(task, seed):
    return draw(ROOT / "grader" / "exams", "edge_federated", task, seed)


@pytest.mark.parametrize("seed", range(2))
def test_corrected_steps_reach_the_optimum_where_averages_do_not(seed):
    clinics = draw_clinics(np.random.default_rng(100 + seed), new=10)
    best = metrics.optimum(clinics)
    corrected, averaged = (
        reached(clinics, best, method, 40) for method in (scaffold(), baselines.fed_avg())
    )
    assert corrected < LEFT < 0.008 < averaged


@pytest.mark.parametrize("seed", range(2))
def test_the_bar_of_the_federation_lies_between_corrected_steps_and_momentum(seed):
    instance = drawn("federate", seed)
    for case in instance["cases"]:
        clinics = redraw.clinics(case)
        best = metrics.optimum(clinics)
        left = reached(clinics, best, scaffold(), instance["rounds"])
        assert left == pytest.approx(case["corrected"], rel=1e-6)
        assert 2 * left < LEFT < case["momentum"] / 1.3


@pytest.mark.parametrize("seed", (0, 18))
def test_a_memory_makes_up_for_what_was_not_sent(seed):
    instance = drawn("compress", seed)
    for case in instance["cases"]:
        clinics = redraw.clinics(case)
        best = metrics.optimum(clinics)
        ways = {
            "dense": dense,
            "kept": largest(case["most"]),
            "by lot": by_lot(case["most"], np.random.default_rng(seed)),
        }
        left = {
            name: metrics.gap(descend(clinics, way, instance["rounds"], 1.0), clinics, best)
            for name, way in ways.items()
        }
        assert left["dense"] == pytest.approx(case["dense"])
        assert left["kept"] == pytest.approx(case["remembered"])
        allowed = TIMES * case["dense"] + PLUS
        assert 1.3 * left["kept"] < allowed < left["by lot"] / 1.5


def by_lot(most, rng):
    """Entries by lot, with a memory."""

    def compress(update, memory):
        whole = update + memory
        places = rng.choice(whole.size, most, replace=False)
        rest = whole.copy()
        rest[places] = 0.0
        return (places, whole[places]), rest

    return compress


@pytest.mark.parametrize("seed", range(4))
def test_the_reference_of_the_camera_is_the_best_choice_but_for_a_picture(seed):
    for case in drawn("send_up", seed)["cases"]:
        pictures = pictures_of(case)
        worth = case["cloud"] - pictures.chances.max(axis=1)
        budget = LinearConstraint(pictures.size[None], -np.inf, case["budget"])
        relaxed = milp(-worth, constraints=budget, bounds=(0, 1), integrality=0)
        # The relaxed problem, in which pictures may be cut, is an upper bound.
        assert -relaxed.fun - worth.max() <= case["best"] <= -relaxed.fun + 1e-9


@pytest.mark.parametrize("seed", range(4))
def test_a_round_with_drop_outs_has_survivors_on_both_sides_of_the_threshold(seed):
    cases = drawn("unmask", seed)["cases"]
    kept = [len(case["survivors"]) >= case["threshold"] for case in cases]
    assert sorted(kept) == [False, True, True, True]
    assert [case["total"] is not None for case in cases] == kept


@pytest.mark.parametrize("seed", range(2))
def test_every_epsilon_lies_between_its_bounds_and_the_known_mistakes_outside(seed):
    *sampled, whole = drawn("epsilon", seed)["cases"]
    assert whole["q"] == 1
    assert sampled[-1]["traps"]["central limit"] < 0.82 * sampled[-1]["low"]
    assert all(case["low"] > 1 for case in (*sampled, whole))
    for case in sampled:
        assert case["low"] <= case["high"] < case["renyi"] < 1.2 * case["high"]
        outside = [
            value
            for name, value in case["traps"].items()
            if name not in ("one round", "older conversion")
        ]
        assert all(not case["low"] <= value <= 1.2 * case["high"] for value in outside)
