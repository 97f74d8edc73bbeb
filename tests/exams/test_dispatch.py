"""The dispatch task: two kinds of storm, and a reference that learns within seconds."""

from pathlib import Path

import numpy as np
import pytest

from exams.rl_supply_chain.dispatch import ASKED, FAST, SLOW, train_scorer
from labkit.exercise.instances import draw
from labkit.trends.rl_supply_chain.world.routing import (
    draw_days,
    nearest_request,
    paired_saving,
    rollout,
)

GRADER = Path(__file__).resolve().parents[2] / "grader"


def cases(seed):
    return draw(GRADER, "rl_supply_chain", "dispatch", seed)["cases"]


def saving_of(score, case):
    days = draw_days(case["days"], case["seed"], case["storm"])
    return paired_saving(rollout(days, score), rollout(days, nearest_request))[0]


def fixed(weights):
    numbers = np.array(weights, np.float32)
    return lambda features: features @ numbers


def test_an_instance_is_drawn_again_by_its_seed():
    assert cases(2**200 + 1) == cases(2**200 + 1)
    assert cases(2**200 + 1) != cases(3)


@pytest.mark.parametrize("seed", range(6))
def test_no_twelve_numbers_fit_the_slow_storm_and_the_fast_one(seed):
    slow, fast = cases(seed)
    assert saving_of(fixed(SLOW), fast) < 0 < fast["asked"]
    assert saving_of(fixed(FAST), slow) < 0.8 * slow["asked"]
    for share in (0.25, 0.5, 0.75):
        between = fixed(share * np.array(SLOW) + (1 - share) * np.array(FAST))
        assert min(saving_of(between, case) / case["asked"] for case in (slow, fast)) < 1
    for case, weights in ((slow, SLOW), (fast, FAST)):
        assert saving_of(fixed(weights), case) == pytest.approx(case["asked"] / ASKED)


@pytest.mark.parametrize("seed", [0, 1])
def test_the_reference_saves_what_is_asked_after_a_short_search(seed):
    for case in cases(900 + seed):
        assert saving_of(train_scorer(seed, case["storm"], generations=20), case) > case["asked"]
