"""The sliders move score, rule and lesion."""

import re

import numpy as np
import pytest

from labkit.trends.neuro_symbolic_diagnosis import widgets


@pytest.fixture
def explorer():
    return widgets.explore_diagnosis()


def turn(explorer, **values):
    """Set sliders; return the picture, and the share of "benign" in percent."""
    for name, value in values.items():
        explorer.controls[name].value = value
    picture = explorer.picture
    return picture, int(re.search(r"benign (\d+) %", picture.alt)[1])


def test_the_trace_is_the_sum_of_the_findings_set(explorer):
    picture, benign = turn(explorer, asymmetry=1, border=4, colours=3, structures=3, doubt=0.0)
    assert "most likely score 4.7" in picture.alt
    assert benign == 100


def test_one_eighth_of_the_border_more_tips_the_verdict(explorer):
    _, before = turn(explorer, asymmetry=1, border=4, colours=3, structures=3, doubt=0.0)
    picture, after = turn(explorer, border=5)
    assert (before, after) == (100, 0)
    assert "suspicious" in picture.alt.rpartition(";")[2]


def test_a_lower_threshold_changes_the_verdict_and_not_the_score(explorer):
    before, _ = turn(explorer, asymmetry=1, border=4, colours=3, structures=3, doubt=0.0)
    after, benign = turn(explorer, threshold=4.55)
    assert benign == 0
    score = re.compile(r"score (\d\.\d)")
    assert score.search(before.alt)[1] == score.search(after.alt)[1]


def test_more_asymmetry_means_less_benign_under_doubt(explorer):
    benign = [turn(explorer, asymmetry=level, doubt=0.3)[1] for level in (0, 1, 2)]
    assert benign == sorted(benign, reverse=True) and benign[0] > benign[2] + 30


def test_doubt_widens_the_distribution(explorer):
    heights = []
    for doubt in (0.0, 0.3, 0.9):
        bars = turn(explorer, doubt=doubt)[0].axes[1].patches
        heights.append(max(bar.get_data().values.max() for bar in bars))
    assert heights == sorted(heights, reverse=True)


def test_the_lesion_follows_the_sliders(explorer):
    before = turn(explorer, colours=2)[0].axes[0].images[0].get_array()
    after = turn(explorer, colours=5)[0].axes[0].images[0].get_array()
    same = turn(explorer, doubt=0.6)[0].axes[0].images[0].get_array()
    assert np.abs(before - after).max() > 0.2
    assert np.array_equal(after, same)
