"""Right and wrong answers of task `federate`, which prove its judge."""

from __future__ import annotations

import numpy as np

from labkit.trends.edge_federated import baselines
from labkit.trends.edge_federated.world.clinics import gradient


def slopes_of_the_round():
    """The clinics' slopes at the round's model correct the steps (option I of the paper)."""

    def client(down, x, y, state):
        model, mean = down["model"], down.get("slope")
        here = gradient(model, x, y)
        if mean is None:
            return [model, here], None
        local = model
        for _ in range(25):
            local = local - 0.6 * (gradient(local, x, y) - state + mean)
        return [local, here], here

    def first_kept(down, x, y, state):
        message, kept = client(down, x, y, state)
        return message, message[1] if kept is None else kept

    def server(down, messages, sizes, state):
        share = np.array(sizes) / sum(sizes)
        model = sum(s * np.array(m[0]) for s, m in zip(share, messages, strict=True))
        slope = sum(s * np.array(m[1]) for s, m in zip(share, messages, strict=True))
        return {"model": model, "slope": slope}, None

    return first_kept, server


def quasi_newton():
    """One mean slope a round, and a server that learns the curvature from them (L-BFGS)."""

    def client(down, x, y, state):
        return gradient(down["model"], x, y), None

    def server(down, messages, sizes, state):
        model = down["model"]
        slope = np.average(messages, axis=0, weights=sizes)
        pairs, before, slope_before = state or ([], None, None)
        if before is not None:
            s, r = (model - before).ravel(), (slope - slope_before).ravel()
            if s @ r > 1e-12:
                pairs = [*pairs, (s, r)][-20:]
        direction, alphas = slope.ravel().copy(), []
        for s, r in reversed(pairs):
            a = s @ direction / (s @ r)
            alphas.append(a)
            direction -= a * r
        if pairs:
            s, r = pairs[-1]
            direction *= (s @ r) / (r @ r)
        for (s, r), a in zip(pairs, reversed(alphas), strict=True):
            direction += (a - r @ direction / (s @ r)) * s
        move = direction.reshape(model.shape)
        length = 1.0 if pairs else 0.5
        return {"model": model - length * move}, (pairs, model, slope)

    return client, server


def fed_avg():
    return baselines.fed_avg()


def fed_avg_long():
    return baselines.fed_avg(steps=100)


def fed_prox():
    return baselines.fed_avg(pull=0.1)


def fed_avg_m():
    return baselines.fed_avg_m(0.1, 10)


def fed_sgd():
    return baselines.fed_sgd()


def never_updated():
    """Corrections that stay what they were: zero."""

    def client(down, x, y, state):
        own, mean = np.zeros_like(down["model"]), np.zeros_like(down["model"])
        local = down["model"].copy()
        for _ in range(30):
            local -= 0.5 * (gradient(local, x, y) - own + mean)
        return local, own

    return client, baselines.fed_avg()[1]


def sends_patients():
    def client(down, x, y, state):
        return {"x": x, "y": y}, None

    def server(down, messages, sizes, state):
        x = np.concatenate([m["x"] for m in messages])
        y = np.concatenate([m["y"] for m in messages]).astype(int)
        model = down["model"].copy()
        for _ in range(200):
            model -= 1.0 * gradient(model, x, y)
        return {"model": model}, None

    return client, server


def smuggles():
    """Patients leave by a variable outside of the functions."""
    seen = []

    def client(down, x, y, state):
        seen.append((x, y))
        return 0.0, None

    def server(down, messages, sizes, state):
        last = seen[-len(sizes) :]
        x = np.concatenate([x for x, _ in last])
        y = np.concatenate([y for _, y in last])
        model = down["model"].copy()
        for _ in range(60):
            model -= 1.0 * gradient(model, x, y)
        return {"model": model}, None

    return client, server


def stays():
    return (lambda down, x, y, state: (0.0, None)), (
        lambda down, messages, sizes, state: ({"model": down["model"]}, None)
    )


def server_alone():
    return baselines.fed_avg()[1]


RIGHT = {
    "slopes of the round's model": slopes_of_the_round,
    "quasi-Newton at the server": quasi_newton,
}

WRONG = {
    "averaged models": (fed_avg, "drift towards patients of their own"),
    "averaged models, more steps": (fed_avg_long, "drift towards"),
    "proximal term": (fed_prox, "drift towards"),
    "momentum at the server": (fed_avg_m, "of the gap is left"),
    "averaged slopes": (fed_sgd, "of the gap is left"),
    "corrections never updated": (never_updated, "drift towards"),
    "sends the patients": (sends_patients, "times as many numbers as the model has"),
    "smuggles the patients": (smuggles, "Do not use variables outside"),
    "learns nothing": (stays, "of the gap is left"),
    "one function": (server_alone, "A tuple of 2 was expected"),
}
