"""The dispatch task: three offices, one for each town, and a reference that a search confirms."""

from pathlib import Path

import numpy as np
import pytest

from exams.rl_supply_chain.dispatch import ASKED, BESIDE, KNOWN, known_settings, train_scorer
from labkit.exercise.instances import draw
from labkit.trends.rl_supply_chain.world.dials import Office
from labkit.trends.rl_supply_chain.world.routing import (
    TOWNS,
    day_cost,
    draw_days,
    nearest_request,
    paired_saving,
)

GRADER = Path(__file__).resolve().parents[2] / "grader"


def cases(seed):
    return draw(GRADER, "rl_supply_chain", "dispatch", seed)["cases"]


def office_of(case):
    return Office(case["storm"], case["urgent"], case["seed"])


def town_of(case):
    middle = [case["urgent"]["x"], case["urgent"]["y"]]
    return int(np.abs(TOWNS - middle).max(axis=1).argmin())


@pytest.mark.parametrize("seed", range(3))
def test_every_town_is_urgent_at_one_office(seed):
    drawn = cases(seed)
    assert {town_of(case) for case in drawn} == {0, 1, 2}
    for case in drawn:
        middle = [case["urgent"]["x"], case["urgent"]["y"]]
        assert np.abs(TOWNS[town_of(case)] - middle).max() <= BESIDE + 1e-3


def test_the_known_setting_turns_the_dials_to_the_known_weights():
    for case in cases(0):
        office, town = office_of(case), town_of(case)
        assert office.weights(known_settings(office, town))[0] == pytest.approx(KNOWN[town])


@pytest.mark.parametrize("seed", range(3))
def test_what_is_good_at_one_office_is_not_at_the_others(seed):
    drawn = cases(seed)
    settings = np.vstack([known_settings(office_of(case), town_of(case)) for case in drawn])
    for place, case in enumerate(drawn):
        saved = office_of(case).saving(settings, case["days"])
        assert ASKED * saved[place] == pytest.approx(case["asked"])
        assert np.delete(saved, place).max() < 0.5 * case["asked"]


def test_a_search_among_the_weights_themselves_finds_no_more_than_is_known():
    case = cases(900)[0]

    def costs(days, score):
        return day_cost(days, score, case["urgent"])

    score = train_scorer(1, case["storm"], generations=20, costs=costs)
    days = draw_days(case["days"], case["seed"], case["storm"])
    saving, _ = paired_saving(costs(days, score), costs(days, nearest_request))
    # 0.90, 0.97 and 0.95 of what is known, in the three cases.
    assert 0.8 < saving / (case["asked"] / ASKED) < 1.05
