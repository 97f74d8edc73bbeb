"""Tables, events, streams, duels and canaries of module 10 are what their docstrings say."""

from __future__ import annotations

import numpy as np
import pytest

from labkit.trends.mlops.world import canaries, duels, ledger, streams, tables

WHO = tables.Applicants(3_000, 6.0, 44, 12, ("A", "B", "C", "new"))


def _day(seed=0, rows=150):
    return tables.draw_table(np.random.default_rng(seed), WHO, rows, (31, 31), 0.05)


def test_the_last_region_is_new_in_batches():
    reference = tables.draw_table(np.random.default_rng(0), WHO, 5_000, (1, 30))
    assert set(reference["region"]) == {"A", "B", "C"}
    assert "new" in set(_day(rows=5_000)["region"])


def test_incomes_grow_by_what_was_asked_for():
    rng = np.random.default_rng(1)
    medians = [
        tables.draw_table(rng, WHO, 100_000, (1, 30), growth)["income"].median()
        for growth in (0.0, 0.08)
    ]
    assert medians[0] == pytest.approx(3_000, rel=0.01)
    assert medians[1] / medians[0] == pytest.approx(1.08, rel=0.01)


def test_who_earns_more_pays_a_lower_rate_unless_rows_are_misjoined():
    fine = _day(rows=5_000)
    bad, _ = tables.spoil(np.random.default_rng(2), fine, "misjoined", "rate")
    joined = [t["income"].corr(t["rate"], method="spearman") for t in (fine, bad)]
    assert joined[0] == pytest.approx(-0.8, abs=0.05)
    assert joined[1] == pytest.approx(0, abs=0.05)
    assert fine["rate"].mean() == pytest.approx(6.0, rel=0.02)


@pytest.mark.parametrize("fault", tables.FAULTS)
def test_a_fault_breaks_the_columns_it_names_and_no_others(fault):
    fine = _day()
    bad, broken = tables.spoil(np.random.default_rng(2), fine, fault, "rate")
    changed = {
        name
        for name in fine
        if not fine[name].astype(str).equals(bad[name].iloc[: len(fine)].astype(str))
    }
    assert changed <= broken
    assert changed == broken or fault == "doubled"
    assert bad["id"].duplicated().any() == (fault == "doubled")


def test_an_unknown_fault_is_named():
    with pytest.raises(ValueError, match="no fault 'rust'"):
        tables.spoil(np.random.default_rng(0), _day(), "rust", "age")


def test_rows_of_every_shape_have_mean_0_and_deviation_1():
    rows = streams.draw_rows(np.random.default_rng(0), 1, 400_000)[0]
    assert np.abs(rows.mean(axis=0)).max() < 0.01
    assert np.abs(rows.std(axis=0) - 1).max() < 0.02


def test_a_stream_shifts_one_feature_from_the_start_on():
    quiet, shifted = (
        streams.draw_stream(np.random.default_rng(3), 10, 50, 2, shift, 4) for shift in (0, 0.3)
    )
    difference = shifted - quiet
    assert np.allclose(difference[4:, :, 2], 0.3)
    assert difference[:4].any() == difference[:, :, [0, 1, 3, 4, 5]].any() == False  # noqa: E712


def test_duels_have_the_gain_they_were_asked_for():
    rng = np.random.default_rng(4)
    gains = {}
    for kind in duels.KINDS:
        drawn = duels.draw_duel(rng, 400_000, kind, 0.024)
        gains[kind] = drawn.new.mean() - drawn.old.mean()
        if kind == "harmful":
            last = drawn.segment == 7
            assert drawn.new[last].mean() - drawn.old[last].mean() == pytest.approx(
                -0.158, abs=0.01
            )
    assert gains["equal"] == pytest.approx(0, abs=0.002)
    assert gains["better"] == pytest.approx(0.024, abs=0.002)
    assert gains["worse"] == pytest.approx(-0.024, abs=0.002)
    assert gains["harmful"] > 0.02


def test_an_unknown_duel_is_named():
    with pytest.raises(ValueError, match="no kind 'best'"):
        duels.draw_duel(np.random.default_rng(0), 10, "best", 0.1)


def test_minutes_have_their_traffic_and_their_rate():
    requests, errors = canaries.draw_minutes(np.random.default_rng(5), 50_000, 50, 0.02)
    assert requests.mean() == pytest.approx(50, rel=0.01)
    assert errors.sum() / requests.sum() == pytest.approx(0.02, rel=0.02)


def test_no_two_events_of_a_customer_share_an_hour_and_corrections_come_later():
    events = ledger.draw_events(np.random.default_rng(6), 30, 9)
    hours = events.drop_duplicates("event")
    assert not hours.duplicated(["customer", "happened"]).any()
    twice = events[events.duplicated("event", keep=False)].sort_values(["event", "recorded"])
    assert (twice.groupby("event")["recorded"].nunique() == 2).all()
    assert (events["recorded"] < events["happened"]).any()  # booked ahead
    cuts = ledger.draw_cuts(np.random.default_rng(7), events, 100)
    assert set(cuts["customer"]) <= set(events["customer"])
