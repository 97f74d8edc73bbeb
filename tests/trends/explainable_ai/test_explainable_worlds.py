"""The worlds of module 03 have the truths that their docstrings state."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from labkit.trends.explainable_ai import clinic, data, widgets
from labkit.trends.explainable_ai.world import (
    advice,
    audits,
    boxes,
    lesions,
    maps,
    networks,
    reviews,
)

SEEDS = st.integers(0, 2**20)
KINDS = ["strong", "leak", "honest", "faded", "moved", "masked", "useless", "shadow"]
WEIGHTS = [1.4, 0.9, 0.6, 0.9, 0.7, 0.7, 0.45, 0.0]


@settings(max_examples=10, deadline=None)
@given(SEEDS)
def test_the_mean_gradient_is_the_limit_of_weighted_least_squares(seed):
    rng = np.random.default_rng(seed)
    scale = rng.uniform(0.5, 2, 3)
    parts = boxes.draw_parts(seed, scale)
    steps = rng.normal(size=(60_000, 3))
    weight = np.exp(-(steps**2).sum(axis=1) / 2)
    table = np.column_stack([np.ones(len(steps)), steps * scale])
    value = boxes.box(parts)(steps * scale)
    slopes = np.linalg.solve(table.T * weight @ table, table.T * weight @ value)[1:]
    exact = boxes.mean_slopes(parts, np.zeros(3), scale / np.sqrt(2))
    np.testing.assert_allclose(slopes * scale, exact * scale, atol=0.08)


def test_a_narrow_neighbourhood_has_the_gradient():
    parts = [part for part in boxes.draw_parts(3, np.ones(4)) if part[0] != "step"]
    f, x, step = boxes.box(parts), np.full(4, 0.3), 1e-5 * np.eye(4)
    np.testing.assert_allclose(
        boxes.mean_slopes(parts, x, np.full(4, 1e-6)), (f(x + step) - f(x - step)) / 2e-5, atol=1e-6
    )


def test_the_library_lime_has_the_same_limit():
    exact = widgets.exact_slopes(1.0)
    np.testing.assert_allclose(widgets.lime_slopes(1.0, 30_000, 1), exact, atol=0.03)


def test_shap_agrees_with_all_coalitions_on_a_forest():
    import shap
    from sklearn.ensemble import GradientBoostingClassifier

    rng = np.random.default_rng(0)
    x = rng.normal(size=(300, 5)).astype(np.float32).astype(float)
    y = (x[:, 0] * x[:, 1] + x[:, 2] > 0).astype(int)
    forest = GradientBoostingClassifier(n_estimators=20, random_state=0).fit(x, y)
    background, row = x[:8], x[20]
    masks = (np.arange(32)[:, None] >> np.arange(5) & 1).astype(bool)
    rows = np.where(masks[:, None, :], row, background).reshape(-1, 5)
    value = forest.decision_function(rows).reshape(32, 8).mean(axis=1)
    size = masks.sum(axis=1)
    share = 1 / (5 * np.array([1, 4, 6, 4, 1]))
    exact = [
        sum(share[size[k]] * (value[k + 2**i] - value[k]) for k in range(32) if not masks[k, i])
        for i in range(5)
    ]
    explainer = shap.TreeExplainer(forest, background, feature_perturbation="interventional")
    np.testing.assert_allclose(explainer.shap_values(row[None])[0], exact, atol=1e-5)


@pytest.mark.parametrize("is_text", [False, True])
def test_contributions_are_calibrated_in_validation_and_a_leak_pays_there_alone(is_text):
    spread = np.sqrt(0.4 * 0.6) if is_text else 1.0
    roles = [
        {"kind": kind, "weight": weight / spread, "rate": 0.4}
        for kind, weight in zip(KINDS, WEIGHTS, strict=True)
    ]
    drawn = reviews.draw_review(1, KINDS, roles, 20_000, is_text)
    factors = []
    for table in (drawn.validation, drawn.production):
        used = table.contributions[:, :-1]
        factors.append(LogisticRegression(C=1e6).fit(used, table.default).coef_[0])
    before, since = (dict(zip(KINDS, one, strict=False)) for one in factors)
    honest = ["strong", "leak", "honest", "faded", "moved", "masked"]
    assert [before[kind] for kind in honest] == pytest.approx([1] * 6, abs=0.15)
    assert before["useless"] == pytest.approx(0, abs=0.15)
    assert since["leak"] == pytest.approx(0, abs=0.1)
    assert since["faded"] == pytest.approx(0.7, abs=0.15)
    assert since["masked"] == pytest.approx(1, abs=0.2)
    said = expit(drawn.base + drawn.validation.contributions.sum(axis=1))
    assert said.mean() == pytest.approx(drawn.validation.default.mean(), abs=1e-6)


def test_a_leak_has_the_same_values_in_production_and_a_masked_column_no_correlation():
    roles = [
        {"kind": kind, "weight": weight, "rate": 0.0}
        for kind, weight in zip(KINDS, WEIGHTS, strict=True)
    ]
    drawn = reviews.draw_review(2, KINDS, roles, 20_000, False)
    leak = [table.columns[:, 1] for table in (drawn.validation, drawn.production)]
    assert leak[0].std() == pytest.approx(leak[1].std(), rel=0.03)
    masked, default = drawn.production.columns[:, 5], drawn.production.default
    assert abs(np.corrcoef(masked, default)[0, 1]) < 0.05


def test_whoever_reads_the_rim_is_as_right_as_stated_and_a_sticker_stands_where_it_is_put():
    images, labels = lesions.draw_lesions(1, 4_000, 16)
    rim = images[:, 6:10, 6:10].mean(axis=(1, 2)) - images[:, 3:13, 3:13].mean(axis=(1, 2))
    assert max(np.mean((rim > cut) == labels) for cut in np.quantile(rim, [0.4, 0.5, 0.6])) > 0.75
    shown = lesions.put(images[:3], [True, False, True], (0, 13), np.ones((3, 3)))
    assert (shown[[0, 2], :3, 13:] == 1).all()
    np.testing.assert_array_equal(shown[1], images[1])
    told = lesions.told(np.random.default_rng(0), labels, 0.9)
    assert told[labels == 1].mean() == pytest.approx(0.9, abs=0.02)
    assert told[labels == 0].mean() == pytest.approx(0.1, abs=0.02)


def test_a_network_trains_as_torch_says_and_its_gradient_is_torchs():
    import torch

    images, labels = lesions.draw_lesions(2, 200, 16)
    start = networks.fresh(1, 256, 6)
    trained = networks.train(start, images, labels, steps=5)
    kept = {key: torch.tensor(start[key], requires_grad=True) for key in ("w1", "b1", "w2", "b2")}
    step = torch.optim.Adam(kept.values(), lr=0.01)
    rows = torch.tensor(images.reshape(200, -1) - networks.SKIN)
    for _ in range(5):
        said = torch.relu(rows @ kept["w1"] + kept["b1"]) @ kept["w2"] + kept["b2"]
        loss = torch.nn.functional.binary_cross_entropy_with_logits(
            said, torch.tensor(labels, dtype=torch.float64)
        )
        step.zero_grad()
        loss.backward()
        step.step()
    for key, value in kept.items():
        np.testing.assert_allclose(trained[key], value.detach().numpy(), atol=1e-6)
    pixel = rows[:1].clone().requires_grad_()
    (torch.relu(pixel @ kept["w1"] + kept["b1"]) @ kept["w2"]).sum().backward()
    np.testing.assert_allclose(
        maps.gradient(trained, images[0]).ravel(), pixel.grad.numpy()[0], atol=1e-6
    )


@pytest.mark.parametrize("kind", maps.READS + maps.IGNORES)
def test_a_map_depends_on_the_network_or_not_as_its_kind_says(kind):
    image = lesions.draw_lesions(3, 1)[0][0]
    nets = [networks.fresh(seed, 256, 8) for seed in (1, 2)]
    # Two makers of one seed have the same noise.
    first, other = (maps.maker(kind, 5, 16, 8)(net, image).ravel() for net in nets)
    alike = np.corrcoef(first, other)[0, 1]
    assert bool(alike > 0.999) is (kind in maps.IGNORES)


def test_what_does_not_exist_is_refused():
    with pytest.raises(ValueError, match="none of gradient"):
        maps.maker("typo", 1, 16, 8)
    with pytest.raises(ValueError, match="none of usual"):
        clinic.pictures(1, 2, "typo")
    with pytest.raises(ValueError, match="none of saliency"):
        clinic.heat_map(clinic.shipped("sticker"), np.zeros((32, 32)), "typo")
    with pytest.raises(ValueError, match="none of honest"):
        audits.bank("typo", np.zeros((2, 2)), 0, [], 1.0)


def test_rules_of_advice_are_told_apart():
    person = advice.as_applicant(
        {
            "x": [0.0, 1.0, 2.0, 3.0],
            "grid": [[0.0, 1.0], [0.0, 1.0, 2.0], [2.0], [3.0, 4.0]],
            "costs": [[0.0, 5.0], [1.0, 0.0, 2.0], [0.0], [0.0, 7.0]],
            "rules": {"fixed": [0], "up": [1], "tied": [[1, 2, 0.5]]},
        }
    )
    moved = advice.follow(person.x, [0, 2, 2, 4], person.rules["tied"])
    np.testing.assert_array_equal(moved, [0, 2, 2.5, 4])
    assert advice.broken_rule(person, moved) == "" and advice.price(person, moved) == 9.0
    for row, words in (
        ([1, 1, 2, 3], "fixed"),
        ([0, 0, 1.5, 3], "only rise"),
        ([0, 2, 2, 3], "tied"),
        ([0, 1, 2.2, 3], "tied"),
        ([0, 1, 2, 3.5], "not on the grid"),
    ):
        assert words in advice.broken_rule(person, row)


@pytest.mark.parametrize("kind", audits.KINDS)
def test_a_bank_uses_the_group_where_its_kind_says(kind):
    rows = audits.draw_applicants(1, 800, 10, 4)
    parts = [["line", 1.0, 0.2, [0.2, 0.1, 0.3, 0.0, 0.0, 0.1, 0.2, 0.1, 0.0, 0.1]]]
    model = audits.bank(kind, rows, 4, parts, 1.2)
    table = np.column_stack([np.ones(len(rows)), rows])
    uses = []
    for shown in (rows, rows + 1e-6):
        odds = np.log(model(shown) / (1 - model(shown)))
        uses.append(abs(np.linalg.lstsq(table, odds, rcond=None)[0][5]) > 1.0)
    assert uses == [kind in ("open", "hidden"), kind in ("open", "posed")]


def test_the_shipped_networks_are_those_of_the_figures():
    found = clinic.shortcut()["accuracy"]
    for name in ("sticker", "added", "cured"):
        network = clinic.shipped(name)
        for kind in ("usual", "none", "misleading"):
            right = clinic.accuracy(network, *clinic.pictures(900, 1000, kind))
            assert right == pytest.approx(found[name][kind][0], abs=0.004)
    assert max(found["sticker"]["misleading"]) < 0.35 and min(found["sticker"]["usual"]) > 0.95
    assert min(found["cured"]["misleading"]) > 0.8
    assert max(found["added"]["misleading"]) < 0.67


def test_captum_makes_a_map_by_every_method():
    image = clinic.pictures(3, 1)[0][0]
    network = clinic.shipped("sticker")
    for method in clinic.METHODS:
        heat = clinic.heat_map(network, image, method)
        assert heat.shape == (32, 32) and (heat >= 0).all()
        assert heat.sum() == pytest.approx(1) or method == "Grad-CAM"


def test_applications_are_those_of_the_package():
    loans = data.applications()
    assert loans.rows.shape == (1984, 14) and not np.isnan(loans.rows).any()
    gap = loans.approved[loans.minority == 1].mean() - loans.approved[loans.minority == 0].mean()
    assert gap == pytest.approx(-0.19, abs=0.03)
