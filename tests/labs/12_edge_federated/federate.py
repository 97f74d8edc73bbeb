"""Right and wrong answers of task `federate`, which prove its judge."""

from __future__ import annotations

import numpy as np
import torch

from labkit.trends.edge_federated.metrics import optimum
from labkit.trends.edge_federated.world.clinics import Clinics, gradient


def walk_added_up(model, extra, x, y, memory):
    """The mean of the slopes on the way is the clinic's own slope, without its correction."""
    walked, slopes = np.zeros_like(model), []
    for _ in range(25):
        slopes.append(gradient(model - walked, x, y))
        walked = walked + 0.6 * (slopes[-1] - memory + extra)
    own = np.mean(slopes, axis=0)
    return [model - walked, own, own.copy()]


def place_against_the_mean(model, extra, x, y, memory):
    """How far the clinic ended from the mean corrects it, so that nothing else need be sent."""
    correction = memory + model / 15
    local = np.array(model)
    for _ in range(30):
        local = local - 0.5 * (gradient(local, x, y) - correction)
    return local, 0 * extra, correction - local / 15


def corrected(step, steps):
    """As the textbook has it, with steps and their number to choose."""

    def client(model, extra, x, y, memory):
        local = torch.tensor(model)
        for _ in range(steps):
            slope = torch.from_numpy(gradient(local.numpy(), x, y))
            local = local - step * (slope - torch.as_tensor(memory) + torch.as_tensor(extra))
        own = memory - extra + (model - local.numpy()) / (step * steps)
        return local, own, own

    return client


def averaged(step, steps, pull=0.0):
    def client(model, extra, x, y, memory):
        own = model.copy()
        for _ in range(steps):
            own -= step * (gradient(own, x, y) + pull * (own - model))
        return own, np.zeros_like(own), memory

    return client


def momentum(model, extra, x, y, memory):
    """Each clinic keeps a share of the common move: memory is the model of the last round."""
    own = model + 0.9 * extra
    start = own.copy()
    for _ in range(10):
        own = own - 0.1 * gradient(own, x, y)
    return own, own - start + 0.9 * extra, memory


def averaged_slopes(model, extra, x, y, memory):
    return model - 2.0 * gradient(model, x, y), extra, memory


def never_updated(model, extra, x, y, memory):
    """Corrections that stay what they were: zero."""
    local = model.copy()
    for _ in range(30):
        local -= 0.5 * (gradient(local, x, y) - memory + extra)
    return local, extra, memory


def correction_turned(model, extra, x, y, memory):
    """The own slope is added and that of all taken away."""
    local = model.copy()
    for _ in range(30):
        local -= 0.5 * (gradient(local, x, y) + memory - extra)
    own = memory - extra + (model - local) / 15
    return local, own, own


def sends_patients(model, extra, x, y, memory):
    return model, x, memory


def smuggler():
    """Patients leave by a variable outside of the function."""
    seen = {}

    def client(model, extra, x, y, memory):
        pool = seen.setdefault(model.shape, {})
        pool[x.tobytes()] = (x, y)
        all_x = np.concatenate([x for x, _ in pool.values()])
        all_y = np.concatenate([y for _, y in pool.values()])
        for _ in range(5):
            model = model - 1.0 * gradient(model, all_x, all_y)
        return model, extra, memory

    return client


def pooler():
    """Patients are gathered in the first round; from the second on all send the optimum."""
    seen, best = [], []

    def client(model, extra, x, y, memory):
        if best and (not extra.any() or best[0].shape != model.shape):
            seen.clear(), best.clear()
        seen.append((x, y))
        if not extra.any():
            return model, np.ones_like(model), memory
        if not best:
            xs, ys = zip(*seen, strict=True)
            best.append(optimum(Clinics(list(xs), list(ys), x, y, model.shape[1])))
        return best[0], np.ones_like(model), memory

    return client


def stays(model, extra, x, y, memory):
    return model, extra, memory


def model_alone(model, extra, x, y, memory):
    return model


RIGHT = {
    "the walk added up": walk_added_up,
    "the place against the mean": place_against_the_mean,
    "shorter steps, more of them": corrected(0.3, 60),
    "longer steps": corrected(0.9, 30),
}

WRONG = {
    "averaged models": (averaged(0.3, 30), "drift towards patients of their own"),
    "averaged models, more steps": (averaged(0.3, 100), "drift towards"),
    "proximal term": (averaged(0.3, 30, 0.1), "drift towards"),
    "momentum": (momentum, "of the gap is left"),
    "averaged slopes": (averaged_slopes, "of the gap is left"),
    "corrections never updated": (never_updated, "drift towards"),
    "correction turned": (correction_turned, "of the gap is left"),
    "sends the patients": (sends_patients, "extra"),
    "smuggles the patients": (smuggler(), "Keep nothing outside"),
    "pools the patients": (pooler(), "Keep nothing outside"),
    "walks too short": (corrected(0.1, 40), "still falls"),
    "learns nothing": (stays, "of the gap is left"),
    "the model alone": (model_alone, "A tuple of 3 was expected"),
}

HARMLESS = {
    "operator: own = memory - extra + (model - local)… -> "
    "own = memory + extra + (model - local)…": (
        "at the optimum the mean slope is zero, so both end at the same corrections"
    ),
    "constant: step, steps = *": "any number of steps of a good length will do",
}
