"""Every call of fairlearn that the lesson makes, on the installed version."""

from __future__ import annotations

import ast
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from fairlearn.metrics import MetricFrame, selection_rate, true_positive_rate
from fairlearn.postprocessing import ThresholdOptimizer
from fairlearn.reductions import DemographicParity, ExponentiatedGradient
from sklearn.linear_model import LogisticRegression

LESSON = Path(__file__).parents[3] / "course/02_responsible_ai/lesson.py"
USED = {"MetricFrame", "selection_rate", "true_positive_rate", "ThresholdOptimizer",
        "DemographicParity", "ExponentiatedGradient"}  # fmt: skip


@pytest.fixture(scope="module")
def people():
    rng = np.random.default_rng(0)
    group = rng.integers(2, size=3_000)
    x = pd.DataFrame({"score": rng.normal(0.8 * group, 1)})
    y = (rng.random(3_000) < 1 / (1 + np.exp(-x["score"]))).astype(int)
    return x, y, group


def test_the_lesson_uses_of_fairlearn_what_is_tried_here():
    tree = ast.parse(LESSON.read_text(encoding="utf-8"))
    imported = {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("fairlearn")
        for alias in node.names
    }
    assert imported == USED


def test_a_metric_frame_gives_the_widest_gap(people):
    _, y, group = people
    decided = (np.arange(len(y)) % 3 == 0).astype(int)
    frame = MetricFrame(
        metrics={"selection": selection_rate, "true positives": true_positive_rate},
        y_true=y,
        y_pred=decided,
        sensitive_features=group,
    )
    by_hand = [decided[group == g].mean() for g in (0, 1)]
    assert frame.difference()["selection"] == pytest.approx(np.ptp(by_hand))


def test_the_bootstrap_of_a_metric_frame_misses_the_truth_where_groups_are_alike():
    rng = np.random.default_rng(2)
    frame = MetricFrame(
        metrics={"selection": selection_rate},
        y_true=np.ones(480),
        y_pred=rng.integers(2, size=480),
        sensitive_features=np.repeat(np.arange(8), 60),
        n_boot=40,
        ci_quantiles=[0.025, 0.975],
        random_state=0,
    )
    assert frame.difference_ci()[0]["selection"] > 0.05


def test_a_threshold_optimiser_needs_the_group_to_decide(people):
    x, y, group = people
    model = LogisticRegression().fit(x, y)
    found = ThresholdOptimizer(
        estimator=model,
        constraints="equalized_odds",
        objective="balanced_accuracy_score",
        prefit=True,
        predict_method="predict_proba",
    ).fit(x, y, sensitive_features=group)
    decided = found.predict(x, sensitive_features=group, random_state=0)
    rate = [decided[(group == g) & (y == 1)].mean() for g in (0, 1)]
    assert np.ptp(rate) < 0.05
    with pytest.raises(TypeError):
        found.predict(x)


def test_the_bound_is_set_by_the_constraint_and_not_by_eps(people):
    """And it holds the distance of each group from all: two groups may lie twice as far apart."""
    x, y, group = people
    x = x.assign(other=np.random.default_rng(1).normal(group, 1))

    def accepted(constraint, **settings):
        found = ExponentiatedGradient(LogisticRegression(), constraint, max_iter=20, **settings)
        found.fit(x, y, sensitive_features=group)
        weights = found.weights_[found.weights_ > 0]
        return sum(
            w * found.predictors_[i].predict(x) for i, w in zip(weights.index, weights, strict=True)
        )

    def gap(accept):
        return abs(accept[group == 0].mean() - accept[group == 1].mean())

    assert gap(accepted(DemographicParity(), eps=0.1)) < 0.03
    bounded = accepted(DemographicParity(difference_bound=0.1))
    to_all = [abs(bounded[group == g].mean() - bounded.mean()) for g in (0, 1)]
    assert max(to_all) < 0.115 < gap(bounded)
