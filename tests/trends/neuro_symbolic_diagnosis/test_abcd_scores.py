"""The score and its bands are those that were published."""

from decimal import Decimal

import numpy as np
import pytest

from labkit.trends.neuro_symbolic_diagnosis.world.scores import BANDS, WEIGHTS, band_of, tds_tenths


@pytest.fixture(scope="module")
def quartets():
    grid = np.meshgrid(range(3), range(9), range(1, 7), range(1, 6), indexing="ij")
    return [part.ravel() for part in grid]


def test_there_are_the_810_published_quartets_and_they_score_from_1_to_8_point_9(quartets):
    # Tas 2019, J Skin Stem Cell 6(2), e102138: "a total of 810 quartets".
    tenths = tds_tenths(*quartets)
    assert len(tenths) == 810
    assert (tenths.min(), tenths.max()) == (10, 89)


def test_tenths_are_the_formula_in_exact_decimals(quartets):
    weights = [Decimal(str(weight)) for weight in WEIGHTS.values()]
    for *points, tenths in zip(*quartets, tds_tenths(*quartets), strict=True):
        score = sum(weight * int(point) for weight, point in zip(weights, points, strict=True))
        assert score == Decimal(int(tenths)) / 10


@pytest.mark.parametrize(
    ("quartet", "score", "band"),
    [
        ((0, 0, 1, 1), 1.0, "benign"),
        ((2, 1, 2, 2), 4.7, "benign"),
        ((1, 5, 3, 3), 4.8, "suspicious"),
        ((2, 8, 2, 2), 5.4, "suspicious"),
        ((2, 4, 3, 2), 5.5, "highly_suspicious"),
        ((2, 8, 6, 5), 8.9, "highly_suspicious"),
    ],
)
def test_quartets_by_hand_fall_into_their_bands(quartet, score, band):
    tenths = tds_tenths(*([value] for value in quartet))
    assert tenths[0] / 10 == score
    assert BANDS[band_of(tenths)[0]] == band


def test_presences_count_as_their_number():
    colours, structures = (
        np.eye(6, dtype=int)[[0]] + np.eye(6, dtype=int)[[5]],
        np.ones((1, 5), int),
    )
    assert tds_tenths([1], [4], colours, structures) == tds_tenths([1], [4], [2], [5])


def test_a_score_on_a_limit_stays_in_the_lower_band():
    assert band_of([47, 48, 54, 55]).tolist() == [0, 1, 1, 2]
    assert band_of([47], suspicious=4.7)[0] == 0
    assert band_of([57, 58], 0.1 * 57, 6.5).tolist() == [0, 1]


def test_limits_that_do_not_rise_are_refused():
    with pytest.raises(ValueError, match="must lie below"):
        band_of([47], suspicious=6.0)
