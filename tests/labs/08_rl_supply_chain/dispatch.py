"""Right and wrong answers of task `dispatch`."""

from __future__ import annotations

from functools import cache

import numpy as np
import torch

from labkit.trends.rl_supply_chain.world import dials, routing

DIALS = 12


def _around(centre, spread, seed):
    """Settings around a centre, with the centre in row 0."""
    settings = np.random.default_rng(seed).normal(centre, spread, (32, DIALS))
    settings[0] = centre
    return settings


def _evolution(tried, costs, seed):
    """The best eight of the last round alone, steps that shrink; lists."""
    centre = np.zeros(DIALS)
    if len(tried):
        centre = tried[-1][np.argsort(costs[-1])[:8]].mean(axis=0)
    return _around(centre, 0.3 * 0.92 ** len(tried), seed).tolist()


def _covariance(tried, costs, seed):
    """The cross-entropy method with a covariance that remembers, moved by ranks; a tensor."""
    worth = np.log(16.5) - np.log(np.arange(1, 17))
    worth /= worth.sum()
    centre, shape = np.zeros(DIALS), 0.12 * np.eye(DIALS)
    for settings, paid in zip(tried, costs, strict=True):
        best = settings[np.argsort(paid)[:16]]
        away = best - centre
        centre = centre + worth @ away
        shape = 0.8 * shape + 0.2 * (away.T * worth) @ away
    settings = np.random.default_rng(seed).multivariate_normal(centre, shape, 32)
    settings[0] = centre
    return torch.from_numpy(settings)


def _cross_entropy(tried, costs, seed):
    """A centre and a spread by the best six of every round, full steps."""
    centre, spread = np.zeros(DIALS), np.full(DIALS, 0.4)
    for settings, paid in zip(tried, costs, strict=True):
        best = settings[np.argsort(paid)[:6]]
        centre, spread = best.mean(axis=0), 0.6 * spread + 0.4 * best.std(axis=0)
    return _around(centre, spread, seed)


# --- From home ----------------------------------------------------------------------------------


@cache
def _at_home(seed):
    """What a search finds at an office of one's own."""
    x, y = routing.TOWNS[seed % 3]
    urgent = {"x": float(x), "y": float(y), "radius": 0.18, "price": 0.65}
    office = dials.Office(routing.USUAL_STORM, urgent, seed)
    tried, _ = office.play(_cross_entropy)
    return office, tried[-1, 0]


def _found_at_home(tried, costs, seed):
    return np.tile(_at_home(1)[1], (32, 1))


def _weights_as_dials(tried, costs, seed):
    """Weights that are good at home, as if every dial were a feature."""
    office, setting = _at_home(1)
    return np.tile(office.weights(setting[None]), (32, 1))


def _best_from_home(tried, costs, seed):
    """Settings of three offices at home; the one that was cheapest over all rounds."""
    if not len(tried):
        known = np.array([_at_home(number)[1] for number in range(3)])
        return np.resize(known, (32, DIALS))
    settings = tried[0].copy()
    settings[0] = settings[costs[:, 1:].mean(axis=0).argmin() + 1]
    return settings


# --- Without a search ---------------------------------------------------------------------------


def _at_random(choose, spread=0.25):
    """Random settings in every round; `choose` has the last word."""

    def propose(tried, costs, seed):
        settings = np.random.default_rng(seed).normal(0, spread, (32, DIALS))
        settings[1] = 0
        if len(tried) == dials.ROUNDS - 1:
            settings[0] = choose(tried, costs)
        return settings

    return propose


def _cheapest(tried, costs):
    return tried.reshape(-1, DIALS)[costs.argmin()]


def _most_saved(tried, costs):
    """Against nearest-request on the same days."""
    return tried.reshape(-1, DIALS)[(costs - costs[:, 1:2]).argmin()]


def _mean_of_best(share, stretch):
    def choose(tried, costs):
        order = (costs - costs.mean(axis=1, keepdims=True)).argsort(axis=None)
        return stretch * tried.reshape(-1, DIALS)[order[: int(share * order.size)]].mean(axis=0)

    return choose


def _one_slope(tried, costs):
    """A step of usual length against the slope of all that was tried."""
    away = (tried - tried.mean(axis=1, keepdims=True)).reshape(-1, DIALS)
    paid = (costs - costs.mean(axis=1, keepdims=True)).ravel()
    slope = np.linalg.lstsq(away, paid, rcond=None)[0]
    return -0.8 * slope / np.linalg.norm(slope)


def _first_round(tried, costs, seed):
    best = tried[0][costs[0].argmin()] if len(tried) else np.zeros(DIALS)
    return _around(best, 0.25, seed)


def _first_quarter(tried, costs, seed):
    """The mean of the best quarter of the first round, and no round after it."""
    best = tried[0][np.argsort(costs[0])[:8]].mean(axis=0) if len(tried) else np.zeros(DIALS)
    return _around(best, 0.3, seed)


def _dial_by_dial(tried, costs, seed):
    """Every dial a little to either side, by itself; each to where it was cheaper, once."""
    settings = np.zeros((32, DIALS))
    for dial in range(DIALS):
        settings[2 + dial, dial], settings[14 + dial, dial] = 0.4, -0.4
    if len(tried):
        gain = (costs[:, 14:26] - costs[:, 2:14]).mean(axis=0)
        settings[0] = 0.4 * np.sign(gain)
    return settings


# --- A search with a mistake --------------------------------------------------------------------


def _luckiest(tried, costs, seed):
    """A good search, but the setting that was furthest below its round has the last word."""
    settings = _cross_entropy(tried, costs, seed)
    if len(tried) == dials.ROUNDS - 1:
        below = costs - costs.mean(axis=1, keepdims=True)
        settings[0] = tried.reshape(-1, DIALS)[below.argmin()]
    return settings


def _parents_of_all_rounds(tried, costs, seed):
    """Crossed and mutated are the thirty settings that cost least, whatever their round."""
    rng = np.random.default_rng(seed)
    if not len(tried):
        return rng.uniform(-2, 2, (32, DIALS))
    parents = tried.reshape(-1, DIALS)[costs.argsort(axis=None)[:30]]
    one, other = parents[rng.integers(30, size=(2, 32))]
    settings = np.where(rng.random((32, DIALS)) < 0.5, one, other)
    settings += rng.normal(0, 0.2, settings.shape) * (rng.random(settings.shape) < 0.3)
    settings[0] = parents[0]
    return settings


def _around_the_cheapest(tried, costs, seed):
    return _around(_cheapest(tried, costs) if len(tried) else np.zeros(DIALS), 0.3, seed)


def _shuffled(tried, costs, seed):
    """The costs belong to other settings."""
    return _cross_entropy(tried, costs[:, ::-1], seed)


def _elsewhere(tried, costs, seed):
    """A good search whose best guess stands in the last row."""
    settings = _cross_entropy(tried, costs, seed)
    settings[-1] = settings[0]
    settings[0] = 0
    return settings


def _changed(change):
    """A good search, and what is returned is changed."""
    return lambda tried, costs, seed: change(_cross_entropy(tried, costs, seed))


ASKED = "is asked"

RIGHT = {
    "an evolution strategy that looks at the last round, as lists": _evolution,
    "a covariance, by ranks, as a tensor": _covariance,
    "cross-entropy with full steps": _cross_entropy,
}

WRONG = {
    "nothing is changed": (lambda *_: np.zeros((32, DIALS)), "nothing was changed"),
    "every dial at a half": (lambda *_: np.full((32, DIALS), 0.5), ASKED),
    "found at home": (_found_at_home, ASKED),
    "weights from home, as if dials were features": (_weights_as_dials, ASKED),
    "the best of three settings from home": (_best_from_home, ASKED),
    "the cheapest of all random settings": (_at_random(_cheapest), ""),
    "the random setting that saved most against nearest-request": (_at_random(_most_saved), ASKED),
    "the mean of the best tenth of random settings": (_at_random(_mean_of_best(0.1, 1)), ASKED),
    "twice that mean": (_at_random(_mean_of_best(0.1, 2)), ASKED),
    "one step down the slope of random settings": (_at_random(_one_slope), ASKED),
    "the best of the first round": (_first_round, ASKED),
    "the best quarter of the first round": (_first_quarter, ASKED),
    "every dial by itself": (_dial_by_dial, ASKED),
    "the luckiest setting of a good search": (_luckiest, ASKED),
    "parents of all rounds by their costs": (_parents_of_all_rounds, ""),
    "around the lowest cost of all rounds": (_around_the_cheapest, ""),
    "the most expensive are kept": (
        lambda tried, costs, seed: _cross_entropy(tried, -costs, seed),
        "cost most",
    ),
    "costs in another order": (_shuffled, ASKED),
    "the best guess in the last row": (_elsewhere, "put your best guess there"),
    "one setting": (_changed(lambda settings: settings[0]), "should have shape"),
    "not finite": (_changed(lambda settings: settings * np.nan), "finite"),
    "dials beyond their ends": (_changed(lambda settings: settings * 100), "go from -10 to 10"),
    "the settings are not returned": (lambda *_: None, "returned nothing"),
    "a score instead of settings": (lambda *_: lambda features: -features[..., 0], "settings"),
}

HARMLESS = {
    "index: …tings[np.argsort(paid)[:8]] -> *": "seven or nine of 32 settings do as well",
    "constant: …(seed).normal(centre, 0.4, (32, 12)) -> *": "so does looking around farther",
    "memory: only argument 2 is fresh, the others are of the last call": (
        "the search then goes on from the round before the last, and loses one of thirty"
    ),
}
