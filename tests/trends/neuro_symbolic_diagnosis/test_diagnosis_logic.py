"""Sampling and ProbLog say the same about a belief, and the exact reference agrees with both."""

import numpy as np
import pytest
import torch

from exams.neuro_symbolic_diagnosis import logic as reference
from labkit.trends.neuro_symbolic_diagnosis import logic
from labkit.trends.neuro_symbolic_diagnosis.world.lesions import draw_lesions


def random_beliefs(n, seed):
    rng = np.random.default_rng(seed)
    return {
        "asymmetry": rng.dirichlet(np.ones(3), n),
        "border": rng.dirichlet(np.ones(9), n),
        "colours": rng.random((n, 6)),
        "structures": rng.random((n, 5)),
    }


def certain(lesions):
    """Beliefs without doubt."""
    return {
        "asymmetry": np.eye(3)[lesions.asymmetry],
        "border": np.eye(9)[lesions.border],
        "colours": lesions.colours.astype(float),
        "structures": lesions.structures.astype(float),
    }


def exact(beliefs):
    return reference.tds_distribution(*(torch.tensor(beliefs[name]) for name in logic.WIDTHS))


def test_samples_come_as_often_as_the_exact_distribution_says():
    beliefs = random_beliefs(300, 0)
    sampled, true = logic.sample_tds(beliefs, draws=4_000), exact(beliefs).numpy()
    np.testing.assert_allclose(sampled.sum(axis=1), 1)
    # Five standard errors, and 300 x 90 frequencies.
    error = 5 * np.sqrt(true * (1 - true) / 4_000)
    assert np.mean(np.abs(sampled - true) > error + 5 / 4_000) < 1e-3
    above = reference.probability_above(exact(beliefs)).numpy()
    assert np.abs(logic.share_above(sampled) - above).max() < 0.04
    assert np.abs((logic.share_above(sampled) - above).mean()) < 0.003


def test_sampling_repeats_with_its_seed():
    beliefs = random_beliefs(5, 1)
    np.testing.assert_array_equal(logic.sample_tds(beliefs), logic.sample_tds(beliefs))
    assert (logic.sample_tds(beliefs) != logic.sample_tds(beliefs, seed=1)).any()


def test_a_belief_without_doubt_has_one_score():
    lesions = draw_lesions(50, 2)
    sampled = logic.sample_tds(certain(lesions), draws=20)
    np.testing.assert_array_equal(sampled.argmax(axis=1), lesions.tenths)
    np.testing.assert_array_equal(sampled.max(axis=1), 1)


@pytest.mark.parametrize("above", [4.75, 5.45])
def test_problog_finds_the_exact_probability(above):
    beliefs = random_beliefs(1, 3)
    expected = float(reference.probability_above(exact(beliefs), above)[0])
    assert logic.problog_probability(beliefs, above) == pytest.approx(expected, abs=1e-8)


def test_problog_takes_single_precision_and_certainty():
    single = {name: value.astype(np.float32) for name, value in random_beliefs(1, 4).items()}
    expected = float(reference.probability_above(exact(single))[0])
    assert logic.problog_probability(single) == pytest.approx(expected, abs=1e-5)
    sure = certain(draw_lesions(1, 5))
    assert logic.problog_probability(sure) in (pytest.approx(0), pytest.approx(1))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"asymmetry": [[0.5, 0.5, 0.5]]}, "about asymmetry must sum to 1"),
        ({"colours": [[1.5] * 6]}, "about colours must be probabilities"),
        ({"colours": [[np.nan] * 6]}, "about colours must be probabilities"),
        ({"structures": [[0.5] * 6]}, r"about structures have the shape \(1, 6\)"),
    ],
)
def test_what_is_no_belief_is_refused(change, words):
    with pytest.raises(ValueError, match=words):
        logic.sample_tds({**random_beliefs(1, 0), **change})


def test_missing_findings_and_too_many_lesions_are_named():
    with pytest.raises(ValueError, match=r"\['border', 'colours', 'structures'\] are missing"):
        logic.sample_tds({"asymmetry": [[1, 0, 0]]})
    with pytest.raises(ValueError, match="one lesion, and 2 were given"):
        logic.problog_program(random_beliefs(2, 0))
