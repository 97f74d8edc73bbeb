"""Measurements agree with the truth they look at, and always are numbers."""

import numpy as np
import pytest
from scipy.stats import spearmanr

from exams.neuro_symbolic_diagnosis import measurements as reference
from labkit.trends.neuro_symbolic_diagnosis import bank, measurements
from labkit.trends.neuro_symbolic_diagnosis.world import geometry
from labkit.trends.neuro_symbolic_diagnosis.world.lesions import draw_lesions, with_concepts
from labkit.trends.neuro_symbolic_diagnosis.world.renderer import draw_cases, render


@pytest.fixture(scope="module")
def cases():
    return draw_cases(500, 77)


@pytest.fixture(scope="module")
def table(cases):
    return reference.measure_all(cases.images)


def column(table, name):
    return table[:, reference.MEASUREMENTS.index(name)]


def test_the_lesion_is_found(cases):
    found = measurements.segment(cases.images)
    outlines = geometry.outline(cases.lesions.luck, cases.lesions.asymmetry)
    truth = np.pi * (outlines**2).mean(axis=1)
    share = found.mask.mean(axis=(1, 2)) / truth
    assert np.median(share) == pytest.approx(1.0, abs=0.1)
    assert np.mean((share > 0.7) & (share < 1.5)) > 0.95
    off = np.abs(measurements.centroids(found.mask) - 31.5).max(axis=1)
    # A ruler is taken for the lesion where that one is faint: in under one picture of a hundred.
    assert np.mean(off > 10) < 0.01


def test_an_ideal_outline_is_read_to_a_pixel():
    lesions = with_concepts(
        draw_lesions(30, 5), border=8, colours=[0, 0, 0, 1, 0, 0], structures=[0, 1, 0, 0, 0]
    )
    radii = measurements.outline(measurements.segment(render(lesions)).mask)
    true = 64 * geometry.outline(lesions.luck, lesions.asymmetry)
    # About another point and from another axis, so only what both keep is compared.
    np.testing.assert_allclose(
        np.sqrt((radii**2).mean(axis=1)), np.sqrt((true**2).mean(axis=1)), atol=1.0
    )


# Measured on 3,000 lesions: asymmetry .81, colours .785, border .66; the spread of 500 is .02.
@pytest.mark.parametrize(
    ("score", "truth", "least"),
    [
        (reference.asymmetry_score, lambda lesions: lesions.asymmetry, 0.73),
        (reference.colour_count, lambda lesions: lesions.colours.sum(axis=1), 0.70),
    ],
)
def test_references_rank_lesions_as_the_truth_does(cases, score, truth, least):
    assert spearmanr(score(cases.images), truth(cases.lesions))[0] > least


def test_steep_edges_rank_lesions_as_their_border_does(cases, table):
    assert spearmanr(column(table, "steep_share"), cases.lesions.border)[0] > 0.58


@pytest.mark.parametrize(
    ("name", "structure", "least"),
    [("streaks_inside", 2, 0.75), ("flat_share", 0, 0.6), ("spots_1.4_clear", 4, 0.2)],
)
def test_structures_leave_their_mark(cases, table, name, structure, least):
    present = cases.lesions.structures[:, structure]
    assert abs(spearmanr(column(table, name), present)[0]) > least


def test_each_colour_is_nearer_where_it_is_present(cases, table):
    for place, name in enumerate(reference.COLOURS):
        present = cases.lesions.colours[:, place]
        assert spearmanr(column(table, f"near_{name}"), present)[0] > 0.6


def test_ideal_pictures_give_the_number_of_asymmetric_axes_away():
    lesions = draw_lesions(120, 8)
    plain = with_concepts(lesions, border=8, colours=[0, 0, 0, 1, 0, 0], structures=[0, 0, 0, 1, 0])
    table = reference.measure_all(render(plain))
    better, worse = column(table, "mirror_better"), column(table, "mirror_worse")
    read = (worse > 0.035).astype(int) + (better > 0.025)
    assert np.mean(read == lesions.asymmetry) > 0.95


def test_a_picture_is_measured_alike_alone_and_in_a_batch(cases, table):
    for place in (0, 130, 499):
        alone = reference.measure_all(cases.images[place : place + 1])
        np.testing.assert_allclose(alone[0], table[place], rtol=1e-4, atol=1e-5)


def test_shipped_columns_are_those_of_the_full_table(cases, table):
    first = reference.MEASUREMENTS.index("area")
    shipped = measurements.measure(cases.images[:40])
    assert shipped.shape == (40, len(measurements.BORDER_AND_STRUCTURES))
    np.testing.assert_allclose(shipped, table[:40, first:], rtol=1e-4, atol=1e-5)


def test_pictures_without_a_lesion_still_give_numbers():
    rng = np.random.default_rng(0)
    empty = np.stack(
        [
            np.zeros((64, 64, 3)),
            np.ones((64, 64, 3)),
            np.full((64, 64, 3), [0.88, 0.7, 0.6]),
            rng.random((64, 64, 3)),
        ]
    )
    assert np.isfinite(reference.measure_all(empty)).all()


def test_another_shape_is_refused():
    with pytest.raises(ValueError, match=r"\(2, 3, 64, 64\), and \(n, 64, 64, 3\) is needed"):
        measurements.measure(np.zeros((2, 3, 64, 64)))


@pytest.mark.parametrize("value", [255.0, np.nan, -1.0])
def test_values_outside_0_to_1_are_refused(value):
    with pytest.raises(ValueError, match="0 to 1 is needed"):
        measurements.measure(np.full((1, 64, 64, 3), value))


def test_no_picture_gives_no_row():
    assert measurements.measure(np.zeros((0, 64, 64, 3))).shape == (
        0,
        len(measurements.BORDER_AND_STRUCTURES),
    )


def test_the_bank_holds_what_is_measured_today():
    stored = bank.measured_bank()
    assert stored.names == reference.MEASUREMENTS
    assert stored.x.shape == (3_000, 59) and np.isfinite(stored.x).all()
    rows = slice(0, 100)
    again = reference.measure_all(draw_cases(100, bank.BANK_SEED).images)
    close = np.isclose(stored.x[rows], again, rtol=2e-3, atol=2e-3)
    # Another processor may round a pixel over a threshold.
    assert close.mean() > 0.995
    np.testing.assert_array_equal(
        stored.take(rows).lesions.tenths, draw_lesions(100, bank.BANK_SEED).tenths
    )


def test_training_pools_are_disjoint_and_apart_from_the_test_lesions():
    taken = [set(range(3_000)[bank.training_rows(pool, 400)]) for pool in range(5)]
    taken.append(set(range(3_000)[bank.TEST_ROWS]))
    assert len(set.union(*taken)) == sum(map(len, taken)) == 3_000
    with pytest.raises(ValueError, match="pool 5 with 400 rows"):
        bank.training_rows(5, 400)
