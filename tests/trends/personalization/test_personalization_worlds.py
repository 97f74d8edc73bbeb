"""The worlds of module 05 are what they say they are."""

from __future__ import annotations

import numpy as np
import pytest

from labkit.trends.personalization import data, widgets
from labkit.trends.personalization.world import live, logs, loyalty, sessions, views


def test_a_mood_is_followed_as_often_as_the_matrix_says():
    known = sessions.draw_moods(np.random.default_rng(1))
    some = sessions.draw_session(np.random.default_rng(2), known, 20_000)
    seen = np.zeros((3, 3))
    np.add.at(seen, (some.mood[:-1], some.mood[1:]), 1)
    assert seen / seen.sum(axis=1, keepdims=True) == pytest.approx(known.move, abs=0.02)
    liked = some.watched[(some.mood == 1) & (some.shown == 2)].mean()
    assert liked == pytest.approx(known.watch[1, 2], abs=0.04)


def test_the_value_of_a_policy_is_what_its_own_log_earns():
    rng = np.random.default_rng(3)
    shop = logs.draw_shop(rng)
    policy = logs.softmax(rng.normal(size=shop.chance.shape))
    log = logs.draw_log(rng, shop, policy, 200_000)
    assert log.clicks.mean() == pytest.approx(logs.value(shop, policy), abs=0.004)
    assert logs.overlap(shop, policy, policy) == pytest.approx(1)
    assert (1 / log.logged).mean() == pytest.approx(policy.shape[1], rel=0.05)


def test_in_a_divided_shop_it_matters_who_comes_more_than_what_is_shown():
    rng = np.random.default_rng(5)
    chance = np.stack([logs.draw_divided_shop(rng).chance for _ in range(20)])
    loved = chance > 0.5
    assert loved[:, :15].mean() == pytest.approx(0.95, abs=0.02)
    assert loved[:, 15:].mean() == pytest.approx(0.05, abs=0.02)
    assert 0.88 <= chance[loved].min() and chance[loved].max() <= 0.98
    assert 0.01 <= chance[~loved].min() and chance[~loved].max() <= 0.05
    assert chance.mean(axis=2).std(axis=1).mean() > 3 * chance.mean(axis=1).std(axis=1).mean()


def test_an_old_log_has_old_titles_only_and_fatigue_halves_what_is_watched():
    rng = np.random.default_rng(4)
    known = live.draw_service(rng, keep=0.5)
    visitors, shown, watched = live.draw_history(rng, known, 5_000)
    assert known.old[shown].all()
    assert known.old.sum() == 8
    chance = live.chances(known, visitors)[np.arange(5_000), shown]
    assert watched.mean() == pytest.approx(chance.mean(), abs=0.02)
    tired = visitors._replace(recent=visitors.recent + 1)
    assert live.chances(known, tired) == pytest.approx(0.5 * live.chances(known, visitors))
    assert (visitors.recent.sum(axis=1) == live.LATELY).all()


def test_the_exact_value_of_a_session_is_that_of_simulated_sessions():
    """Rows of a random log, weighted to nothing: sessions under a policy are played out."""
    rng = np.random.default_rng(5)
    viewer = loyalty.draw_viewer(rng)
    policy = rng.integers(loyalty.ACTIONS, size=loyalty.SHAPE)
    watch, moves = loyalty.transitions(viewer)
    side, total = 20_000, 0.0
    starts = np.ravel_multi_index(
        (np.full(side, 3), rng.integers(6, size=side), np.zeros(side, int)), loyalty.SHAPE
    )
    state = starts
    for _ in range(200):
        action = policy.ravel()[state]
        total += watch[state, action].sum()
        paths = moves[state, action].cumsum(axis=1)
        then = (rng.random((len(state), 1)) > paths).sum(axis=1)
        state = then[then < 84]
        if not len(state):
            break
    assert total / side == pytest.approx(loyalty.value(viewer, policy), rel=0.03)


def test_a_log_of_sessions_follows_the_transitions():
    rng = np.random.default_rng(6)
    viewer = loyalty.draw_viewer(rng)
    log = loyalty.draw_steps(rng, viewer, 60_000)
    state = np.ravel_multi_index((log.satisfaction, log.last, log.twice), loyalty.SHAPE)
    watch, moves = loyalty.transitions(viewer)
    expected = watch[state, log.action]
    assert log.watched.mean() == pytest.approx(expected.mean(), abs=0.008)
    stay = moves.sum(axis=2)[state, log.action]
    assert 1 - log.left.mean() == pytest.approx(stay.mean(), abs=0.008)
    level = np.arange(84) // 12
    ahead = (moves[state, log.action] @ level) / stay
    assert log.then[log.left == 0].mean() == pytest.approx(
        np.average(ahead, weights=stay), abs=0.03
    )


def test_a_neighbour_lacks_one_person_and_keeps_the_order():
    rows = views.draw_views(np.random.default_rng(7))
    people, times = np.unique(rows[:, 0], return_counts=True)
    heavy = people[times.argmax()]
    assert times.max() == 30
    assert np.bincount(rows[:, 1]).min() == 2
    first = rows[rows[:, 0] == heavy][:5, 1]
    assert len(set(first)) == 1
    fewer = views.without(rows, heavy)
    assert len(fewer) == len(rows) - 30
    assert not (fewer[:, 0] == heavy).any()


def test_the_samples_of_zozotown_have_the_published_size_and_propensities():
    """10,000 impressions a campaign, of 80, 34 and 46 items (Saito et al. 2021, table 1)."""
    for campaign, items in zip(data.CAMPAIGNS, (80, 34, 46), strict=True):
        log = data.zozotown(campaign)
        assert len(log.logged) == len(log.clicks) == 10_000
        assert log.items == items
        assert 0 < log.logged.min() <= log.logged.max() <= 1
        assert set(np.unique(log.clicks)) == {0, 1}


def test_the_moods_of_the_exploration_add_up():
    assert widgets.BELIEFS.sum(axis=1) == pytest.approx(np.ones(4), abs=2e-4)
    assert (np.diff(widgets.BELIEFS[:, 2]) > 0).all()
