"""Statistics of tasks agree with independent computations, and say nothing where there is nothing.

Alpha is compared with the two-way analysis of variance of statsmodels (Hoyt, 1941: one minus the
ratio of the residual's mean square to that of the learners), correlations with SciPy's.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.formula.api import ols

from labkit.cohort import items


def by_variance_analysis(scores: np.ndarray) -> float:
    learners, tasks = scores.shape
    frame = pd.DataFrame(
        {
            "points": scores.ravel(),
            "learner": np.repeat(np.arange(learners), tasks),
            "task": np.tile(np.arange(tasks), learners),
        }
    )
    table = sm.stats.anova_lm(ols("points ~ C(learner) + C(task)", frame).fit())
    squares = table["mean_sq"]
    return 1 - squares["Residual"] / squares["C(learner)"]


@st.composite
def gradebooks(draw) -> np.ndarray:
    """Points of up to 12 learners in up to 6 tasks, as gradebooks have them: many alike."""
    learners, tasks = draw(st.integers(2, 12)), draw(st.integers(2, 6))
    kind = draw(st.sampled_from(("quarters", "any")))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    maxima = rng.integers(1, 21, tasks)
    shares = (
        rng.random((learners, tasks))
        if kind == "any"
        else rng.integers(0, 5, (learners, tasks)) / 4
    )
    return shares * maxima  # fmt: skip


@settings(max_examples=30, deadline=None)
@given(gradebooks())
def test_alpha_is_that_of_an_analysis_of_variance(scores: np.ndarray):
    assume(np.var(scores.sum(axis=1)) > 1e-6)
    assert items.alpha(scores) == pytest.approx(by_variance_analysis(scores), rel=1e-9, abs=1e-9)


@settings(max_examples=200, deadline=None)
@given(gradebooks())
def test_discrimination_and_difficulty_are_those_of_scipy(scores: np.ndarray):
    rest = scores[:, 1:].sum(axis=1)
    found = items.discrimination(scores, 0)
    if np.ptp(scores[:, 0]) == 0 or np.ptp(rest) < 1e-9:
        assert found is None
    else:
        assert found == pytest.approx(stats.pearsonr(scores[:, 0], rest)[0], abs=1e-9)
    assert items.difficulty(scores[:, 0]) == pytest.approx(stats.tmean(scores[:, 0]), abs=1e-9)


@pytest.mark.parametrize(
    "scores",
    [np.empty((0, 3)), np.array([[1.0, 2.0, 3.0]]), np.full((9, 3), 0.1), np.empty((5, 0)),
     np.arange(5.0)[:, None], np.array([[0.0, 1.0], [1.0, 0.0]])],
    ids=["nobody", "one learner", "all equal", "no task", "one task", "all the same total"],
)  # fmt: skip
def test_where_the_data_say_nothing_there_is_no_figure(scores: np.ndarray):
    assert items.alpha(scores) is None
    if scores.shape[1] and len(scores) < 2:
        assert items.discrimination(scores, 0) is None


def test_a_task_that_nobody_tried_does_not_discriminate():
    scores = np.array([[0.0, 1.0, 2.0], [0.0, 3.0, 1.0], [0.0, 5.0, 7.0]])
    assert items.discrimination(scores, 0) is None
    assert items.difficulty(scores[:, 0]) == 0
    assert items.difficulty(np.array([])) is None


def test_the_interval_is_the_quantile_of_the_f_distribution():
    low, high = items.alpha_interval(0.8, 41, 26)
    assert low == pytest.approx(1 - 0.2 * stats.f.ppf(0.975, 40, 1000), abs=1e-9)
    assert high == pytest.approx(1 - 0.2 * stats.f.ppf(0.025, 40, 1000), abs=1e-9)


def test_the_interval_holds_the_true_value_as_often_as_it_says():
    """4,000 cohorts of 20 learners, 5 parallel tasks with correlation .4: true alpha 10/13."""
    rng = np.random.default_rng(1)
    ability = rng.normal(0, np.sqrt(0.4), (4000, 20, 1))
    scores = ability + rng.normal(0, np.sqrt(0.6), (4000, 20, 5))
    truth = 5 * 0.4 / (1 + 4 * 0.4)
    held = 0
    for one in scores:
        value = items.alpha(one)
        low, high = items.alpha_interval(value, 20, 5)
        held += low <= truth <= high
    # 95 % of 4,000, give or take three standard deviations of 0.34 %.
    assert abs(held / 4000 - 0.95) < 0.0104
