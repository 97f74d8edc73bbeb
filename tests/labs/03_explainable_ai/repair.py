"""Right and wrong answers of the task `repair`."""

from __future__ import annotations

import itertools

import numpy as np

from labkit.trends.explainable_ai.world.networks import train


def _windows(images, labels, bar=0.12):
    """Upper left corners of windows whose mean differs between the labels."""
    apart = np.abs(images[labels == 1].mean(0) - images[labels == 0].mean(0))
    inner = np.lib.stride_tricks.sliding_window_view(apart, (3, 3)).min(axis=(2, 3))
    found = []
    while inner.max() > bar:
        top, left = np.unravel_index(inner.argmax(), inner.shape)
        found.append((int(top), int(left)))
        inner = inner.copy()
        inner[max(top - 3, 0) : top + 4, max(left - 3, 0) : left + 4] = 0
    return found


def _copies(images, labels):
    """Sticker pixels are the same in every picture that has one; skin never is."""
    found = []
    windows = np.lib.stride_tricks.sliding_window_view(images, (3, 3), axis=(1, 2))
    for top in range(images.shape[1] - 2):
        for left in range(images.shape[2] - 2):
            rows = windows[:, top, left].reshape(len(images), -1)
            if len(np.unique(rows, axis=0)) < 0.9 * len(rows):
                found.append([top, left])
    return found


def _swapped(images, places, rng):
    swapped = images.copy()
    for top, left in places:
        other = rng.permutation(len(images))
        swapped[:, top : top + 3, left : left + 3] = images[other, top : top + 3, left : left + 3]
    return swapped


def by_swapping(network, images, labels):
    rng = np.random.default_rng(0)
    places = _windows(images, labels)
    many = np.concatenate([_swapped(images, places, rng) for _ in range(2)])
    return places, train(network, many, np.tile(labels, 2), steps=200)


def by_on_and_off(network, images, labels):
    """Every picture with the sticker and without it, filled with skin from beside."""
    places = _copies(images, labels)
    with_it, without = images.copy(), images.copy()
    for top, left in places:
        here = np.s_[:, top : top + 3, left : left + 3]
        rows = images[here].reshape(len(images), -1)
        looks, count = np.unique(rows, axis=0, return_counts=True)
        has = (rows == looks[count.argmax()]).all(axis=1)
        with_it[here] = looks[count.argmax()].reshape(3, 3)
        clean = images[~has][:, top : top + 3, left : left + 3]
        pick = np.random.default_rng(1).integers(len(clean), size=len(images))
        without[here] = clean[pick]
    both = np.concatenate([with_it, without])
    return places, train(network, both, np.tile(labels, 2), steps=200)


def by_blinding(network, images, labels):
    """The network is cut off from the places, then trained on."""
    places = _windows(images, labels)
    blind = np.ones(images.shape[1:], dtype=bool)
    for top, left in places:
        blind[top : top + 3, left : left + 3] = False
    rng = np.random.default_rng(2)
    start = {
        "w1": np.asarray(network["w1"]) * 0 + 0.06 * rng.normal(size=np.shape(network["w1"])),
        "b1": np.zeros(8),
        "w2": 0.4 * rng.choice([-1, 1], 8),
        "b2": np.zeros(()),
    }
    start["w1"][~blind.ravel()] = 0
    covered = np.where(blind, images, 0.7)  # where 0.7 comes in, no weight moves
    return places, train(start, covered, labels, steps=200)


def by_torch(network, images, labels):
    import torch

    rng = np.random.default_rng(3)
    places = _windows(images, labels)
    w1, b1, w2, b2 = (
        torch.tensor(np.array(network[key]), requires_grad=True) for key in ("w1", "b1", "w2", "b2")
    )
    step = torch.optim.Adam([w1, b1, w2, b2], lr=0.01)
    y = torch.tensor(labels, dtype=torch.float64)
    for _ in range(200):
        rows = torch.tensor(_swapped(images, places, rng).reshape(len(images), -1) - 0.7)
        said = torch.relu(rows @ w1 + b1) @ w2 + b2
        loss = torch.nn.functional.binary_cross_entropy_with_logits(said, y)
        step.zero_grad()
        loss.backward()
        step.step()
    return places, {"w1": w1, "b1": b1, "w2": w2, "b2": b2}


def _with_places(change):
    """The right places, and pictures changed in a wrong way."""

    def answer(network, images, labels):
        places = _windows(images, labels)
        seen, said = change(places, images, labels)
        return places, train(network, seen, said, steps=200)

    return answer


def _only_added(places, images, labels):
    rng = np.random.default_rng(4)
    added = images.copy()
    for top, left in places:
        here = np.s_[:, top : top + 3, left : left + 3]
        rows = images[here].reshape(len(images), -1)
        looks, count = np.unique(rows, axis=0, return_counts=True)
        added[here][rng.uniform(size=len(images)) < 0.5] = looks[count.argmax()].reshape(3, 3)
    return np.concatenate([images, added]), np.tile(labels, 2)


def _turned_round(places, images, labels):
    """Benign lesions get all stickers, and malignant ones get skin of others."""
    flat = np.concatenate([images, images])
    said = np.tile(labels, 2)
    rng = np.random.default_rng(8)
    for top, left in places:
        here = np.s_[:, top : top + 3, left : left + 3]
        own = flat[here].copy()
        dark = own.mean(axis=(1, 2)) < 0.55
        for label, source in enumerate((own[dark], own[~dark])):
            flat[here][said == label] = rng.choice(source, (said == label).sum())
    return flat, said


def _covered(places, images, labels):
    covered = images.copy()
    for top, left in places:
        covered[:, top : top + 3, left : left + 3] = 0.7
    return covered, labels


def _cropped(places, images, labels):
    cropped = images.copy()
    top, left = places[0]
    cropped[:, max(top - 1, 0) : top + 4, max(left - 1, 0) : left + 4] = 0.7
    return cropped, labels


def _erased(places, images, labels):
    rng = np.random.default_rng(5)
    erased = images.copy()
    for picture, (top, left) in zip(erased, rng.integers(0, 12, (len(images), 2)), strict=True):
        picture[top : top + 5, left : left + 5] = 0.7
    return np.concatenate([images, erased]), np.tile(labels, 2)


def _noisy(places, images, labels):
    rng = np.random.default_rng(6)
    return images + 0.15 * rng.normal(size=images.shape), labels


def _strongest_alone(network, images, labels):
    places = _windows(images, labels)
    seen = _swapped(images, places[:1], np.random.default_rng(7))
    return places, train(network, seen, labels, steps=200)


def _one_place(network, images, labels):
    places, cured = by_swapping(network, images, labels)
    return places[:1], cured


def _every_window(network, images, labels):
    places, cured = by_swapping(network, images, labels)
    return [*places, *itertools.product(range(14), repeat=2)], cured


def _from_scratch(network, images, labels):
    from sklearn.neural_network import MLPClassifier

    rows = images.reshape(len(images), -1) - 0.7
    model = MLPClassifier((8,), alpha=0.1, random_state=0, max_iter=80).fit(rows, labels)
    return _windows(images, labels), {
        "w1": model.coefs_[0],
        "b1": model.intercepts_[0],
        "w2": model.coefs_[1].ravel(),
        "b2": model.intercepts_[1],
    }


RIGHT = {
    "swapped": by_swapping,
    "on and off": by_on_and_off,
    "cut off": by_blinding,
    "torch": by_torch,
}
WRONG = {
    "only added": (_with_places(_only_added), "where stickers mislead"),
    "turned round": (_with_places(_turned_round), "on pictures as they come"),
    "covered": (_with_places(_covered), "where stickers mislead"),
    "cropped": (_with_places(_cropped), "where stickers mislead"),
    "random erasing": (_with_places(_erased), "where stickers mislead"),
    "noise": (_with_places(_noisy), "where stickers mislead"),
    "more epochs": (_with_places(lambda p, images, labels: (images, labels)), "stickers mislead"),
    "the stronger one alone": (_strongest_alone, "where stickers mislead"),
    "every window": (_every_window, "places named"),
    "one place": (_one_place, "stickers found"),
    "scikit-learn from scratch": (_from_scratch, "where stickers mislead"),
    "unchanged": (lambda n, i, y: (_windows(i, y), n), "where stickers mislead"),
}

WIDER = "a wider piece is swapped, and enough of the lesion is left"
CLEAR = "stickers are 0.25 or more apart, lesions less than 0.12 in all nine pixels"
HARMLESS = {
    "mask dropped: apart = np.abs(images[labels == 1].mean(axis=0) - *": "half the difference is "
    "clear enough",
    "mask dropped: …1].mean(axis=0) - images[labels == 0].mean(axis=0)) -> *": "half the "
    "difference is clear enough",
    "constant: …hole, 7)) & (whole > 0.12)) - 1 -> *": CLEAR,
    "comparison: …er(whole, 7)) & (whole > 0.12)) - 1 -> *": CLEAR,
    "constant: …= maximum_filter(whole, 7)) & (whole > 0.12)) - 1 -> *": "one peak a sticker",
    "slice: here = np.s_[:, top:top + 3, left:left + 3] -> *": WIDER,
    "slice: …= np.s_[:, top:top + 3, left:left + 3] -> *": WIDER,
    "slice: …s_[:, top:top + 3, left:left + 3] -> *": WIDER,
    "constant: …re = np.s_[:, top:top + 3, left:left + 3] -> *": WIDER,
    "constant: …op:top + 3, left:left + 3] -> *": WIDER,
}
