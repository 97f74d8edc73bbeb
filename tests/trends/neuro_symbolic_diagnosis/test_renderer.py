"""Pictures show the truth, all of it, under every turn and light, alone and in any batch."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from labkit.trends.neuro_symbolic_diagnosis.world import geometry
from labkit.trends.neuro_symbolic_diagnosis.world.lesions import (
    COLOURS,
    STRUCTURES,
    draw_lesions,
    with_concepts,
)
from labkit.trends.neuro_symbolic_diagnosis.world.nuisances import draw_nuisances, no_nuisances
from labkit.trends.neuro_symbolic_diagnosis.world.renderer import (
    BATCH,
    COLOUR_RGB,
    draw_cases,
    render,
)


@pytest.fixture(scope="module")
def rich():
    """Lesions with every colour and structure: the fullest pictures there are."""
    return with_concepts(draw_lesions(60, 1), border=8, colours=1, structures=1)


def without(lesions, kind, place):
    """The same lesions without one colour or structure."""
    present = getattr(lesions, kind).copy()
    present[:, place] = 0
    return with_concepts(lesions, **{kind: present})


def changed(lesions, other, nuisances=None, least=0.02):
    """Where two pictures differ, (n, size, size)."""
    return np.abs(render(lesions, nuisances) - render(other, nuisances)).max(axis=3) > least


def core(lesions, other):
    """Where two pictures differ by at least half of their largest difference."""
    difference = np.abs(render(lesions) - render(other)).max(axis=3)
    return difference > difference.max(axis=(1, 2), keepdims=True) / 2


def lesion_area(lesions):
    """Share of the picture that a lesion covers, from its outline."""
    return np.pi * (geometry.outline(lesions.luck, lesions.asymmetry) ** 2).mean(axis=1)


def test_images_are_float32_between_0_and_1_and_a_seed_repeats_them():
    cases = draw_cases(10, 5)
    assert cases.images.shape == (10, 64, 64, 3) and cases.images.dtype == np.float32
    assert cases.images.min() >= 0 and cases.images.max() <= 1
    np.testing.assert_array_equal(cases.images, draw_cases(10, 5).images)
    np.testing.assert_array_equal(cases.images[:4], draw_cases(4, 5).images)


def test_a_picture_does_not_depend_on_its_batch():
    cases = draw_cases(BATCH + 6, 9)
    for place in (0, BATCH - 1, BATCH + 5):
        alone = render(cases.lesions.take(place), cases.nuisances.take(place))
        np.testing.assert_array_equal(alone[0], cases.images[place])


@pytest.mark.parametrize("colour", range(6))
def test_every_present_colour_covers_an_area_that_nothing_hides(rich, colour):
    lesions = rich.take(rich.ground != colour)
    area = lesion_area(lesions)
    no_spots = with_concepts(lesions, structures=[1, 1, 1, 0, 0])
    bare = core(no_spots, without(no_spots, "colours", colour)).mean(axis=(1, 2)) / area
    full = core(lesions, without(lesions, "colours", colour)).mean(axis=(1, 2)) / area
    # Spots lie on top and may take some of it, never all.
    assert bare.min() > 0.01 and full.min() > 0.005, COLOURS[colour]


@pytest.mark.parametrize("colour", range(6))
def test_a_colour_is_painted_in_its_own_tone(rich, colour):
    plain = np.eye(5, dtype=int)[STRUCTURES.index("streaks")]
    lesions = with_concepts(rich.take(rich.ground != colour), structures=plain)
    seen = core(lesions, without(lesions, "colours", colour))
    for image, where in zip(render(lesions), seen, strict=True):
        # Tones differ by up to 0.05 a channel, and soft edges mix them with the ground.
        tone = np.median(image[where], axis=0)
        assert np.abs(tone - COLOUR_RGB[colour]).max() < 0.18
        assert ((tone - COLOUR_RGB) ** 2).sum(axis=1).argmin() == colour


def test_the_homogeneous_area_is_over_a_tenth_of_the_lesion(rich):
    place = STRUCTURES.index("homogeneous")
    bare = with_concepts(rich, structures=np.eye(5, dtype=int)[place])
    none = with_concepts(rich, structures=np.eye(5, dtype=int)[STRUCTURES.index("dots")])
    ground_only = np.eye(6, dtype=int)[rich.ground]
    seen = changed(
        with_concepts(bare, colours=ground_only),
        with_concepts(none, colours=ground_only),
        None,
        0.01,
    )
    opened = ndimage.binary_opening(seen, np.ones((1, 3, 3)))
    assert (opened.mean(axis=(1, 2)) / lesion_area(rich)).min() > 0.10


@pytest.mark.parametrize(("kind", "least"), [("dots", 3), ("globules", 1), ("streaks", 3)])
def test_spots_and_streaks_are_as_many_as_the_rule_asks_for(rich, kind, least):
    seen = changed(rich, without(rich, "structures", STRUCTURES.index(kind)), least=0.05)
    for picture in seen:
        assert ndimage.label(picture)[1] >= least


def test_a_network_runs_all_over_the_lesion(rich):
    seen = changed(rich, without(rich, "structures", STRUCTURES.index("network")))
    assert (seen.mean(axis=(1, 2)) / lesion_area(rich)).min() > 0.1


def test_an_abrupt_eighth_shows_at_the_outline_only():
    lesions = with_concepts(draw_lesions(20, 3), border=3)
    seen = changed(lesions, with_concepts(lesions, border=4))
    grid = (np.arange(64) + 0.5) / 64 - 0.5
    radius = np.hypot(grid[:, None], grid[None, :])
    assert seen.any(axis=(1, 2)).all()
    assert radius[seen.any(axis=0)].min() > 0.04


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**31), st.integers(1, 3))
def test_turning_a_lesion_by_a_right_angle_turns_its_picture_and_nothing_else(seed, quarters):
    lesions = draw_lesions(4, seed)
    turned = replace(no_nuisances(4), rotation=np.full(4, quarters * np.pi / 2))
    still, moved = render(lesions), render(lesions, turned)
    difference = np.abs(np.rot90(still, quarters, axes=(1, 2)) - moved).max(axis=3)
    # Rounding moves single pixels over a line's edge.
    assert np.mean(difference > 1e-3) < 0.001


@settings(max_examples=10, deadline=None)
@given(st.floats(0, 2 * np.pi), st.floats(0.8, 1.1), st.integers(0, 5))
def test_no_turn_and_no_light_takes_a_colour_away(rotation, brightness, colour):
    lesions = with_concepts(draw_lesions(12, 4), colours=1)
    lesions = lesions.take(lesions.ground != colour)
    nuisances = replace(
        no_nuisances(len(lesions)),
        rotation=np.full(len(lesions), rotation),
        light=np.full((len(lesions), 3), brightness),
    )
    bare = without(lesions, "colours", colour)
    still = changed(lesions, bare).mean(axis=(1, 2))
    moved = changed(lesions, bare, nuisances, 0.02 * brightness).mean(axis=(1, 2))
    np.testing.assert_allclose(moved, still, rtol=0.15)


def test_relighting_multiplies_the_picture(rich):
    nuisances = draw_nuisances(len(rich), 3, hair=0, ruler=0)
    dim = replace(nuisances, grain=np.zeros(len(rich), int))
    relit = replace(dim, light=dim.light * 0.9)
    np.testing.assert_allclose(render(rich, relit), 0.9 * render(rich, dim), atol=0.1 * 0.93)
    below = render(rich, dim) < 0.99
    np.testing.assert_allclose(
        render(rich, relit)[below], 0.9 * render(rich, dim)[below], atol=1e-5
    )


def test_hair_and_ruler_touch_their_own_pixels_only(rich):
    nuisances = draw_nuisances(len(rich), 6, hair=1.0, ruler=1.0)
    images = render(rich, nuisances)
    bald = replace(nuisances, hair_count=np.zeros(len(rich), int))
    hairless = np.abs(images - render(rich, bald)).max(axis=3) > 0
    assert hairless.any(axis=(1, 2)).mean() > 0.9 and hairless.mean() < 0.1
    unruled = render(rich, replace(nuisances, ruler=np.zeros(len(rich), bool)))
    touched = np.abs(images - unruled).max(axis=3) > 0
    assert touched[:, :, :4].all(axis=(1, 2)).mean() > 0.9 and not touched[:, :, 4:].any()


def test_nuisances_come_at_the_shares_asked_for():
    nuisances = draw_nuisances(5_000, 1, hair=0.35, ruler=0.2)
    assert np.mean(nuisances.hair_count > 0) == pytest.approx(0.35, abs=0.03)
    assert np.mean(nuisances.ruler) == pytest.approx(0.2, abs=0.03)
    planted = np.arange(5_000) % 2 == 0
    np.testing.assert_array_equal(draw_nuisances(5_000, 1, ruler=planted).ruler, planted)


@pytest.mark.parametrize("size", [32, 48, 128])
def test_other_sizes_show_the_same_lesion(size):
    lesions = draw_lesions(3, 2)
    small, normal = render(lesions, size=size), render(lesions)
    assert small.shape == (3, size, size, 3)
    np.testing.assert_allclose(small.mean(axis=(1, 2)), normal.mean(axis=(1, 2)), atol=0.02)


def test_what_does_not_fit_is_refused():
    lesions = draw_lesions(3, 2)
    with pytest.raises(ValueError, match="3 lesions and 2 nuisances"):
        render(lesions, no_nuisances(2))
    with pytest.raises(ValueError, match="at least 32 pixels, and 16"):
        render(lesions, size=16)
    with pytest.raises(ValueError, match="shares from 0 to 1"):
        draw_nuisances(3, 1, hair=1.5)


def test_unusual_outlines_are_as_symmetric_as_the_truth_says():
    asymmetry = np.arange(300) % 3
    luck = np.random.default_rng(1).random((300, geometry.LUCK))
    radii = geometry.unusual_outline(luck, asymmetry)

    def off(turned):
        return np.abs(turned - radii).max(axis=1)

    about_first, about_second = radii[:, ::-1], np.roll(radii[:, ::-1], geometry.ANGLES // 2, 1)
    assert off(about_first)[asymmetry < 2].max() < 1e-9 < off(about_first)[asymmetry == 2].min()
    assert off(about_second)[asymmetry == 0].max() < 1e-9
    assert off(about_second)[asymmetry == 1].min() > 0.01
    half_turn = off(np.roll(radii, geometry.ANGLES // 2, axis=1))
    assert 0.5 < np.mean(half_turn[asymmetry == 2] < 1e-9) < 0.8


def test_unusual_outlines_with_two_axes_have_waves_as_large_as_those_like_an_s():
    asymmetry = np.array([0, 2]).repeat(300)
    luck = np.random.default_rng(2).random((600, geometry.LUCK))
    waves = np.abs(np.fft.rfft(geometry.unusual_outline(luck, asymmetry), axis=1))
    shares = waves[:, [2, 4]] / waves[:, :1]
    s_shaped = (asymmetry == 2) & (waves[:, 1] < 1e-6)
    cornered = (asymmetry == 0) & (shares[:, 1] > 0.01)
    assert 0.3 < cornered[asymmetry == 0].mean() < 0.5
    for each in shares.T:
        assert abs(each[s_shaped].mean() - each[cornered].mean()) < 0.1 * each[s_shaped].mean()


def test_unusual_outlines_leave_usual_pictures_as_they_are():
    usual, unusual = (draw_cases(6, 4, unusual=kind) for kind in (False, True))
    again = draw_cases(6, 4)
    np.testing.assert_array_equal(usual.images, again.images)
    assert np.abs(usual.images - unusual.images).max() > 0.1
    np.testing.assert_array_equal(usual.lesions.tenths, unusual.lesions.tenths)
