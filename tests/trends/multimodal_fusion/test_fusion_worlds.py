"""The shops of module 04: exact ceilings, frozen encoders, and what is drawn from them."""

from __future__ import annotations

from dataclasses import replace
from time import process_time

import numpy as np
import pytest
from sklearn.linear_model import RidgeClassifier
from sklearn.preprocessing import StandardScaler

from labkit.trends.multimodal_fusion import baselines, widgets
from labkit.trends.multimodal_fusion.metrics import r_squared
from labkit.trends.multimodal_fusion.world import duels, pairs, sounds
from labkit.trends.multimodal_fusion.world.encoder import centroids, encode, patches, respond
from labkit.trends.multimodal_fusion.world.gaps import take_away
from labkit.trends.multimodal_fusion.world.pictures import Look, placeholder, render
from labkit.trends.multimodal_fusion.world.reviews import USES, VERDICTS, write
from labkit.trends.multimodal_fusion.world.shop import (
    SAID,
    SHOWN,
    Shop,
    ceilings,
    draw_products,
    draw_stars,
    every_kind,
    show,
)


def _means(stars, code):
    """The mean stars of each row's group."""
    return (np.bincount(code, stars) / np.maximum(np.bincount(code), 1))[code]


def _code(kinds, levels):
    return np.ravel_multi_index([kinds[name] for name in levels], tuple(levels.values()))


@pytest.mark.parametrize("together", [0.0, 0.35])
def test_ceilings_are_what_a_large_simulation_finds(together):
    shop = replace(Shop(), together=together)
    kinds, stars = draw_stars(shop, 200_000, 1)
    image, text, both = (_code(kinds, levels) for levels in (SHOWN, SAID, {**SHOWN, **SAID}))
    found = {
        name: _means(stars, code).var() / stars.var()
        for name, code in (("image", image), ("text", text), ("joint", both))
    }
    of_image = np.zeros(len(stars))
    for _ in range(30):  # backfitting: the least-squares sum of two functions
        of_text = _means(stars - of_image, text)
        of_image = _means(stars - of_text, image)
    found["additive"] = (of_image + of_text).var() / stars.var()
    for name, exact in ceilings(shop).items():
        assert found[name] == pytest.approx(exact, abs=0.006), name


def test_a_sum_is_the_best_model_exactly_without_interaction():
    without, with_it = ceilings(replace(Shop(), together=0.0)), ceilings(Shop())
    assert without["additive"] == pytest.approx(without["joint"], abs=1e-12)
    assert with_it["additive"] < with_it["joint"] - 0.2
    kinds, chance = every_kind(Shop())
    assert len(kinds) == 192
    assert chance.sum() == pytest.approx(1)


def test_ridge_stays_under_the_ceilings_and_hybrid_fusion_passes_the_additive_one():
    shop = Shop()
    train, new, labelled = (
        draw_products(shop, n, seed) for n, seed in ((700, 1), (900, 2), (200, 3))
    )
    best = ceilings(shop)
    for side, kind in ((0, "image"), (1, "text")):
        assert 0 < r_squared(baselines.alone(train, new, side), new, shop) < best[kind]
    sums = [r_squared(way(train, new), new, shop) for way in (baselines.late, baselines.early)]
    assert max(sums) < best["additive"]
    hybrid = r_squared(baselines.hybrid(train, new, labelled), new, shop)
    assert best["additive"] + 0.1 < hybrid < best["joint"]


def test_the_frozen_encoder_tells_what_a_picture_shows():
    kinds, _ = draw_stars(replace(Shop(), often=(0.5, 0.5)), 900, 4)
    features = StandardScaler().fit_transform(encode(show(kinds, 4)))
    for name in SHOWN:
        model = RidgeClassifier().fit(features[:600], kinds[name][:600])
        assert model.score(features[600:], kinds[name][600:]) > 0.97, name


def test_the_dictionary_has_64_patches_that_differ():
    stored = centroids()
    assert stored.shape == (64, 192)
    assert len(np.unique(stored.round(3), axis=0)) == 64
    assert stored.min() >= -0.01
    assert stored.max() <= 1.01


def test_a_response_is_how_much_nearer_a_centroid_is_than_the_mean_one():
    draws = np.random.default_rng(1)
    cut, dictionary = draws.random((2, 3, 5)), draws.random((4, 5))
    distance = np.sqrt(((cut[:, :, None] - dictionary) ** 2).sum(-1))
    expected = np.maximum(distance.mean(-1, keepdims=True) - distance, 0)
    found = respond(cut.astype(np.float32), dictionary.astype(np.float32))
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_patches_are_the_pixels_of_a_window():
    pictures = np.random.default_rng(2).integers(0, 256, (1, 48, 48, 3), dtype=np.uint8)
    cut = patches(pictures)
    assert cut.shape == (1, 121, 192)
    expected = np.sort(pictures[0, 4:12, 8:16].ravel()) / 255
    np.testing.assert_allclose(np.sort(cut[0, 1 * 11 + 2]), expected, rtol=1e-6)


def test_a_placeholder_is_one_point_and_no_product():
    one, other = encode(placeholder((190, 190, 190))), encode(placeholder((190, 190, 190)))
    np.testing.assert_array_equal(one, other)
    kinds, _ = draw_stars(Shop(), 50, 5)
    assert np.abs(encode(show(kinds, 5)) - one).max(axis=1).min() > 0.1


def test_a_look_is_seen():
    attributes = {name: np.array([0, 1]) for name in ("glossy", "clamshell", "clutter", "colour")}
    fields = {"size": 40, "ground": 0.5, "colours": [[0.1, 0.1, 0.1]] * 4, "stripes": [0, 1, 6, 3]}
    pictures = render(attributes, 1, Look.of(fields)) / 255
    assert pictures.shape == (2, 40, 40, 3)
    assert pictures[0, :4].mean() == pytest.approx(0.5, abs=0.01)
    assert pictures[0, 18:22, 18:22].mean() == pytest.approx(0.1, abs=0.08)
    rows = pictures[1, 12:28, 16:24].mean(axis=(1, 2))  # stripes run from left to right
    assert (rows > 0.6).sum() in (7, 8, 9)
    with pytest.raises(TypeError):
        Look.of({"shape": "round"})


def test_who_lacks_what_is_seen_and_nobody_lacks_both():
    shop = Shop()
    products = draw_products(shop, 300, 8)
    images, texts, pattern = take_away(shop, products, 9, (0.5, 0.2, 0.3))
    assert np.bincount(pattern) / 300 == pytest.approx([0.5, 0.2, 0.3], abs=0.08)
    assert len(np.unique(images[pattern == 2], axis=0)) == 2
    assert {text for text, kind in zip(texts, pattern, strict=True) if kind == 1} == {"n/a", ""}
    np.testing.assert_array_equal(images[pattern != 2], products.images[pattern != 2])
    for text, own, kind in zip(texts, products.texts, pattern, strict=True):
        assert kind == 1 or text == own


def test_reviews_tell_use_and_verdict_and_never_the_pack():
    use, verdict = np.tile([0, 1], 30), np.repeat([0, 1, 2], 20)
    texts = write(use, verdict, 1, 2)
    for text, one, other in zip(texts, use, verdict, strict=True):
        assert sum(phrase.lower() in text.lower() for phrase in USES[one]) == 1
        assert not any(phrase.lower() in text.lower() for phrase in USES[1 - one])
        assert sum(phrase.lower() in text.lower() for phrase in VERDICTS[other]) == 1
        assert not any(
            word in text.lower() for word in ("shell", "gloss", "matte", "pack", "plastic")
        )


def test_stars_scatter_about_their_kind_as_stated():
    shop = Shop()
    kinds, stars = draw_stars(shop, 100_000, 6)
    off = stars - shop.expected(kinds)
    for verdict, variance in enumerate(shop.scatter()):
        there = kinds["verdict"] == verdict
        assert abs(off[there].mean()) < 0.01
        assert off[there].var() == pytest.approx(variance, rel=0.05)
    assert 1 < stars.min() < stars.max() < 5


def test_encoders_share_what_they_say_and_nothing_else():
    encoders = pairs.draw_encoders(1, 5, 16, 6.0, 0.3)
    photos, titles = encoders.draw(40_000, 2)
    across = np.cov(photos.T, titles.T)[:16, 16:]
    np.testing.assert_allclose(across, encoders.of_both[0].T @ encoders.of_both[1], atol=0.3)
    own = encoders.of_own[0].T @ encoders.of_own[0]
    assert np.trace(own) > 5 * np.trace(encoders.of_both[0].T @ encoders.of_both[0])


def test_products_of_a_brand_repeat_each_other_in_a_duel():
    gains = []
    for seed in range(200):
        drawn = duels.draw_duel(seed, 0.2, 30, 0.6, 0.3, 0.2)
        gains.append((drawn.errors_a - drawn.errors_b).mean())
        assert len(np.unique(drawn.brand)) == 30
    assert np.mean(gains) == pytest.approx(0.2, abs=0.02)
    assert np.std(gains) > 0.3 / np.sqrt(30)


def test_what_is_loose_knocks():
    traces = sounds.shake(np.repeat([0, 1], 200), 1)
    assert traces.shape == (400, 256)
    peaks = np.abs(traces).max(axis=1)
    assert np.median(peaks[200:]) > np.median(peaks[:200]) + 0.5
    assert sounds.patches(traces).shape == (400, 31, 16)


def test_the_pack_designer_answers_within_a_fifth_of_a_second():
    explorer = widgets.explore_pack()
    widgets.predicted({"clamshell": 0, "clutter": 0, "glossy": 0, "colour": 0})
    times = []
    for finish in ("glossy", "matte", "glossy", "matte", "glossy"):
        start = process_time()
        explorer.draw(shell="no", clutter="no", finish=finish, colour="red").png()
        times.append(process_time() - start)
    assert min(times) < 0.2


def test_late_fusion_sees_no_difference_between_uses_and_hybrid_fusion_does():
    looks = {"clamshell": 0, "clutter": 0, "colour": 0}
    matte, glossy = (widgets.predicted({**looks, "glossy": shine})[0] for shine in (0, 1))
    moved = {
        model: [glossy[use][model] - matte[use][model] for use in ("everyday", "gift")]
        for model in ("late", "hybrid", "true")
    }
    assert abs(moved["late"][0] - moved["late"][1]) < 1e-9
    assert moved["hybrid"][0] < -0.3
    assert moved["hybrid"][1] > 0.3
