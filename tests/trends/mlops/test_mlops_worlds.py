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


def test_duels_have_the_gain_and_the_differences_they_were_asked_for():
    rng = np.random.default_rng(4)
    due = {"equal": 0, "better": 0.024, "worse": -0.024, "harmful": 0.024}
    for kind, gain in due.items():
        drawn = duels.draw_duel(rng, 400_000, kind, 0.024, 0.1)
        assert drawn.new.mean() - drawn.old.mean() == pytest.approx(gain, abs=0.002)
        assert (drawn.new != drawn.old).mean() == pytest.approx(0.1, abs=0.002)


def test_a_harmful_model_is_five_standard_errors_behind_in_one_segment_whichever():
    rng = np.random.default_rng(5)
    worst = np.array([sorted(_errors_ahead(_harmful(rng)))[:2] for _ in range(200)])
    assert worst.mean(axis=0)[0] == pytest.approx(-duels.HARM, abs=0.4)
    assert worst.mean(axis=0)[1] > 0
    found = {int(np.argmin(_errors_ahead(_harmful(rng)))) for _ in range(60)}
    assert found == set(range(8))


def _harmful(rng):
    return duels.draw_duel(rng, 6_000, "harmful", 0.03, 0.3)


def _errors_ahead(drawn):
    gains = [(drawn.new - drawn.old)[drawn.segment == one] for one in range(8)]
    return [gain.mean() / gain.std() * len(gain) ** 0.5 for gain in gains]


def test_models_that_differ_too_little_for_their_gain_are_refused():
    with pytest.raises(ValueError, match="too few of 1000 cases"):
        duels.draw_duel(np.random.default_rng(0), 1_000, "better", 0.05, 0.02)


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
