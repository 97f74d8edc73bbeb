"""The worlds of module 13 have the truths that their docstrings state."""

from __future__ import annotations

import lightgbm
import numpy as np
import optuna
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from sklearn.metrics import log_loss

from labkit.trends.automl import baselines, metrics, widgets
from labkit.trends.automl.world import claims, contest, curves, logs, market, members, surfaces

SEEDS = st.integers(0, 2**20)


@settings(max_examples=20, deadline=None)
@given(SEEDS)
def test_no_point_of_a_surface_beats_its_peak_and_two_settings_change_nothing(seed):
    surface = surfaces.draw_surface(seed)
    anywhere = np.random.default_rng(seed).uniform(size=(500, 6))
    assert surface.regret(surface.peak) == 0.0
    assert surface.score(anywhere).max() <= 1.0
    moved = anywhere.copy()
    moved[:, np.isinf(surface.width)] = 0.5
    np.testing.assert_array_equal(surface.score(moved), surface.score(anywhere))


def test_a_local_optimiser_finds_both_peaks_of_a_surface():
    surface = surfaces.draw_surface(3)
    ends = [
        -minimize(lambda x: -surface.score(x)[0], start, method="Nelder-Mead").fun
        for start in (surface.peak + 0.02, surface.decoy + 0.02)
    ]
    assert ends == pytest.approx([1.0, surface.height], abs=1e-4)


def test_early_ranks_of_runs_say_next_to_nothing_about_final_ones():
    found = []
    for seed in range(40):
        search = curves.draw_search(seed)
        ranks = [one.argsort().argsort() for one in (search.curves[:, 4], search.final)]
        found.append(np.corrcoef(*ranks)[0, 1])
    assert abs(np.mean(found)) < 0.25


def test_the_oracle_has_the_entropy_and_everybody_else_more():
    table = market.draw_churn(4_000, 1)
    entropy = metrics.expected_log_loss(table.chance, table.chance)
    # A third party, with each row once as leaver and once as stayer, weighted by its chance.
    both = log_loss(
        np.r_[np.ones(4_000), np.zeros(4_000)],
        np.r_[table.chance, table.chance],
        sample_weight=np.r_[table.chance, 1 - table.chance],
    )
    assert entropy == pytest.approx(both)
    assert metrics.excess(table.chance, np.full(4_000, 0.3)) > 0.05
    assert table.y.mean() == pytest.approx(table.chance.mean(), abs=0.03)


def test_credit_adds_up_and_churn_does_not():
    for draw, linear in ((market.draw_churn, False), (market.draw_credit, True)):
        table = draw(20_000, 2)
        logit = np.log(table.chance / (1 - table.chance))
        design = np.c_[np.ones(20_000), table.x]
        left = logit - design @ np.linalg.lstsq(design, logit, rcond=None)[0]
        assert bool(left.var() / logit.var() < 0.2) is linear


def test_who_learned_by_heart_is_best_in_sample_and_worst_elsewhere():
    sees = [[1.3, 0.1, 0.1, 0.3], [0.9, 0.8, 0.5, 2.2], [0.1, 0.3, 1.4, 0.7]]
    panel = members.draw_panel(1, sees, 2_000, 4_000)
    inside = [log_loss(panel.y, column) for column in panel.in_sample.T]
    outside = [log_loss(panel.y, column) for column in panel.out_of_fold.T]
    assert int(np.argmin(inside)) == int(np.argmax(outside)) == 1


def test_the_winner_of_a_contest_promises_too_much_and_means_of_latency_say_nothing():
    found = [contest.draw_contest(seed, 0.014, 0.018) for seed in range(60)]
    best = [one.scores.mean(axis=1).argmax() for one in found]
    promised = [
        one.scores.mean(axis=1)[place] - one.true[place]
        for one, place in zip(found, best, strict=True)
    ]
    assert np.mean(promised) > 0.008
    slow = np.percentile(found[0].latencies, 95, axis=1)
    assert slow.max() / slow.min() > 2
    assert np.corrcoef(slow, found[0].true)[0, 1] > 0.5
    means = found[0].latencies.mean(axis=1)
    assert means.max() / means.min() < 1.6


def test_bookings_never_precede_purchases_and_ties_with_cutoffs_occur():
    events, cutoffs = logs.draw_events(300, 18, 120, 4.0, 1)
    assert (events["booked"] >= events["day"]).all()
    assert events["booked"].is_monotonic_increasing
    both = cutoffs.merge(events, on="customer", suffixes=("", "_bought"))
    assert (both["booked"] == both["day"]).any()


def test_a_claim_that_does_not_exist_is_refused():
    with pytest.raises(ValueError, match="there are nothing wrong"):
        claims.draw_claim("typo", 0)


def test_new_customers_of_a_claim_have_not_called_yet_and_are_nobody_seen():
    table = claims.draw_claim("filled afterwards", 1)
    assert (table.new_x[:, -1] == 0).all() and table.x[:, -1].max() > 1
    repeated = claims.draw_claim("repeated customers", 1)
    assert (np.bincount(repeated.customer) == 4).all()


def test_optuna_is_asked_for_trials_and_a_search_is_the_same_beside_a_busy_machine():
    surface = surfaces.draw_surface(1)
    first = baselines.by_optuna(surface, 15, seed=3)
    assert len(first) == 15 and (np.diff(first) <= 0).all()
    # Trials are counted, so what else happens meanwhile changes nothing.
    np.linalg.svd(np.random.default_rng(0).normal(size=(300, 300)))
    np.testing.assert_array_equal(baselines.by_optuna(surface, 15, seed=3), first)


def test_optuna_shares_a_study_in_a_file_and_prunes(tmp_path):
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    for _ in range(2):
        study = optuna.create_study(
            storage=f"sqlite:///{tmp_path / 'search.db'}",
            study_name="one",
            load_if_exists=True,
            pruner=optuna.pruners.MedianPruner(n_startup_trials=2),
            sampler=optuna.samplers.RandomSampler(seed=1),
        )

        def objective(trial):
            trial.report(float(trial.number), 1)
            if trial.should_prune():
                raise optuna.TrialPruned
            return trial.suggest_float("x", 0, 1)

        study.optimize(objective, n_trials=4)
    assert len(study.trials) == 8
    assert any(trial.state == optuna.trial.TrialState.PRUNED for trial in study.trials)


def test_lightgbm_dumps_the_keys_that_the_lab_explains():
    x = np.random.default_rng(0).normal(size=(200, 2))
    data = lightgbm.Dataset(x, (x[:, 0] > 0).astype(float), params={"verbose": -1})
    model = lightgbm.train({"objective": "binary", "verbose": -1}, data, 2)
    node = model.dump_model()["tree_info"][0]["tree_structure"]
    wanted = {"split_feature", "threshold", "decision_type", "default_left", "missing_type"}
    assert wanted | {"left_child", "right_child"} <= set(node)


def test_with_one_model_nobody_is_lucky():
    promised, true = widgets.winners(0.008, 0.006)
    assert promised[0] == pytest.approx(true[0], abs=0.001)
    assert np.diff(np.subtract(promised, true)[1:]).min() > 0
