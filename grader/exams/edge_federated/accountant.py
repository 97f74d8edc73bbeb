"""Differential privacy of the subsampled Gaussian mechanism, tight and by Rényi's bound.

`bounds` computes the privacy loss distribution on a grid, every value rounded down and up, and
convolves it by FFT: so the true epsilon lies between both, which differ by less than the grid's
step times the number of rounds (Koskela et al. 2020, arXiv 1906.03049; Doroshenko et al. 2022,
arXiv 2207.04380).
`renyi` is the bound of Mironov, Talwar and Zhang (2019), arXiv 1908.10530, for whole orders.
"""

from __future__ import annotations

import functools
import math

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import gammaln, logsumexp
from scipy.stats import norm

Floats = NDArray[np.float64]

CELLS = 2**17
"""Grid cells for the loss of all rounds together."""


def bounds(z: float, q: float, steps: int, delta: float) -> tuple[float, float]:
    """The least epsilon of `steps` rounds, from below and from above.

    Args:
        z: noise over sensitivity (standard deviation).
        q: the probability with which a client takes part in a round.
        steps: rounds.
        delta: the probability that may be lost.
    """
    low, high = zip(*(_one_way(z, q, steps, delta, add) for add in (False, True)), strict=True)
    return max(low), max(high)


def _one_way(z: float, q: float, steps: int, delta: float, add: bool) -> tuple[float, float]:
    """Epsilon in one direction: a client leaves (False), or one joins (True)."""
    reach = 1.2 * renyi(z, q, steps, delta / 10) + 1.0
    step = 2 * reach / CELLS
    losses: Floats = (np.arange(CELLS) - CELLS // 2) * np.float64(step)
    mass, infinite = _rounded_up(z, q, losses, add)
    spectrum = np.fft.rfft(np.fft.ifftshift(mass))
    total = np.fft.fftshift(np.fft.irfft(spectrum**steps, CELLS)).clip(0)
    lost = 1 - (1 - infinite) ** steps

    def least(moved: float, lost: float) -> float:
        """Epsilon if every total loss is lower by `moved`."""

        def excess(epsilon: float) -> float:
            above = losses - moved > epsilon
            spent = -np.expm1(epsilon - losses[above] + moved)
            return float(total[above] @ spent + lost - delta)

        return 0.0 if excess(0.0) <= 0 else float(brentq(excess, 0.0, reach))

    # Rounding a loss down instead of up lowers it by one step, and the total by one a round.
    return least(steps * step, 0.0), least(0.0, lost)


def _rounded_up(z: float, q: float, losses: Floats, add: bool) -> tuple[Floats, float]:
    """Probability of each loss of one round, and of one beyond the grid."""

    def outcome(loss: Floats) -> Floats:
        """Where the noisy sum has to lie for this loss: the mixture's log-ratio, turned around."""
        inner = (np.exp(-loss if add else loss) - (1 - q)) / q
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(inner > 0, z**2 * np.log(inner) + 0.5, -np.inf)

    at = outcome(losses)
    if add:  # nobody there: the plain Gaussian; the loss falls with the outcome
        cumulative = norm.sf(at / z)
    else:
        cumulative = (1 - q) * norm.cdf(at / z) + q * norm.cdf((at - 1) / z)
    mass = np.diff(cumulative, prepend=0.0).clip(0)
    return mass, max(0.0, 1.0 - float(cumulative[-1]))


def renyi(z: float, q: float, steps: int, delta: float) -> float:
    """Epsilon by Rényi divergences of whole orders 2 to 256, and the better conversion.

    Conversion: Canonne, Kamath and Steinke (2020), arXiv 2004.00010, proposition 12.
    """
    best = math.inf
    for order in range(2, 257):
        divergence = steps * _divergence(z, q, order)
        epsilon = (
            divergence + math.log1p(-1 / order) - (math.log(delta) + math.log(order)) / (order - 1)
        )
        best = min(best, epsilon)
    return max(best, 0.0)


def older(z: float, q: float, steps: int, delta: float) -> float:
    """As `renyi`, with the conversion of Mironov (2017), arXiv 1702.07476, which is looser."""
    return min(
        steps * _divergence(z, q, order) - math.log(delta) / (order - 1) for order in range(2, 257)
    )


@functools.cache  # five bounds of a setting ask for the same orders
def _divergence(z: float, q: float, order: int) -> float:
    """Rényi divergence of one round."""
    k = np.arange(order + 1)
    if q == 1.0:
        return order / (2 * z**2)
    terms = (
        gammaln(order + 1)
        - gammaln(k + 1)
        - gammaln(order - k + 1)
        + (order - k) * math.log1p(-q)
        + k * math.log(q)
        + k * (k - 1) / (2 * z**2)
    )
    return float(logsumexp(terms)) / (order - 1)


def central_limit(z: float, q: float, steps: int, delta: float) -> float:
    """Epsilon as if the rounds together were one Gaussian: an approximation that can be too low.

    Source: Bu, Dong, Long and Su (2020), arXiv 1911.11607.
    """
    mu = q * math.sqrt(steps * (math.exp(1 / z**2) - 1))
    return gaussian(1 / mu, delta)


def gaussian(z: float, delta: float) -> float:
    """Epsilon of one Gaussian mechanism, exact (Balle and Wang 2018, arXiv 1805.06530)."""
    mu = 1 / z

    def excess(epsilon: float) -> float:
        left = norm.cdf(mu / 2 - epsilon / mu)
        right = math.exp(epsilon + norm.logcdf(-mu / 2 - epsilon / mu))
        return float(left - right - delta)

    return 0.0 if excess(0.0) <= 0 else float(brentq(excess, 0.0, 50 * mu + 10 * mu**2 + 10))
