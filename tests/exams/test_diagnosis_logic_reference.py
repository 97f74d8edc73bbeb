"""The exact distribution of the TDS equals brute force, and so do its gradients."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from exams.neuro_symbolic_diagnosis.logic import (
    TENTHS,
    WEIGHTS,
    brute_force,
    count_distribution,
    probability_above,
    tds_distribution,
)

WIDTHS = (3, 9, 6, 5)


def beliefs(n, seed, dtype=torch.float64):
    rng = np.random.default_rng(seed)
    parts = [rng.dirichlet(np.ones(width), n) for width in WIDTHS[:2]]
    parts += [rng.random((n, width)) for width in WIDTHS[2:]]
    return [torch.tensor(part, dtype=dtype) for part in parts]


@pytest.mark.parametrize("weights", [WEIGHTS, (13, 1, 5, 7), (20, 2, 4, 4), (1, 13, 6, 3)])
def test_the_distribution_equals_brute_force(weights):
    given_beliefs = beliefs(6, 0)
    exact = tds_distribution(*given_beliefs, weights=weights)
    for row in range(6):
        slow = brute_force(*(part[row].numpy() for part in given_beliefs), weights=weights)
        np.testing.assert_allclose(exact[row].numpy(), slow, rtol=0, atol=1e-14)


sure_or_not = st.one_of(st.sampled_from([0.0, 1.0]), st.floats(0, 1))


@settings(max_examples=15, deadline=None)
@given(
    st.lists(sure_or_not, min_size=11, max_size=11),
    st.integers(0, 2),
    st.lists(st.floats(0.001, 1), min_size=9, max_size=9),
)
def test_certainty_and_doubt_mix_without_loss(present, axes, eighths):
    chances = np.array(eighths) / sum(eighths)
    parts = [np.eye(3)[axes], chances, np.array(present[:6]), np.array(present[6:])]
    exact = tds_distribution(*(torch.tensor(part)[None] for part in parts))[0].numpy()
    np.testing.assert_allclose(exact, brute_force(*parts), rtol=0, atol=1e-13)
    assert exact.sum() == pytest.approx(1, abs=1e-12)


def test_gradients_are_those_of_finite_differences():
    inputs = [part.requires_grad_() for part in beliefs(1, 1)]
    assert torch.autograd.gradcheck(tds_distribution, inputs, eps=1e-6, atol=1e-8)
    assert torch.autograd.gradcheck(
        lambda *parts: probability_above(tds_distribution(*parts)).log(), inputs, atol=1e-7
    )


def test_gradients_stay_finite_where_a_belief_is_certain():
    parts = [torch.eye(3)[[0]], torch.eye(9)[[4]], torch.ones(1, 6), torch.zeros(1, 5)]
    inputs = [part.requires_grad_() for part in parts]
    probability_above(tds_distribution(*inputs)).sum().backward()
    assert all(torch.isfinite(part.grad).all() for part in inputs)
    assert inputs[0].grad[0, 2] > inputs[0].grad[0, 0]


def test_a_batch_is_its_lesions_one_by_one():
    together = beliefs(40, 2)
    whole = tds_distribution(*together)
    assert whole.shape == (40, TENTHS)
    for row in (0, 17, 39):
        alone = tds_distribution(*(part[row : row + 1] for part in together))
        torch.testing.assert_close(alone[0], whole[row], rtol=0, atol=1e-15)


def test_single_precision_stays_single_and_close():
    single = tds_distribution(*beliefs(50, 3, torch.float32))
    assert single.dtype == torch.float32
    assert (single - tds_distribution(*beliefs(50, 3))).abs().max() < 1e-6


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8))
@settings(max_examples=30, deadline=None)
def test_the_mean_count_is_the_sum_of_the_chances(chances):
    present = torch.tensor([chances], dtype=torch.float64)
    counts = count_distribution(present)[0]
    assert len(counts) == len(chances) + 1
    mean = float(counts @ torch.arange(len(counts), dtype=torch.float64))
    assert mean == pytest.approx(sum(chances), abs=1e-12)


def test_a_score_on_the_limit_is_not_above_it():
    point = torch.zeros(1, TENTHS)
    point[0, 47] = 1
    assert probability_above(point, 4.6) == 1
    assert probability_above(point, 4.7) == 0
