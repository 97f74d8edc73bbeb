"""Ways to learn beliefs from described lesions that answers of several tasks use."""

from __future__ import annotations

import numpy as np
import torch
from sklearn.linear_model import LogisticRegression, Ridge
from torch.nn import functional

from labkit.trends.neuro_symbolic_diagnosis import perception

from .posteriors import by_counts, by_fourier


def verdict(believed, above=48):
    """1 where more than half of the exact posterior lies in a place from `above` on."""
    tensors = {name: torch.as_tensor(np.asarray(p)) for name, p in believed.items()}
    return (by_counts(**tensors)[:, above:].sum(1) > 0.5).int().numpy()


def regressions(x, findings, x_new, strength=0.1):
    """One logistic regression a finding; a finding that never varies is certain."""

    def levels(labels, size):
        chances = np.full((len(x_new), size), 1e-3)
        seen = np.unique(labels)
        if len(seen) == 1:
            chances[:, seen] = 1
        else:
            model = LogisticRegression(C=strength, max_iter=500).fit(x, labels)
            chances[:, seen] = model.predict_proba(x_new)
        return chances / chances.sum(axis=1, keepdims=True)

    return {
        "asymmetry": levels(findings["asymmetry"], 3),
        "border": levels(findings["border"], 9),
        **{
            kind: np.column_stack([levels(labels, 2)[:, 1] for labels in findings[kind].T])
            for kind in ("colours", "structures")
        },
    }


def ridge_presences(x, findings, x_new, shrink=20.0):
    """Ridge regression of every finding as a number, cut to probabilities."""
    table = {
        "asymmetry": np.eye(3)[findings["asymmetry"]],
        "border": np.eye(9)[findings["border"]],
        "colours": findings["colours"],
        "structures": findings["structures"],
    }
    believed = {}
    for name, labels in table.items():
        chances = Ridge(alpha=shrink).fit(x, labels).predict(x_new).clip(0.01, 0.99)
        if name in ("asymmetry", "border"):
            chances = chances / chances.sum(axis=1, keepdims=True)
        believed[name] = torch.tensor(chances)
    return believed


def through_the_rule(x, x_new, verdicts, labels=None, weight=1.0, shrink=3.0):
    """Linear heads fitted through the rule to verdicts, and to findings of the first lesions."""
    table, new = (torch.tensor(np.column_stack([rows, np.ones(len(rows))])) for rows in (x, x_new))
    start = torch.Generator().manual_seed(3)
    weights = 0.1 * torch.randn(table.shape[1], 23, generator=start, dtype=torch.double)
    weights.requires_grad_()
    optimiser = torch.optim.LBFGS([weights], max_iter=60, line_search_fn="strong_wolfe")
    wanted = torch.as_tensor(np.asarray(verdicts)).double()

    def loss():
        optimiser.zero_grad()
        logits = table @ weights
        chance = by_fourier(**perception.beliefs(logits))[:, 48:].sum(1).clamp(1e-6, 1 - 1e-6)
        total = weight * functional.binary_cross_entropy(chance, wanted, reduction="sum")
        total = total + shrink / 2 * (weights[:-1] ** 2).sum()
        if labels is not None:
            total = total + finding_loss(logits[: len(labels["border"])], labels)
        total.backward()
        return total

    optimiser.step(loss)
    return {name: p.numpy() for name, p in perception.beliefs(new @ weights.detach()).items()}


def finding_loss(logits, findings):
    parts = perception.split(logits)
    total = 0.0
    for name in ("asymmetry", "border"):
        labels = torch.as_tensor(findings[name])
        total = total + functional.cross_entropy(parts[name], labels, reduction="sum")
    for name in ("colours", "structures"):
        labels = torch.as_tensor(findings[name]).double()
        total = total + functional.binary_cross_entropy_with_logits(
            parts[name], labels, reduction="sum"
        )
    return total
