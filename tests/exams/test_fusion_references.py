"""The references of module 04 say what can be counted by hand, and what others say."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from scipy.stats import multivariate_normal
from sklearn.linear_model import RidgeClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from exams.multimodal_fusion import emap, gain, match, style_effect
from exams.multimodal_fusion.phrases import ASIDES, QUALITIES, SITUATIONS
from exams.multimodal_fusion.shops import draw_shop
from labkit.checks.multimodal_fusion.emap import inputs, model
from labkit.checks.multimodal_fusion.gain import duel
from labkit.trends.multimodal_fusion.world.pairs import draw_encoders
from labkit.trends.multimodal_fusion.world.reviews import OTHER, USES, VERDICTS
from labkit.trends.multimodal_fusion.world.shop import (
    SHOWN,
    Shop,
    ceilings,
    draw_products,
    draw_stars,
)


def test_an_additive_part_is_the_nearest_sum_over_all_pairings():
    case = emap.draw(np.random.default_rng(1))["cases"][0]
    predict, (images, texts), n = model(case), inputs(case), case["n"]
    first, second = np.repeat(np.arange(n), n), np.tile(np.arange(n), n)
    said = predict(images[first], texts[second])
    both = np.hstack([np.eye(n)[first], np.eye(n)[second]])
    fitted = both @ np.linalg.lstsq(both, said, rcond=None)[0]
    np.testing.assert_allclose(fitted[:: n + 1], case["part"], atol=1e-8)


def test_the_distance_of_who_knows_the_encoders_is_a_log_density():
    encoders = draw_encoders(3, 4, 9, 3.0, 0.3)
    photos, titles = encoders.draw(4, 5)
    found = match.true_distance(encoders, photos, titles)
    blocks = [np.hstack(encoders.of_both)]
    own = [np.hstack([encoders.of_own[0], np.zeros((3, 9))]),
           np.hstack([np.zeros((3, 9)), encoders.of_own[1]])]  # fmt: skip
    rows = np.vstack(blocks + own)
    joint = multivariate_normal(
        np.concatenate(encoders.centre), rows.T @ rows + encoders.noise**2 * np.eye(18)
    )
    density = np.array([[joint.logpdf(np.r_[a, b]) for b in titles] for a in photos])
    # Up to what depends on the photo or on the title alone, which moves no set of pairs.
    for table in (found, density):
        table -= table.mean(axis=1, keepdims=True)
        table -= table.mean(axis=0)
    # A set's sum is the same for squared distances and for -2 log-densities up to such terms.
    np.testing.assert_allclose(found, -2 * density, atol=1e-6)


def test_who_knows_the_encoders_finds_more_than_any_mistake():
    case = match.draw(np.random.default_rng(2))["shops"][0]
    assert case["mistakes"] < 0.2 * case["best"] < case["new"]


def test_standard_errors_are_those_of_statsmodels():
    shop = Shop()
    kinds, stars = draw_stars(shop, 300, 1)
    style, looks, said = style_effect.columns(kinds, "clamshell")
    others = np.hstack([looks, said])
    effect, error = style_effect.coefficient(stars, style, others)
    fit = sm.OLS(stars, np.column_stack([style, others])).fit()
    assert effect == pytest.approx(fit.params[0])
    assert error == pytest.approx(fit.bse[0])


def test_the_error_of_a_mean_over_brands_is_the_robust_one():
    case = gain.draw(np.random.default_rng(3))["cases"][0]
    drawn = duel(case, case["sets"][0])
    gap = drawn.errors_a - drawn.errors_b
    fit = sm.OLS(gap, np.ones(len(gap))).fit(
        cov_type="cluster",
        cov_kwds={"groups": drawn.brand, "use_correction": False},
    )
    count = len(np.unique(drawn.brand))
    expected = fit.bse[0] * np.sqrt(count / (count - 1))
    assert gain.error_of_mean(gap, drawn.brand) == pytest.approx(expected)


def test_shops_differ_in_style_direction_and_words():
    shops = [draw_shop(np.random.default_rng(seed)) for seed in range(40)]
    assert {shop["style"] for shop in shops} == {"clamshell", "clutter", "glossy"}
    for name in ("together", "gift"):
        assert 8 < sum(shop[name] > 0 for shop in shops) < 32
    assert len({shop["words"] for shop in shops}) == 40
    for shop in shops[:10]:
        best = ceilings(Shop(**shop))
        assert best["additive"] < best["joint"]


def test_what_was_learned_in_one_shop_reads_no_other_shop():
    fields = [draw_shop(np.random.default_rng(seed), often=(0.5, 0.5)) for seed in (1, 2)]
    anywhere, here, elsewhere = (
        draw_products(one, 400, 3)
        for one in (Shop(often=(0.5, 0.5)), *(Shop(**shop) for shop in fields))
    )
    for name in SHOWN:
        reader = make_pipeline(StandardScaler(), RidgeClassifier())
        reader.fit(here.images[:200], here.kinds[name][:200])
        assert reader.score(here.images[200:], here.kinds[name][200:]) > 0.95, name
        for other in (anywhere, elsewhere):
            assert reader.score(other.images, other.kinds[name]) < 0.8, name


def test_phrases_are_dealt_anew_for_each_shop_and_none_is_in_the_wheel():
    known = {
        phrase.lower() for some in (*USES.values(), *VERDICTS.values(), OTHER) for phrase in some
    }
    for pool in (SITUATIONS, QUALITIES, ASIDES):
        assert len(set(pool)) == len(pool)
        assert not known & {phrase.lower() for phrase in pool}
    dealt = [draw_shop(np.random.default_rng(seed))["phrases"]["use"] for seed in range(60)]
    first = [sum(SITUATIONS[0] in shop[use] for shop in dealt) for use in (0, 1)]
    assert min(first) > 1  # a situation is of one kind in some shops and of the other in others
