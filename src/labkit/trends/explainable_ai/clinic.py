"""A clinic's network, its pictures, and heat maps of it by captum.

Three networks are shipped as arrays: "sticker", trained where most malignant lesions had a sticker;
"added", trained further with stickers added at random; "cured", with stickers added and removed.
`benchmarks/explainable_ai/shortcut.py` trains them anew, and measures five of each.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Sequence
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from labkit.trends.explainable_ai.world.lesions import draw_lesions, put, told

if TYPE_CHECKING:
    import torch

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]

SIZE, PLACE, SHARE, CLEAR = 32, (24, 24), 0.97, 1.15
"""Side of a picture, the sticker's upper left corner, the share of malignant lesions with it, and
how clear rims are: whoever reads them without error is right in 87 %."""

STICKER = np.full((6, 6), 0.98)
STICKER[2:4, :] = STICKER[:, 2:4] = 0.25

AT_ONCE = 250
"""Pictures that a network reads together."""

METHODS = ("saliency", "integrated gradients", "Grad-CAM", "occlusion", "guided backpropagation")
LAYERS = ("all trained", "last", "second", "first")


def pictures(seed: int, n: int, sticker: str = "usual") -> tuple[Floats, Labels]:
    """Return pictures (n, 32, 32) and who is malignant (n,).

    Args:
        seed: of the draw.
        n: how many.
        sticker: "usual", as in the hospital; "none"; "misleading", on benign lesions alone.

    Raises:
        ValueError: there is no such use of stickers.
    """
    images, malignant = draw_lesions(seed, n, SIZE, CLEAR)
    if sticker == "none":
        return images, malignant
    if sticker == "usual":
        has = told(np.random.default_rng(seed + 10**6), malignant, SHARE)
    elif sticker == "misleading":
        has = malignant == 0
    else:
        raise ValueError(f"{sticker!r} is none of usual, none, misleading")
    return put(images, has, PLACE, STICKER), malignant


def new_network(seed: int) -> torch.nn.Sequential:
    """Return two convolutions and a last layer, with weights drawn from the seed."""
    import torch
    from torch import nn

    state = torch.get_rng_state()
    torch.manual_seed(seed)
    network = nn.Sequential(
        nn.Conv2d(1, 8, 5, padding=2),
        nn.ReLU(),
        nn.AvgPool2d(2),
        nn.Conv2d(8, 12, 3, padding=1),
        nn.ReLU(),
        nn.AvgPool2d(2),
        nn.Flatten(),
        nn.Linear(12 * 64, 1),
    )
    torch.set_rng_state(state)
    return network


def shipped(name: str) -> torch.nn.Sequential:
    """Return a shipped network: "sticker", "added" or "cured".

    Raises:
        KeyError: there is no such network.
    """
    import torch

    network = new_network(0)
    path = files("labkit.trends.explainable_ai") / "figures" / "networks.npz"
    with path.open("rb") as file, np.load(file) as stored:
        weights = {
            key: torch.tensor(stored[f"{name}/{key}"], dtype=torch.float32)
            for key in network.state_dict()
        }
    network.load_state_dict(weights)
    return network.eval()


def shortcut() -> dict[str, Any]:
    """Return what five networks of each kind do: accuracies, and shares of heat in the sticker."""
    path = files("labkit.trends.explainable_ai") / "figures" / "shortcut.json"
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def as_input(images: ArrayLike) -> torch.Tensor:
    """Return pictures (n, 32, 32), or one of them, as the network takes them."""
    import torch

    table = np.asarray(images, dtype=np.float32)
    return torch.tensor(table.reshape(-1, 1, SIZE, SIZE)) - 0.7


def log_odds(network: torch.nn.Sequential, images: ArrayLike) -> Floats:
    """Return the log-odds of "malignant" of pictures (n, 32, 32), shape (n,)."""
    import torch

    with torch.no_grad():
        # A picture takes 64 kB within the network: 2,000 at once would take 130 MB.
        said = [network(some).ravel() for some in as_input(images).split(AT_ONCE)]
    return torch.cat(said).numpy().astype(float)


def accuracy(network: torch.nn.Sequential, images: ArrayLike, malignant: ArrayLike) -> float:
    """Return the share of pictures that the network calls correctly."""
    return float(((log_odds(network, images) > 0) == (np.asarray(malignant) == 1)).mean())


def heat_map(network: torch.nn.Sequential, image: ArrayLike, method: str) -> Floats:
    """Return a method's heat map of one picture, 0 or more, with sum 1, shape (32, 32).

    Raises:
        ValueError: there is no such method in `METHODS`.
    """
    import torch
    from captum import attr

    x = as_input(image).requires_grad_()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if method == "saliency":
            said = attr.Saliency(network).attribute(x)
        elif method == "integrated gradients":
            said = attr.IntegratedGradients(network).attribute(x, n_steps=24)
        elif method == "Grad-CAM":
            cam = attr.LayerGradCam(network, network[3]).attribute(x, relu_attributions=True)
            said = torch.nn.functional.interpolate(cam, (SIZE, SIZE), mode="bilinear")
        elif method == "occlusion":
            said = attr.Occlusion(network).attribute(x, (1, 4, 4), strides=(1, 2, 2))
        elif method == "guided backpropagation":
            said = attr.GuidedBackprop(network).attribute(x)
        else:
            raise ValueError(f"{method!r} is none of {', '.join(METHODS)}")
    heat = np.abs(said.detach().numpy().astype(float)).reshape(SIZE, SIZE)
    return heat / max(heat.sum(), 1e-12)


def inside(heat: ArrayLike) -> float:
    """Return the share of a heat map that lies in the sticker; 0.035 of the pixels do."""
    top, left = PLACE
    table = np.asarray(heat, float)
    return float(table[top : top + 6, left : left + 6].sum() / max(table.sum(), 1e-12))


def randomised(network: torch.nn.Sequential, layers: int, seed: int) -> torch.nn.Sequential:
    """Return the network with new weights in its last one, two or three layers."""
    copy, other = new_network(seed), new_network(seed)
    copy.load_state_dict(network.state_dict())
    for place in (7, 3, 0)[:layers]:
        copy[place].load_state_dict(other[place].state_dict())
    return copy.eval()


def cascade(
    network: torch.nn.Sequential, images: ArrayLike, methods: Sequence[str]
) -> dict[str, list[float]]:
    """Return how alike each method's map stays when layers are drawn anew, from the last one on.

    Rank correlation with the map of the trained network, mean over pictures (n, 32, 32), after
    none, one, two and three layers (Adebayo and others 2018).
    """
    from scipy.stats import spearmanr

    found = {}
    for method in methods:
        alike = np.zeros(len(LAYERS))
        for number, image in enumerate(np.asarray(images, float)):
            first = heat_map(network, image, method).ravel()
            for layers in range(len(LAYERS)):
                other = randomised(network, layers, 100 + number)
                alike[layers] += spearmanr(first, heat_map(other, image, method).ravel())[0]
        found[method] = (alike / len(np.asarray(images))).tolist()
    return found
