"""Right and wrong answers of task `compress`, which prove its judge."""

from __future__ import annotations

import numpy as np
import torch


def sorted_lists(update, memory, most):
    whole = [u + m for u, m in zip(update, memory, strict=True)]
    places = sorted(range(len(whole)), key=lambda i: -abs(whole[i]))[:most]
    values = [whole[i] for i in places]
    return places, values, [0.0 if i in places else w for i, w in enumerate(whole)]


def in_torch(update, memory, most):
    whole = torch.from_numpy(update + memory)
    _, places = whole.abs().topk(most)
    sent = torch.zeros_like(whole)
    sent[places] = whole[places]
    return places, whole[places], whole - sent


def partitioned(update, memory, most):
    """A running sum of what was wanted and was not sent, with the places in no order."""
    memory += update
    places = np.argpartition(np.abs(memory), len(memory) - most)[-most:]
    values = memory[places]
    memory[places] -= values
    return places, values, memory


def forgets(update, memory, most):
    places = np.argsort(-np.abs(update))[:most]
    return places, update[places], memory


def by_lot(update, memory, most):
    places = np.random.default_rng().choice(len(update), most, replace=False)
    return places, update[places], memory


def by_lot_scaled(update, memory, most):
    places = np.random.default_rng().choice(len(update), most, replace=False)
    return places, update[places] * len(update) / most, memory


def by_lot_remembered(update, memory, most):
    whole = update + memory
    places = np.random.default_rng().choice(len(update), most, replace=False)
    rest = whole.copy()
    rest[places] = 0
    return places, whole[places], rest


def always_the_first(update, memory, most):
    return np.arange(most), update[:most], memory


def largest_with_sign(update, memory, most):
    whole = update + memory
    places = np.argsort(-whole)[:most]
    rest = whole.copy()
    rest[places] = 0
    return places, whole[places], rest


def remembers_all(update, memory, most):
    """What was sent stays in the memory, so it is sent again and again."""
    whole = update + memory
    places = np.argsort(-np.abs(whole))[:most]
    return places, whole[places], whole


def smallest(update, memory, most):
    whole = update + memory
    places = np.argsort(np.abs(whole))[:most]
    rest = whole.copy()
    rest[places] = 0
    return places, whole[places], rest


def everything(update, memory, most):
    return np.arange(len(update)), update, memory


def sends_update_not_sum(update, memory, most):
    whole = update + memory
    places = np.argsort(-np.abs(whole))[:most]
    rest = whole.copy()
    rest[places] = 0
    return places, update[places], rest


def signs_alone(update, memory, most):
    whole = update + memory
    places = np.argsort(-np.abs(whole))[:most]
    rest = whole.copy()
    rest[places] = 0
    return places, np.sign(whole[places]), rest


def signs_to_scale(update, memory, most):
    """The sign of the largest entries, as large as they are on average."""
    whole = update + memory
    places = np.argsort(-np.abs(whole))[:most]
    rest = whole.copy()
    rest[places] = 0
    return places, np.sign(whole[places]) * np.abs(whole[places]).mean(), rest


def _changed(sent=1.0, kept=1.0):
    """Sends more than there is, or lets the memory fade."""

    def compress(update, memory, most):
        whole = update + kept * memory
        places = np.argsort(-np.abs(whole))[:most]
        rest = whole.copy()
        rest[places] = 0
        return places, sent * whole[places], rest

    return compress


def in_single_precision(update, memory, most):
    """What rounding takes off the values is remembered."""
    whole = update + memory
    places = np.argsort(-np.abs(whole))[:most]
    values = whole[places].astype(np.float32)
    rest = whole.copy()
    rest[places] -= values
    return places, values, rest


def signs_remembered(update, memory, most):
    """Signs to scale, and what they were off is remembered."""
    whole = update + memory
    places = np.argsort(-np.abs(whole))[:most]
    values = np.sign(whole[places]) * np.abs(whole[places]).mean()
    rest = whole.copy()
    rest[places] -= values
    return places, values, rest


def nothing(update, memory, most):
    return [], [], memory


def a_mask(update, memory, most):
    whole = update + memory
    cut = np.sort(np.abs(whole))[-most]
    chosen = np.abs(whole) >= cut
    return chosen, whole[chosen], np.where(chosen, 0, whole)


RIGHT = {
    "sorted lists": sorted_lists,
    "in torch": in_torch,
    "partitioned": partitioned,
    "in single precision": in_single_precision,
    "signs to scale, remembered": signs_remembered,
}

WRONG = {
    "largest, the rest forgotten": (forgets, "is forgotten"),
    "by lot": (by_lot, "is forgotten"),
    "by lot, scaled up": (by_lot_scaled, "is forgotten"),
    "by lot, remembered": (by_lot_remembered, "of the gap is left"),
    "always the first": (always_the_first, "is forgotten"),
    "the largest with their sign": (largest_with_sign, "of the gap is left"),
    "remembers what was sent": (remembers_all, "sent again and again"),
    "the smallest": (smallest, "of the gap is left"),
    "everything": (everything, "are allowed"),
    "chooses by the sum, sends the update": (sends_update_not_sum, "do not add up"),
    "signs alone": (signs_alone, "do not add up"),
    "signs to scale": (signs_to_scale, "do not add up"),
    "more than there is": (_changed(sent=1.2), "do not add up"),
    "a memory that fades": (_changed(kept=0.97), "do not add up"),
    "sends nothing": (nothing, ""),
    "a mask for places": (a_mask, "should have shape"),
}
