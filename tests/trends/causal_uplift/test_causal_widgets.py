"""The sliders drive the estimators off and back."""

import re

import pytest

from labkit.trends.causal_uplift import widgets


@pytest.fixture
def explorer():
    return widgets.explore_confounding()


def estimates(explorer):
    """Estimates and the two truths, read from the alternative text."""
    text = explorer.picture.alt
    listed = re.search(r"\((.*)\)", text).group(1)
    found = {
        name: float(value) for name, value in re.findall(r"([a-z ,]+) (-?[\d.]+)(?:, |$)", listed)
    }
    truth, kept = map(
        float, re.findall(r"of (-?[\d.]+) over all customers and (-?[\d.]+)", text)[0]
    )
    return found, truth, kept


def turn(explorer, **values):
    for name, value in values.items():
        explorer.controls[name].value = value
    return estimates(explorer)


def test_without_confounding_all_estimators_stand_at_the_truth(explorer):
    found, truth, _ = turn(explorer, confounding=0.0)
    assert len(found) == 4
    assert all(value == pytest.approx(truth, abs=0.5) for value in found.values())


def test_confounding_drives_the_naive_difference_away_and_leaves_weighting_in_place(explorer):
    drift = [turn(explorer, confounding=value)[0] for value in (0.0, 0.3, 0.6, 0.9)]
    naive = [found["naive difference"] for found in drift]
    assert naive == sorted(naive) and naive[-1] > 9
    assert all(found["weighting"] == pytest.approx(5, abs=0.5) for found in drift)
    assert drift[-1]["regression"] > drift[0]["regression"] + 0.5


def test_certain_offers_unsettle_weighting_and_trimming_brings_it_back(explorer):
    found, _, _ = turn(explorer, confounding=0.95, certainty=4.0)
    assert abs(found["weighting"] - 5) > 0.8
    found, _, kept = turn(explorer, trim=0.05)
    assert found["weighting, trimmed"] == pytest.approx(kept, abs=0.5)
    assert abs(found["weighting"] - 5) > 0.8


def test_trimming_changes_for_whom_the_effect_is(explorer):
    _, truth, kept = turn(explorer, confounding=0.95, certainty=2.0, trim=0.1)
    assert kept < truth - 0.2
