"""The clinics, the loss and its optimum, the rounds, and the textbook methods in them."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import approx_fprime
from sklearn.linear_model import LogisticRegression

from labkit.trends.edge_federated import baselines, metrics
from labkit.trends.edge_federated.data import figure
from labkit.trends.edge_federated.world import clinics as world
from labkit.trends.edge_federated.world.federation import rounds


def some(seed=0, **settings):
    return world.draw_clinics(np.random.default_rng(seed), **{"new": 200, **settings})


def test_the_slope_is_that_of_finite_differences():
    clinics = some(patients=30)
    x, y = clinics.together
    model = np.random.default_rng(1).normal(size=clinics.start().shape)
    slope = approx_fprime(
        model.ravel(), lambda weights: world.loss(weights.reshape(model.shape), x, y), 1e-6
    )
    assert world.gradient(model, x, y).ravel() == pytest.approx(slope, abs=1e-5)


def test_the_loss_of_the_empty_model_is_that_of_a_guess():
    clinics = some(classes=4)
    assert world.loss(clinics.start(), *clinics.together) == pytest.approx(np.log(4))


@pytest.mark.parametrize("alpha", [0.1, 100.0])
def test_the_optimum_is_the_one_that_scikit_learn_finds(alpha):
    clinics = some(alpha=alpha)
    x, y = clinics.together
    peer = LogisticRegression(
        C=1 / (world.PENALTY * len(y)), fit_intercept=False, tol=1e-10, max_iter=10_000
    )
    theirs = peer.fit(x, y).coef_.T
    assert metrics.optimum(clinics) == pytest.approx(theirs, abs=1e-4)


def test_at_the_optimum_the_mean_slope_is_zero_and_those_of_the_clinics_are_not():
    clinics = some()
    best = metrics.optimum(clinics)
    slopes = [world.gradient(best, x, y) for x, y in zip(clinics.x, clinics.y, strict=True)]
    assert np.abs(np.average(slopes, axis=0, weights=clinics.sizes)).max() < 1e-6
    assert min(np.abs(slope).max() for slope in slopes) > 0.01


def test_the_gap_is_one_at_the_start_and_zero_at_the_best():
    clinics = some()
    best = metrics.optimum(clinics)
    assert metrics.gap(clinics.start(), clinics, best) == pytest.approx(1)
    assert metrics.gap(best, clinics, best) == pytest.approx(0)


def test_a_small_alpha_gives_every_clinic_few_diagnoses():
    def two_largest(alpha):
        shares = [np.bincount(y, minlength=5) / len(y) for y in some(alpha=alpha, clinics=200).y]
        return np.sort(shares, axis=1)[:, -2:].sum(axis=1).mean()

    # Of five alike shares two have 0.4; the numbers of patients add a little.
    assert two_largest(100.0) < 0.52 < 0.9 < two_largest(0.1)


def test_new_patients_come_from_all_clinics():
    clinics = some(new=20_000)
    _, y = clinics.together
    seen, new = (np.bincount(labels, minlength=5) / len(labels) for labels in (y, clinics.new_y))
    assert new == pytest.approx(seen, abs=0.04)


def test_bytes_are_counted_wherever_numbers_stand():
    model = np.zeros((13, 5))
    assert metrics.bytes_sent({"model": model, "steps": 3, "more": [model, None]}) == 4 * 131


def test_states_stay_in_their_clinic_and_nobody_can_change_what_others_get():
    clinics = some(clinics=3, patients=20)

    def client(down, x, y, state):
        down["model"] += 1.0  # its own copy
        return np.array([len(x)]), (state or []) + [len(x)]

    seen = []

    def server(down, messages, sizes, state):
        seen.append((down["model"].max(), [int(m[0]) for m in messages], state))
        return down, (state or 0) + 1

    list(rounds(clinics, client, server, 3))
    assert seen == [(0.0, clinics.sizes, state) for state in (None, 1, 2)]


def test_one_step_of_each_method_is_the_same_step():
    clinics = some()
    models = [
        next(rounds(clinics, *method, 1))[0]
        for method in (
            baselines.fed_sgd(0.3),
            baselines.fed_avg(0.3, 1),
            baselines.fed_avg(0.3, 1, pull=5.0),
            baselines.fed_avg_m(0.3, 1),
        )
    ]
    for model in models[1:]:
        assert model == pytest.approx(models[0])


def test_averaged_models_stand_still_where_averaged_slopes_go_on():
    clinics = some()
    best = metrics.optimum(clinics)

    def run(method):
        return [metrics.gap(model, clinics, best) for model, _ in rounds(clinics, *method, 100)]

    averaged, slopes = run(baselines.fed_avg(1.0, 20)), run(baselines.fed_sgd())
    assert averaged[9] < slopes[9]
    assert averaged[-1] > 0.95 * averaged[-40] > 0.01
    assert slopes[-1] < 0.6 * slopes[-40]


def test_the_saved_gaps_are_those_of_the_methods():
    saved = figure("gaps")
    name = "FedAvg"
    ends = []
    for seed in range(3):
        clinics = some(seed, new=10)
        *_, (model, sent) = rounds(clinics, *baselines.METHODS[name](), saved["rounds"])
        ends.append(metrics.gap(model, clinics, metrics.optimum(clinics)))
        assert sent == saved["alphas"]["0.1"][name]["bytes"]
    low, high = (saved["alphas"]["0.1"][name][part][-1] for part in ("low", "high"))
    assert 0.5 * low < min(ends) and max(ends) < 1.5 * high
    assert low < np.median(ends) < high
