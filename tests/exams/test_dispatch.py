"""The dispatch task: three districts, and a reference that learns within seconds."""

from pathlib import Path

import numpy as np
import pytest

from exams.rl_supply_chain.dispatch import ASKED, known_weights, saving_of, train_scorer
from labkit.exercise.instances import draw
from labkit.trends.rl_supply_chain.world.routing import day_cost

GRADER = Path(__file__).resolve().parents[2] / "grader"


def cases(seed):
    return draw(GRADER, "rl_supply_chain", "dispatch", seed)["cases"]


def fixed(weights):
    return lambda features: features @ weights


def test_an_instance_is_drawn_again_by_its_seed():
    assert cases(2**200 + 1) == cases(2**200 + 1)
    assert cases(2**200 + 1) != cases(3)


@pytest.mark.parametrize("seed", range(3))
def test_weights_for_one_district_do_not_fit_the_others(seed):
    drawn = cases(seed)
    for case in drawn:
        own = fixed(known_weights(case["storm"], case["urgent"]))
        assert ASKED * saving_of(own, case) == pytest.approx(case["asked"])
    for one in drawn:
        weights = fixed(known_weights(one["storm"], one["urgent"]))
        reached = [saving_of(weights, case) > case["asked"] for case in drawn if case is not one]
        assert not all(reached)


@pytest.mark.parametrize("seed", [0])
def test_the_reference_saves_what_is_asked_after_a_short_search(seed):
    for case in cases(900 + seed):
        score = train_scorer(
            seed,
            case["storm"],
            generations=20,
            costs=lambda days, score, urgent=case["urgent"]: day_cost(days, score, urgent),
        )
        assert saving_of(score, case) > case["asked"]


def test_both_kinds_of_storm_and_all_directions_are_among_the_cases():
    for seed in range(5):
        drawn = cases(seed)
        speeds = [case["storm"]["speed"] for case in drawn]
        assert min(speeds) < 0.3 < max(speeds)
        middles = np.array([[case["urgent"]["x"], case["urgent"]["y"]] for case in drawn])
        assert np.abs(middles.mean(axis=0) - 0.5).max() < 0.01
