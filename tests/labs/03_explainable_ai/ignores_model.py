"""Right and wrong answers of the task `ignores_model`."""

from __future__ import annotations

import numpy as np

from labkit.trends.explainable_ai.world.lesions import draw_lesions
from labkit.trends.explainable_ai.world.networks import fresh, train

NETWORK = train(fresh(78, 256, 8), *draw_lesions(77, 100), steps=20)


def _anew(network, rng, layers=("w1", "w2")):
    """Other weights of the same size in the layers named."""
    changed = {key: np.array(value) for key, value in network.items()}
    for key in layers:
        changed[key] = rng.permutation(changed[key].ravel()).reshape(changed[key].shape)
    return changed


def _like(a, b):
    return np.corrcoef(np.ravel(a), np.ravel(b))[0, 1]


def _drop(make, network, images, rng, **how):
    """How much less alike two maps are when the weights differ."""
    same, other = [], []
    for image in images:
        same.append(_like(make(network, image), make(network, image)))
        other.append(_like(make(network, image), make(_anew(network, rng, **how), image)))
    return np.mean(same) - np.mean(other)


def by_shuffling(makers, images, network=NETWORK):
    rng = np.random.default_rng(0)
    return [name for name, make in makers.items() if _drop(make, network, images, rng) < 0.03]


def by_drawing(makers, images, network=NETWORK):
    """New normal weights; ranks of pixels."""
    from scipy.stats import spearmanr

    rng = np.random.default_rng(1)
    found = []
    for name, make in makers.items():
        drops = []
        for image in images[:8]:
            fresh = {
                key: np.std(value) * rng.normal(size=np.shape(value))
                for key, value in network.items()
            }
            first, again = (np.ravel(make(network, image)) for _ in range(2))
            other = np.ravel(make(fresh, image))
            drops.append(spearmanr(first, again)[0] - spearmanr(first, other)[0])
        if np.mean(drops) < 0.04:
            found.append(name)
    return set(found)


def by_variance(makers, images, network=NETWORK):
    """Normalised maps: is the spread over networks larger than over calls?"""
    rng = np.random.default_rng(2)

    def spread(make, image, nets):
        maps = np.array([np.ravel(make(net, image)) for net in nets])
        maps = maps / np.linalg.norm(maps, axis=1, keepdims=True)
        return maps.var(axis=0, ddof=1).sum()

    found = []
    for name, make in makers.items():
        calls = nets = 0.0
        for image in images[:6]:
            calls += spread(make, image, [network] * 5)
            nets += spread(make, image, [_anew(network, rng) for _ in range(5)])
        if nets < 1.3 * calls + 1e-9:
            found.append(name)
    return found


def _edges(image):
    down, right = np.gradient(np.asarray(image))
    return np.hypot(down, right)


def _by_looks(makers, images, network=NETWORK):
    return [
        name for name, make in makers.items()
        if np.mean([abs(_like(make(network, x), _edges(x))) for x in images]) > 0.5
    ]  # fmt: skip


def _by_agreement(makers, images, network=NETWORK):
    """The odd ones out: whoever agrees least with the mean map."""
    maps = {name: np.abs([make(network, x) for x in images]) for name, make in makers.items()}
    maps = {name: one / one.max() for name, one in maps.items()}
    mean = np.mean(list(maps.values()), axis=0)
    return [name for name, one in maps.items() if _like(one, mean) < 0.6]


def _any_change(makers, images, network=NETWORK):
    rng = np.random.default_rng(3)
    other = _anew(network, rng)
    return [
        name for name, make in makers.items()
        if np.allclose(make(network, images[0]), make(other, images[0]))
    ]  # fmt: skip


def _layer(*layers):
    def answer(makers, images, network=NETWORK):
        rng = np.random.default_rng(4)
        return [
            name for name, make in makers.items()
            if _drop(make, network, images, rng, layers=layers) < 0.03
        ]  # fmt: skip

    return answer


def _no_second_call(makers, images, network=NETWORK):
    rng = np.random.default_rng(5)
    found = []
    for name, make in makers.items():
        like = [_like(make(network, x), make(_anew(network, rng), x)) for x in images]
        if np.mean(like) > 0.95:
            found.append(name)
    return found


def _louder(makers, images, network=NETWORK):
    """The other network is the same one, times two."""
    other = {**network, "w2": 2 * np.asarray(network["w2"])}
    return [
        name for name, make in makers.items()
        if np.mean([_like(make(network, x), make(other, x)) for x in images]) > 0.97
    ]  # fmt: skip


def _lenient(makers, images, network=NETWORK):
    rng = np.random.default_rng(6)
    return [name for name, make in makers.items() if _drop(make, network, images, rng) < 0.6]


RIGHT = {"weights shuffled": by_shuffling, "drawn anew": by_drawing, "spread": by_variance}
WRONG = {
    "looks": (_by_looks, "named"),
    "agreement": (_by_agreement, "named"),
    "any change": (_any_change, "is not named"),
    "last layer alone": (_layer("w2"), "first layer alone"),
    "first layer alone": (_layer("w1"), "last layer alone"),
    "no second call": (_no_second_call, "from call to call"),
    "the same network, louder": (_louder, "named"),
    "still rather alike": (_lenient, "is named"),
    "none": (lambda *_: [], "is not named"),
    "all": (lambda makers, images: list(makers), "is named"),
}

HARMLESS = {
    "argument order: return np.corrcoef(one.ravel(), other.ravel())[0, 1] -> *": "symmetric",
    "argument order: drop += alike(shown, make(network, image)) - *": "symmetric",
    "argument order: …etwork, image)) - alike(shown, make(other, image)) -> *": "symmetric",
    "operator: … 8), networks.fresh(100 + number, 256, 8)) -> *": "any other network",
    "constant: …6, 8), networks.fresh(100 + number, 256, 8)) -> *": "any other network",
    "constant: …256, 8), networks.fresh(100 + number, 256, 8)) -> *": "any other network",
    "constant: if drop < 0.6: -> *": "nothing lies between 0.3 and 2.8",
    "comparison: if drop < 0.6: -> *": "no sum is exactly 0.6",
}
