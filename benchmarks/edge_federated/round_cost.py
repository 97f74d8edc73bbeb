"""What a round costs for each client, up to 1,000 clients, and what the same steps cost in torch.

    OMP_NUM_THREADS=1 python benchmarks/edge_federated/round_cost.py

Each client has 10 patients and takes ten steps. Times are CPU time, the least of five rounds; both
sides end at the same weights. Measured on one core of a busy machine: 0.15 ms a client with 10, 100
and 1,000 clients; torch takes five to six times as long.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import torch

from labkit.trends.edge_federated import baselines
from labkit.trends.edge_federated.world.clinics import PENALTY, draw_clinics
from labkit.trends.edge_federated.world.federation import rounds

STEP, STEPS, TRIES = 0.3, 10, 5


def least_time(work: Callable[[], np.ndarray]) -> tuple[float, np.ndarray]:
    """CPU-seconds of the quickest try, and what it found."""
    taken = []
    for _ in range(TRIES):
        start = time.process_time()
        found = work()
        taken.append(time.process_time() - start)
    return min(taken), found


def in_torch(clinics) -> np.ndarray:
    """The same round as a user would write it: a linear layer, cross-entropy, SGD."""
    ends = []
    for x, y in zip(clinics.x, clinics.y, strict=True):
        layer = torch.nn.Linear(x.shape[1], clinics.classes, bias=False, dtype=torch.float64)
        torch.nn.init.zeros_(layer.weight)
        descent = torch.optim.SGD(layer.parameters(), lr=STEP, weight_decay=PENALTY)
        features, labels = torch.from_numpy(x), torch.from_numpy(y)
        for _ in range(STEPS):
            descent.zero_grad()
            torch.nn.functional.cross_entropy(layer(features), labels).backward()
            descent.step()
        ends.append(layer.weight.detach().numpy().T)
    return np.average(ends, axis=0, weights=clinics.sizes)


def main() -> None:
    """Print one line a number of clients."""
    torch.set_num_threads(1)
    for number in (10, 100, 1_000):
        clinics = draw_clinics(
            np.random.default_rng(0), clinics=number, alpha=1.0, patients=10, new=10
        )
        method = baselines.fed_avg(STEP, STEPS)
        ours, model = least_time(lambda c=clinics, m=method: next(rounds(c, *m, 1))[0])
        theirs, peer = least_time(lambda c=clinics: in_torch(c))
        np.testing.assert_allclose(model, peer, atol=1e-10)
        print(
            f"{number:5,} clients: {1e3 * ours / number:.3f} ms a client; "
            f"torch {1e3 * theirs / number:.3f} ms, {theirs / ours:.1f} times as long"
        )


if __name__ == "__main__":
    main()
