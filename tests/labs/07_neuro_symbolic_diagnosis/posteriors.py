"""Ways to the posterior that answers of several tasks use."""

from __future__ import annotations

import torch
from torch.nn import functional

from labkit.trends.neuro_symbolic_diagnosis import perception


def with_slopes(posterior_of, slopes=lambda found: found):
    """The notebook's own wrapper around a posterior."""

    def posterior_and_slopes(logits):
        leaf = torch.tensor(logits, dtype=torch.float64, requires_grad=True)
        posterior = posterior_of(**perception.beliefs(leaf))
        (found,) = torch.autograd.grad(posterior[:, 48:].sum(), leaf)
        return posterior.detach(), slopes(found)

    return posterior_and_slopes


def by_fourier(asymmetry, border, colours, structures, size=90):
    """The characteristic function of each finding, multiplied, and transformed back."""
    angle = torch.exp(-2j * torch.pi * torch.arange(size, dtype=torch.float64) / size)

    def levels(chances, weight):
        return sum(chances[:, k : k + 1] * angle ** (weight * k) for k in range(chances.shape[1]))

    def presences(chances, weight):
        return torch.stack(
            [1 - p[:, None] + p[:, None] * angle**weight for p in chances.unbind(1)]
        ).prod(0)

    product = levels(asymmetry, 13) * levels(border, 1)
    product = product * presences(torch.cat([colours, structures], 1), 5)
    return torch.fft.ifft(product).real


def by_counts(asymmetry, border, colours, structures):
    """Count the findings worth half a point, then visit all sums of three numbers."""
    counts = torch.ones_like(border[:, :1])
    for chance in torch.cat([colours, structures], dim=1).unbind(1):
        less = functional.pad(counts, (0, 1)) * (1 - chance)[:, None]
        counts = less + functional.pad(counts, (1, 0)) * chance[:, None]
    columns = [[] for _ in range(90)]
    for a in range(3):
        for b in range(9):
            for c in range(12):
                columns[13 * a + b + 5 * c].append(asymmetry[:, a] * border[:, b] * counts[:, c])
    nothing = torch.zeros_like(asymmetry[:, 0])
    return torch.stack([sum(column, nothing) for column in columns], dim=1)
