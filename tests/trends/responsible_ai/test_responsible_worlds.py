"""The simulated worlds: what they are told to hold, they hold."""

from __future__ import annotations

import numpy as np
import pytest

from labkit.trends.responsible_ai.world import (
    applicants,
    audits,
    cards,
    cells,
    clinic,
    lending,
    tables,
)


def rng(seed=0):
    return np.random.default_rng(seed)


def test_applicants_have_the_rates_they_were_given():
    y, decided, group = applicants.draw_applicants(
        rng(), (60_000, 40_000), (0.5, 0.3), (0.9, 0.8), (0.1, 0.2)
    )
    for g, good, high, low in ((0, 0.5, 0.9, 0.1), (1, 0.3, 0.8, 0.2)):
        mine = group == g
        assert y[mine].mean() == pytest.approx(good, abs=0.01)
        assert decided[mine & (y == 1)].mean() == pytest.approx(high, abs=0.01)
        assert decided[mine & (y == 0)].mean() == pytest.approx(low, abs=0.01)


@pytest.mark.parametrize("cause", audits.CAUSES)
def test_an_audit_holds_the_bias_it_was_given_and_no_other(cause):
    size = {"label": 0.35, "measurement": 5.0, "sampling": 0.12, "proxy": 0.2, "none": 0.0}[cause]
    given = audits.draw_audit(rng(1), cause, size, people=200_000, rechecked=60_000)
    records, again = given.records, given.rechecked
    good = again[again.good == 1]
    error = again.score - again.true_score
    middle = records[(records.score - 50).abs() < 1]
    found = {
        "label": -good.groupby("group").label.mean().diff()[1],
        "measurement": -error.groupby(again.group).mean().diff()[1],
        "sampling": given.register - records.group.mean(),
        "proxy": -middle.groupby("area").decided.mean().diff()[1],
    }
    for name, value in found.items():
        close = {"measurement": 0.25}.get(name, 0.02)
        assert value == pytest.approx(size if name == cause else 0.0, abs=close)


def test_an_audit_refuses_a_cause_that_there_is_not():
    with pytest.raises(ValueError, match="the causes are none, label"):
        audits.draw_audit(rng(), "luck", 0.1)


def test_profit_and_rates_of_a_policy_are_those_of_people_drawn_one_by_one():
    curves = lending.draw_curves(rng(2), scores=6, groups=2)
    policy = rng(3).random((6, 2))
    people = rng(4)
    n = 200_000
    group = people.choice(2, n, p=curves.shares)
    score = np.where(
        group == 0,
        people.choice(6, n, p=curves.mass[:, 0]),
        people.choice(6, n, p=curves.mass[:, 1]),
    )
    pays = people.random(n) < curves.good[score, group]
    taken = people.random(n) < policy[score, group]
    earned = np.where(pays, 1.0, -3.0)[taken].sum() / n
    assert lending.profit(curves, policy, 3.0) == pytest.approx(earned, abs=0.01)
    found = lending.rates(curves, policy)
    for g in (0, 1):
        assert found.true_positive[g] == pytest.approx(taken[(group == g) & pays].mean(), abs=0.01)
        assert found.false_positive[g] == pytest.approx(
            taken[(group == g) & ~pays].mean(), abs=0.01
        )


def test_accuracy_and_gap_of_cells_are_those_of_a_table_written_out():
    some = cells.Cells(np.array([0.9, 0.2]), np.array([0.25, 0.75]), np.array([0.5, 0.5]))
    assert cells.accuracy(some, [1, 0]) == pytest.approx(0.5 * 0.9 + 0.5 * 0.8)
    assert cells.gap(some, [1, 0]) == pytest.approx(0.75 - 0.25)
    assert cells.gap(some, [1, 1]) == pytest.approx(0)


def test_a_hierarchy_joins_neighbours_until_all_are_one():
    steps = tables.hierarchy((2, 3))
    assert steps.tolist() == [[0, 1, 2, 3, 4, 5], [0, 0, 1, 1, 2, 2], [0, 0, 0, 0, 0, 0]]


def test_a_table_on_its_own_level_is_itself_and_loses_nothing():
    some = tables.draw_table(rng(5), people=50)
    zero, top = [0] * 5, [len(names) - 1 for names in some.hierarchies]
    assert (tables.generalise(some, zero) == some.columns).all()
    assert tables.loss(some, zero) == 0
    assert not tables.generalise(some, top).any()
    assert tables.loss(some, top) == 5


def test_the_neighbour_lacks_all_rows_of_one_person_and_no_other():
    some = clinic.draw_visits(rng(6), people=50, heavy=20)
    there = np.bincount(some, minlength=50)
    away = np.bincount(clinic.without(some, 0), minlength=50)
    assert there[0] == 20 and away[0] == 0
    assert (there[1:] == away[1:]).all()


def test_a_hiring_tool_looks_better_on_what_it_was_trained_on():
    people = cards.draw_hiring(rng(7), people=20_000)
    right = (people.decided == people.label).groupby(people.split).mean()
    assert right["train"] > right["test"] + 0.04
