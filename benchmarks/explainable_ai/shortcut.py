"""Networks that learned a sticker, over five seeds, and what cures them.

Run it from the repository's root: `python benchmarks/explainable_ai/shortcut.py`. Three minutes. It
writes `figures/networks.npz`, the networks of the first seed, and `figures/shortcut.json`: for each
kind of network its accuracy on pictures as usual, without a sticker and with misleading ones, and
for the first kind each method's mean share of heat in the sticker, on malignant lesions with it.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import torch

from labkit.trends.explainable_ai import clinic
from labkit.trends.explainable_ai.world.lesions import put

FOLDER = Path("src/labkit/trends/explainable_ai/figures")
SEEDS, TRAIN, TEST, MAPS = 5, 800, 1000, 12


def train(network, images, labels, epochs, rate=3e-3):
    """Adam on batches of 50."""
    x, y = clinic.as_input(images), torch.tensor(labels, dtype=torch.float32)
    step = torch.optim.Adam(network.parameters(), lr=rate)
    order = np.random.default_rng(0)
    for _ in range(epochs):
        for rows in np.array_split(order.permutation(len(y)), len(y) // 50):
            loss = torch.nn.functional.binary_cross_entropy_with_logits(
                network(x[rows])[:, 0], y[rows]
            )
            step.zero_grad()
            loss.backward()
            step.step()
    return network.eval()


def copy(network):
    """The same weights in a network of its own."""
    other = clinic.new_network(0)
    other.load_state_dict(network.state_dict())
    return other


def swapped(images, rng):
    """Every picture gets the sticker's place from another one."""
    top, left = clinic.PLACE
    found = images.copy()
    here = np.s_[:, top : top + 6, left : left + 6]
    found[here] = images[rng.permutation(len(images))][here]
    return found


def three(seed):
    """The network with the shortcut, the one with stickers added, the cured one."""
    images, labels = clinic.pictures(100 + seed, TRAIN)
    rng = np.random.default_rng(seed)
    first = train(clinic.new_network(seed), images, labels, 10)
    added = put(images, rng.uniform(size=TRAIN) < 0.5, clinic.PLACE, clinic.STICKER)
    return {
        "sticker": first,
        "longer": train(copy(first), images, labels, 12),
        "added": train(copy(first), added, labels, 12),
        "cured": train(copy(first), swapped(images, rng), labels, 12),
    }


def main():
    """Train, measure and write."""
    torch.set_num_threads(1)
    accuracy, heat, kept = {}, {}, {}
    for seed in range(SEEDS):
        for name, network in three(seed).items():
            for sticker in ("usual", "none", "misleading"):
                images, labels = clinic.pictures(900 + seed, TEST, sticker)
                said = clinic.accuracy(network, images, labels)
                accuracy.setdefault(name, {}).setdefault(sticker, []).append(round(said, 4))
            if name == "sticker":
                images, labels = clinic.pictures(900 + seed, 200)
                top, left = clinic.PLACE
                has = (images[:, top, left] == clinic.STICKER[0, 0]) & (labels == 1)
                for method in clinic.METHODS:
                    shares = [
                        clinic.inside(clinic.heat_map(network, image, method))
                        for image in images[has][:MAPS]
                    ]
                    heat.setdefault(method, []).append(round(float(np.mean(shares)), 4))
            if seed == 0 and name != "longer":
                kept |= {
                    f"{name}/{key}": value.numpy().astype(np.float16)
                    for key, value in network.state_dict().items()
                }
        print(seed, {k: {s: v[-1] for s, v in a.items()} for k, a in accuracy.items()})
        print({method: shares[-1] for method, shares in heat.items()}, flush=True)
    FOLDER.mkdir(exist_ok=True)
    np.savez_compressed(FOLDER / "networks.npz", **kept)
    text = json.dumps({"accuracy": accuracy, "heat": heat}, indent=1)
    (FOLDER / "shortcut.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
