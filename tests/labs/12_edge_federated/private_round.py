"""Right and wrong answers of task `private_round`, which prove its judge."""

from __future__ import annotations

import random

import numpy as np
import torch


def one_by_one(updates, clip, z, cohort, seed):
    noise = np.random.RandomState(seed).standard_normal(updates.shape[1]) * (z * clip)
    total = np.zeros(updates.shape[1])
    for update in updates:
        length = float(np.sqrt((update**2).sum()))
        total += update if length <= clip else update * clip / length
    return (total / cohort + noise / cohort).tolist()


def in_torch(updates, clip, z, cohort, seed):
    u = torch.as_tensor(updates)
    factor = (clip / u.norm(dim=1).clamp(min=1e-12)).clamp(max=1.0)
    noise = torch.randn(u.shape[1], generator=torch.Generator().manual_seed(seed), dtype=u.dtype)
    return ((u * factor[:, None]).sum(0) + z * clip * noise) / cohort


def _round(
    updates,
    clip,
    z,
    cohort,
    seed,
    *,
    shorten=None,
    spread=None,
    divide=None,
    after=False,
    noise_for=None,
):
    norms = np.linalg.norm(updates, axis=1, keepdims=True)
    shorter = (
        updates * np.minimum(1, clip / norms) if shorten is None else shorten(updates, norms, clip)
    )
    rng = np.random.default_rng(seed)
    sd = z * clip if spread is None else spread(z, clip)
    noise = (
        rng.normal(0, sd, updates.shape[1]) if noise_for is None else noise_for(rng, sd, updates)
    )
    by = cohort if divide is None else divide(updates)
    return shorter.sum(0) / by + noise if after else (shorter.sum(0) + noise) / by


def _with(**changes):
    return lambda *arguments: _round(*arguments, **changes)


def new_noise_each_time(updates, clip, z, cohort, seed):
    return _round(updates, clip, z, cohort, None)


def fixed_noise(updates, clip, z, cohort, seed):
    return _round(updates, clip, z, cohort, 7)


def noise_from_the_data(updates, clip, z, cohort, seed):
    return _round(updates, clip, z, cohort, abs(int(updates.sum() * 1e6)) % 2**32)


def clip_the_mean(updates, clip, z, cohort, seed):
    mean = updates.sum(0) / cohort
    mean = mean * min(1, clip / np.linalg.norm(mean))
    return mean + np.random.default_rng(seed).normal(0, z * clip / cohort, len(mean))


def as_torch_clips(updates, clip, z, cohort, seed):
    """A millionth is added to every norm, as ``torch.nn.utils.clip_grad_norm_`` does."""
    norms = np.linalg.norm(updates, axis=1, keepdims=True)
    total = (updates * np.minimum(1, clip / (norms + 1e-6))).sum(0)
    return (total + np.random.default_rng(seed).normal(0, z * clip, len(total))) / cohort


def by_pythons_chance(updates, clip, z, cohort, seed):
    chance = random.Random(seed)
    factors = [min(1.0, clip / (float(np.hypot.reduce(u)) or 1.0)) for u in updates]
    sums = np.dot(factors, updates)
    return [(total + chance.gauss(0.0, z * clip)) / cohort for total in sums]


def _noise(draw):
    """Noise of variance 1 as `draw` has it, from a generator and a length."""
    return _with(noise_for=lambda rng, sd, u: sd * draw(rng, u.shape[1]))


def _fixed(length):
    return np.random.default_rng(0).normal(size=length)


def one_noise_turned(updates, clip, z, cohort, seed):
    return _round(updates, clip, z, cohort, seed, noise_for=lambda rng, sd, u: sd * np.roll(
        _fixed(u.shape[1]), seed))  # fmt: skip


def last_digits(updates, clip, z, cohort, seed):
    return _round(updates, clip, z, cohort, seed % 1_000)


def last_bits(updates, clip, z, cohort, seed):
    return _round(updates, clip, z, cohort, seed & 0xFFFF)


def noise_for_so_many(updates, clip, z, cohort, seed):
    return _round(updates, clip, z, cohort, seed + len(updates))


def order_first(updates, clip, z, cohort, seed):
    """Clients are shuffled first, so the noise depends on how many there are."""

    def noise(rng, sd, u):
        rng.permutation(len(u))
        return rng.normal(0, sd, u.shape[1])

    return _round(updates, clip, z, cohort, seed, noise_for=noise)


RIGHT = {
    "one client after the other": one_by_one,
    "in torch": in_torch,
    "Python's chance": by_pythons_chance,
    "clipped as torch does": as_torch_clips,
}

WRONG = {
    "clips every entry": (
        _with(shorten=lambda u, norms, clip: np.clip(u, -clip, clip)),
        "Every entry is clipped by itself",
    ),
    "divides by those present": (_with(divide=len), "number of those present"),
    "noise for every client": (
        _with(noise_for=lambda rng, sd, u: rng.normal(0, sd, u.shape).sum(0)),
        "Every client's update got noise",
    ),
    "noise without the clip": (_with(spread=lambda z, clip: z), "it has to grow with what one may"),
    "noise after dividing": (_with(after=True), "added after dividing"),
    "zeros divided by their length": (
        _with(shorten=lambda u, norms, clip: u / norms * np.minimum(norms, clip)),
        "must be a finite number",
    ),
    "short updates stretched": (
        _with(shorten=lambda u, norms, clip: u * clip / np.maximum(norms, 1e-9)),
        "Short updates are stretched",
    ),
    "not clipped": (_with(shorten=lambda u, norms, clip: u), "Nothing is clipped"),
    "shortened by the largest entry": (
        _with(
            shorten=lambda u, norms, clip: (
                u * np.minimum(1, clip / np.maximum(np.abs(u).max(axis=1, keepdims=True), 1e-12))
            )
        ),
        "The largest entry is brought to the clip",
    ),
    "Laplace": (_noise(lambda rng, n: rng.laplace(0, 0.5**0.5, n)), "not normal"),
    "uniform noise": (_noise(lambda rng, n: rng.uniform(-(3**0.5), 3**0.5, n)), "not normal"),
    "skewed noise": (_noise(lambda rng, n: rng.exponential(1, n) - 1), "not normal"),
    "signs alone": (_noise(lambda rng, n: rng.choice([-1.0, 1.0], n)), "is alike"),
    "fixed sizes, signs by chance": (
        _noise(lambda rng, n: rng.choice([-1.0, 1.0], n) * _fixed(n)),
        "is alike",
    ),
    "fixed noise shuffled": (_noise(lambda rng, n: rng.permutation(_fixed(n))), "is alike"),
    "the second half repeats": (
        _noise(lambda rng, n: np.resize(rng.normal(size=n // 2), n)),
        "is alike",
    ),
    "neighbours in pairs": (
        _noise(lambda rng, n: np.repeat(rng.normal(size=n // 2 + 1), 2)[:n]),
        "is alike",
    ),
    "fixed noise turned by the seed": (one_noise_turned, "is alike"),
    "the seed's last digits": (last_digits, "is alike"),
    "the seed's last bits": (last_bits, "is alike"),
    "clients shuffled first": (order_first, "The noise"),
    "noise for so many": (noise_for_so_many, "The noise changes with the updates"),
    "the mean is clipped": (clip_the_mean, ""),
    "no noise": (_with(spread=lambda z, clip: 0.0), "hardly any noise"),
    "variance for deviation": (
        _with(spread=lambda z, clip: (z * clip) ** 0.5),
        "standard deviation of the noise",
    ),
    "one number of noise for all": (
        _with(noise_for=lambda rng, sd, u: np.full(u.shape[1], rng.normal(0, sd))),
        "",
    ),
    "new noise each time": (new_noise_each_time, "Two calls with the same seed"),
    "the same noise for every seed": (fixed_noise, ""),
    "noise from the data": (noise_from_the_data, ""),
}

HARMLESS = {
    "operator: …rn (clipped.sum(axis=0) + noise) / cohort -> "
    "…rn (clipped.sum(axis=0) - noise) / cohort": "noise is as likely on either side of zero",
    "call dropped: …np.minimum(1.0, clip / np.maximum(norms, 1e-300)) -> "
    "…np.minimum(1.0, clip / norms)": "a length of zero gives infinity, which the 1 cuts off",
}
