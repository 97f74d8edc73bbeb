"""Whole numbers, streams, common keys and dealt secrets."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2, kstest

from labkit.trends.edge_federated.world import secure

secrets = st.integers(0, secure.PRIME - 1)


def even(numbers, bits):
    """Chance of numbers of 32 bits to be as uneven, by their highest bits."""
    counts = np.bincount(numbers >> (32 - bits), minlength=2**bits)
    expected = len(numbers) / 2**bits
    return chi2.sf(((counts - expected) ** 2 / expected).sum(), 2**bits - 1)


@given(st.lists(st.floats(-3000, 3000), min_size=1, max_size=9))
def test_encoded_updates_come_back_to_half_a_step(update):
    encoded = secure.encode(update) % 2**32
    assert secure.decode(encoded) == pytest.approx(update, abs=0.5 / secure.STEPS)


def test_sums_of_encoded_updates_are_exact_whatever_passes_the_end():
    masked = (secure.encode([-1.5]) + 2**32 - 7) % 2**32
    assert secure.decode((masked + 7 + secure.encode([0.25])) % 2**32) == [-1.25]


def test_a_stream_is_uniform_and_the_test_would_see_a_missing_bit():
    numbers = secure.stream(key=7, round_number=3, n=100_000).astype(np.int64)
    assert even(numbers, 8) > 1e-4
    assert kstest(numbers / 2**32, "uniform").pvalue > 1e-4
    one_in_ten = numbers & ~np.where(np.arange(len(numbers)) % 10, 0, 2**31)
    assert even(one_in_ten, 8) < 1e-9


def test_streams_repeat_for_a_key_and_a_round_and_differ_for_others():
    asked = [(7, 3), (7, 4), (8, 3), (73, 0)]
    streams = {one: secure.stream(*one, n=1_000).astype(np.int64) for one in asked}
    assert np.array_equal(streams[7, 3], secure.stream(7, 3, 1_000))
    for a, b in itertools.combinations(asked, 2):
        assert abs(np.corrcoef(streams[a], streams[b])[0, 1]) < 0.15
        assert even((streams[a] - streams[b]) % 2**32, 4) > 1e-6


def test_a_longer_stream_begins_like_the_shorter():
    assert np.array_equal(secure.stream(1, 1, 9)[:4], secure.stream(1, 1, 4))


@given(secrets, secrets)
def test_two_clients_agree_on_one_key(one, other):
    key = secure.agree(one, secure.public_part(other))
    assert key == secure.agree(other, secure.public_part(one))
    assert 0 <= key < secure.PRIME


def test_a_rule_that_looks_at_single_updates_finds_nothing_in_masked_ones():
    rng = np.random.default_rng(9)
    updates = rng.normal(size=(10, 4_000))
    updates[:2] *= -5  # two attackers
    masked = secure.encode(updates)
    for a, b in itertools.combinations(range(10), 2):
        common = secure.stream(100 * a + b, 1, 4_000).astype(np.int64)
        masked[a] += common
        masked[b] -= common
    masked %= 2**32
    assert secure.decode(masked.sum(axis=0) % 2**32) == pytest.approx(updates.sum(0), abs=1e-3)

    def odd(sent):
        """The two that lie furthest from the median of all."""
        return set(np.argsort(np.linalg.norm(sent - np.median(sent, axis=0), axis=1))[-2:])

    seen = secure.decode(masked)
    assert odd(updates) == {0, 1} != odd(seen)
    lengths = np.linalg.norm(seen, axis=1)
    assert lengths.max() < 1.05 * lengths.min()
    medians = np.median(updates, axis=0), np.median(seen, axis=0)
    assert abs(np.corrcoef(*medians)[0, 1]) < 0.08  # five standard errors


def at_zero(shares):
    """Lagrange's formula with Python's whole numbers, each fraction by Fermat's little theorem."""
    total = 0
    for holder, share in shares.items():
        over, under = 1, 1
        for other in shares:
            if other != holder:
                over, under = over * other, under * (other - holder)
        total += share * over * pow(under, secure.PRIME - 2, secure.PRIME)
    return total % secure.PRIME


@given(secrets, st.integers(1, 5), st.integers(0, 3), st.integers(0, 2**32))
def test_enough_shares_tell_the_secret(secret, threshold, more, seed):
    holders = [3 * place + 1 for place in range(threshold + more)]
    shares = secure.deal(secret, threshold, holders, np.random.default_rng(seed))
    for some in itertools.islice(itertools.combinations(holders, threshold), 6):
        assert at_zero({holder: shares[holder] for holder in some}) == secret


def test_one_share_too_few_fits_every_secret():
    # With two of three shares any secret is possible: there is a third share that makes it so.
    shares = secure.deal(41, 3, [1, 2, 3], np.random.default_rng(5))
    known = {holder: shares[holder] for holder in (1, 2)}
    assert at_zero(known) != 41
    seen = {at_zero({**known, 3: guess}) for guess in range(50)}
    assert len(seen) == 50


def test_shares_of_one_secret_look_like_chance():
    rng = np.random.default_rng(6)
    tops = np.array([secure.deal(1, 3, [2], rng)[2] >> 124 for _ in range(4_000)])
    counts = np.bincount(tops, minlength=8)
    assert chi2.sf(((counts - 500) ** 2 / 500).sum(), 7) > 1e-4
