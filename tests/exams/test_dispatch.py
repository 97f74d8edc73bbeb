"""The dispatch task: its secret days, and a reference that learns within seconds."""

import json

import pytest

from exams.rl_supply_chain.dispatch import draw_dispatch, train_scorer
from labkit.trends.rl_supply_chain.world.routing import (
    draw_days,
    nearest_request,
    paired_saving,
    rollout,
)


def test_an_instance_is_plain_data_and_drawn_again_by_its_seed():
    instance = draw_dispatch(2**200 + 1)
    assert json.loads(json.dumps(instance)) == instance
    assert draw_dispatch(2**200 + 1) == instance


def test_the_instance_holds_the_mean_hours_of_nearest_request():
    instance = draw_dispatch(5)
    finish = rollout(draw_days(instance["days"], instance["seed"]), nearest_request)
    assert instance["nearest_hours"] == pytest.approx(finish.mean(), rel=1e-5)


@pytest.mark.parametrize("seed", [0, 1])
def test_the_reference_saves_twice_what_is_asked_after_a_short_search(seed):
    days = draw_days(2_000, 900 + seed)
    finish = rollout(days, train_scorer(seed, generations=15))
    saving, _ = paired_saving(finish, rollout(days, nearest_request))
    assert saving >= 0.06
