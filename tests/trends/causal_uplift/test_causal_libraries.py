"""Every call of causalml, dowhy and networkx that lesson or lab makes, on the installed versions.

A set of versions that resolves may still not run, so each call is used here, with the answer it
must give; the last tests hold the list against what lesson and lab import. The traps named in the
lesson are here too: where one of these tests fails after an update, the lesson is out of date.
"""

from __future__ import annotations

import ast
import logging
import re
import warnings
from pathlib import Path

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.linear_model import LinearRegression

from labkit.trends.causal_uplift import baselines, metrics
from labkit.trends.causal_uplift.world import budget
from labkit.trends.causal_uplift.world.retailer import FEATURES, Market, draw_customers
from labkit.trends.causal_uplift.world.retention import draw_retention

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from causalml.dataset import make_uplift_classification
    from causalml.inference.meta import (
        BaseDRRegressor,
        BaseRRegressor,
        BaseSRegressor,
        BaseTClassifier,
        BaseTRegressor,
        BaseXRegressor,
    )
    from causalml.inference.tree import CausalRandomForestRegressor, UpliftRandomForestClassifier
    from causalml.metrics import auuc_score, get_cumgain, get_qini, qini_score
    from dowhy import CausalModel, gcm

pytestmark = pytest.mark.filterwarnings("ignore")
logging.getLogger("dowhy").setLevel(logging.ERROR)

ROOT = Path(__file__).parents[3]
NOTEBOOKS = [
    *sorted((ROOT / "labs" / "09_causal_uplift").glob("*.py")),
    *sorted((ROOT / "course" / "09_causal_uplift").glob("*.py")),
]


# --- dowhy --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def offers():
    return draw_customers(4_000, 0, Market(lottery=1.0))


def edges_of_offers():
    steering = [(name, target) for name in FEATURES for target in ("offer", "margin")]
    return [
        *steering,
        ("lottery", "offer"),
        ("offer", "visits_after"),
        ("visits_after", "margin"),
        ("offer", "margin"),
        ("offer", "survey"),
        ("margin", "survey"),
    ]


@pytest.fixture(scope="module")
def identified(offers):
    observed = offers.observed.assign(offer=offers.offer == 1)
    graph = nx.DiGraph(edges_of_offers())
    model = CausalModel(data=observed, treatment="offer", outcome="margin", graph=graph)
    return model, model.identify_effect(proceed_when_unidentifiable=True)


def test_dowhy_finds_the_confounders_and_the_instrument_in_a_networkx_graph(identified):
    _, estimand = identified
    assert set(estimand.get_backdoor_variables()) >= {"past_spend", "recency", "visits"}
    assert not {"visits_after", "survey"} & set(estimand.get_backdoor_variables())
    assert estimand.get_instrumental_variables() == ["lottery"]


def test_networkx_tells_separated_from_connected():
    graph = nx.DiGraph([("season", "budget"), ("season", "sales")])
    assert nx.is_d_separator(graph, {"budget"}, {"sales"}, {"season"})
    assert not nx.is_d_separator(graph, {"budget"}, {"sales"}, set())


@pytest.mark.parametrize(
    ("method", "units"),
    [
        ("backdoor.linear_regression", "ate"),
        ("backdoor.propensity_score_weighting", "ate"),
        ("backdoor.propensity_score_weighting", "att"),
        ("backdoor.propensity_score_stratification", "att"),
        ("backdoor.propensity_score_matching", "att"),
    ],
)
def test_dowhy_estimates_come_near_the_truth(identified, offers, method, units):
    model, estimand = identified
    estimate = model.estimate_effect(estimand, method_name=method, target_units=units)
    truth = offers.ate if units == "ate" else offers.att
    naive = baselines.difference_in_means(offers.offer, offers.margin)
    assert estimate.value == pytest.approx(truth, abs=1.5)
    assert abs(estimate.value - truth) < abs(naive - truth) / 3


def test_dowhy_estimates_by_the_instrument_with_little_precision(identified, offers):
    model, estimand = identified
    estimate = model.estimate_effect(estimand, method_name="iv.instrumental_variable")
    assert estimate.value == pytest.approx(offers.ate, abs=6)


def refuted(identified, method, refuter, **settings):
    model, estimand = identified
    estimate = model.estimate_effect(estimand, method_name=method)
    return model.refute_estimate(
        estimand, estimate, method_name=refuter, num_simulations=8, random_seed=0, **settings
    )


def test_a_placebo_treatment_has_no_effect_by_regression(identified):
    result = refuted(
        identified,
        "backdoor.linear_regression",
        "placebo_treatment_refuter",
        placebo_type="permute",
    )
    assert result.new_effect == pytest.approx(0, abs=0.6)


def test_trap_the_placebo_refuter_with_propensity_weighting_finds_an_effect_of_nothing(identified):
    # It shuffles the treatment but weighs by the propensity of the real one, so the weights
    # unbalance what the shuffling had balanced.
    result = refuted(
        identified,
        "backdoor.propensity_score_weighting",
        "placebo_treatment_refuter",
        placebo_type="permute",
    )
    assert result.new_effect < -2


@pytest.mark.parametrize(
    ("refuter", "settings"),
    [("random_common_cause", {}), ("data_subset_refuter", {"subset_fraction": 0.8})],
)
def test_harmless_refuters_leave_the_estimate_where_it_was(identified, refuter, settings):
    result = refuted(identified, "backdoor.linear_regression", refuter, **settings)
    assert result.new_effect == pytest.approx(result.estimated_effect, abs=0.3)


def test_trap_these_refuters_do_not_notice_a_missing_confounder(offers):
    observed = offers.observed.assign(offer=offers.offer == 1)
    graph = nx.DiGraph([("tenure", "offer"), ("tenure", "margin"), ("offer", "margin")])
    model = CausalModel(data=observed, treatment="offer", outcome="margin", graph=graph)
    wrong = model, model.identify_effect(proceed_when_unidentifiable=True)
    result = refuted(wrong, "backdoor.linear_regression", "random_common_cause")
    assert result.estimated_effect > offers.ate + 3
    assert result.new_effect == pytest.approx(result.estimated_effect, abs=0.3)


def test_a_confounder_that_nobody_saw_can_be_played(identified):
    model, estimand = identified
    estimate = model.estimate_effect(estimand, method_name="backdoor.linear_regression")
    result = model.refute_estimate(
        estimand,
        estimate,
        method_name="add_unobserved_common_cause",
        confounders_effect_on_treatment="binary_flip",
        confounders_effect_on_outcome="linear",
        effect_strength_on_treatment=0.2,
        effect_strength_on_outcome=5.0,
    )
    assert result.new_effect < estimate.value - 0.5


def test_trap_a_graph_as_a_dot_string_is_not_understood():
    data = pd.DataFrame({"offer": [True, False], "margin": [1.0, 2.0]})
    with pytest.raises(TypeError):
        CausalModel(data=data, treatment="offer", outcome="margin", graph="digraph {offer->margin}")


# --- dowhy.gcm ----------------------------------------------------------------------------------


def structural_model(weeks):
    """Mechanisms set by hand: `gcm.auto.assign_causal_mechanisms` tries many and takes seconds."""
    gcm.config.disable_progress_bars()
    gcm.config.set_default_n_jobs(1)
    model = gcm.InvertibleStructuralCausalModel(nx.DiGraph(list(budget.EDGES)))
    model.set_causal_mechanism("season", gcm.EmpiricalDistribution())
    for node in ("budget", "traffic", "sales"):
        line = gcm.AdditiveNoiseModel(gcm.ml.create_linear_regressor())
        model.set_causal_mechanism(node, line)
    gcm.fit(model, weeks)
    return model


def test_the_counterfactual_of_ten_percent_more_budget_is_the_published_one():
    weeks = budget.draw_weeks(3_000, 0)
    raised = gcm.counterfactual_samples(
        structural_model(weeks), {"budget": lambda spent: 1.1 * spent}, observed_data=weeks
    )
    gained = (raised["sales"] - weeks["sales"]).mean()
    assert gained == pytest.approx(30.4, abs=0.1)
    assert gained == pytest.approx(budget.gain(weeks, 0.1), abs=0.6)


def test_the_intervention_agrees_with_the_counterfactual_on_average():
    weeks = budget.draw_weeks(3_000, 0)
    model = structural_model(weeks)
    raised, as_it_is = (
        gcm.interventional_samples(model, change, num_samples_to_draw=20_000)["sales"].mean()
        for change in ({"budget": lambda spent: 1.1 * spent}, {})
    )
    assert raised - as_it_is == pytest.approx(30.4, abs=3)


# --- causalml -----------------------------------------------------------------------------------

BENT = Market(confounding=0.8, treated_share=0.3, curved_outcome=True)


def boosting():
    return HistGradientBoostingRegressor(max_depth=3, max_iter=80, learning_rate=0.08)


@pytest.fixture(scope="module")
def people():
    return draw_customers(4_000, 0, BENT), draw_customers(2_000, 1, BENT)


def error_of(learner, people, *, fit_chance=False, predict_chance=False):
    """√PEHE of a causalml learner on new customers."""
    known, new = people
    fitting, predicting = {}, {}
    if fit_chance:
        fitting["p"] = np.clip(baselines.fit_propensity(known.x, known.offer), 0.02, 0.98)
    if predict_chance:
        predicting["p"] = np.clip(baselines.fit_propensity(new.x, new.offer), 0.02, 0.98)
    learner.fit(X=known.x, treatment=known.offer, y=known.margin, **fitting)
    predicted = learner.predict(X=new.x, **predicting)
    assert predicted.shape == (2_000, 1)
    return metrics.pehe(predicted[:, 0], new.effect)


def test_causalml_s_and_t_learners_are_those_of_the_baselines(people):
    known, new = people
    ours = (known.x, known.offer, known.margin, new.x)
    for theirs, own in (
        (BaseSRegressor(boosting()), baselines.s_learner),
        (BaseTRegressor(boosting()), baselines.t_learner),
    ):
        error = metrics.pehe(own(boosting(), *ours), new.effect)
        assert error_of(theirs, people) == pytest.approx(error, rel=0.1)


def test_learners_made_for_confounding_beat_the_t_learner(people):
    two_models = error_of(BaseTRegressor(boosting()), people)
    crossed = error_of(BaseXRegressor(boosting()), people, fit_chance=True, predict_chance=True)
    residuals = error_of(BaseRRegressor(boosting()), people, fit_chance=True)
    robust = BaseDRRegressor(learner=boosting(), treatment_effect_learner=LinearRegression())
    assert crossed < 0.7 * two_models
    assert residuals < two_models
    assert error_of(robust, people, fit_chance=True) < 0.7 * two_models


def test_trap_the_causal_forest_does_not_remove_confounding():
    rng = np.random.default_rng(0)
    x = rng.standard_normal((2_000, 5))
    treated = (rng.random(2_000) < 1 / (1 + np.exp(-x[:, 0]))).astype(int)
    outcome = x[:, 0] + 0.5 * treated + 0.5 * rng.standard_normal(2_000)
    forest = CausalRandomForestRegressor(
        control_name=0, n_estimators=30, min_samples_leaf=10, n_jobs=1, random_state=0
    )
    found = forest.fit(x, treated, outcome).predict(x).mean()
    assert found > 0.9  # 0.5 is right
    assert baselines.ols(x, treated, outcome) == pytest.approx(0.5, abs=0.1)


def test_uplift_learners_for_classes_rank_customers_by_who_is_kept():
    known, new = draw_retention(6_000, 0), draw_retention(4_000, 1)
    offer, stayed = (known.observed[name].to_numpy().astype(int) for name in ("offer", "stayed"))
    pair = BaseTClassifier(HistGradientBoostingClassifier(max_iter=60, max_depth=2))
    pair.fit(X=known.x, treatment=offer, y=stayed)
    forest = UpliftRandomForestClassifier(
        control_name="none", n_estimators=20, max_depth=5, min_samples_leaf=100, n_jobs=1,
        random_state=0,
    )  # fmt: skip
    forest.fit(known.x, np.where(offer == 1, "offer", "none"), stayed)
    for predicted in (pair.predict(new.x), forest.predict(new.x)):
        assert predicted.shape == (4_000, 1)
        assert np.corrcoef(predicted[:, 0], new.truth["uplift"])[0, 1] > 0.6


def test_causalml_scores_a_frame_with_one_column_a_model():
    drawn = draw_retention(3_000, 0)
    frame = pd.DataFrame(
        {
            "truth": drawn.truth["uplift"],
            "risk": 1 - drawn.truth["stay_without"],
            "w": drawn.observed["offer"].astype(int),
            "y": drawn.observed["stayed"],
        }
    )
    for score in (qini_score, auuc_score):
        found = score(frame, outcome_col="y", treatment_col="w", normalize=False)
        assert found["truth"] > found["risk"]
    for curve in (get_qini, get_cumgain):
        heights = curve(frame, outcome_col="y", treatment_col="w")
        assert heights.shape == (3_001, 2) and (heights.iloc[0] == 0).all()


def test_trap_the_generators_effect_column_is_zero_for_everybody_without_treatment():
    kinds = ("n_uplift_increase", "n_uplift_decrease")
    mixed = ("n_uplift_increase_mix_informative", "n_uplift_decrease_mix_informative")
    numbers = {f"{name}_dict": {"t": 4 if name == kinds[0] else 0} for name in (*kinds, *mixed)}
    drawn, _ = make_uplift_classification(
        n_samples=10_000,
        treatment_name=["control", "t"],
        delta_uplift_increase_dict={"t": 0.2},
        delta_uplift_decrease_dict={"t": 0.0},
        random_seed=1,
        **numbers,
    )
    rate = drawn.groupby("treatment_group_key")["conversion"].mean()
    untreated = drawn["treatment_group_key"] == "control"
    assert rate["t"] - rate["control"] == pytest.approx(0.2, abs=0.02)
    assert (drawn.loc[untreated, "treatment_effect"] == 0).all()
    # So its mean is half the effect, and as a truth for each person it is wrong for half of them.
    assert drawn["treatment_effect"].mean() == pytest.approx(0.1, abs=0.01)


# --- nothing used that is not held here ----------------------------------------------------------


def imported(source, packages=("causalml", "dowhy")):
    return {
        name.name
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in packages
        for name in node.names
    }


def used(source):
    """Names after `gcm.` and names of methods, refuters and schemes, given as strings."""
    methods = re.findall(r"method_name=\"([\w.]+)\"", source)
    return set(re.findall(r"\bgcm\.([\w.]+)", source)) | set(methods)


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_library_call_of_lesson_and_lab_is_held_here(notebook):
    here = Path(__file__).read_text()
    source = notebook.read_text()
    assert imported(source) <= imported(here)
    missing = {name for name in used(source) if name not in here}
    assert not missing
