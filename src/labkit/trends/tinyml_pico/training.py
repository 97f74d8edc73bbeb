"""Training the small network with torch: from noise, from a teacher, or from a pruned one.

Everything here takes and gives the plain networks of `network`. On one thread the course's network
trains in a few seconds. How much the result moves with the seed is larger than what int8 costs, so
compare over seeds. Which width to train, and what to do with a budget, is left to the learner.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import nn
from torch.nn import functional

from .data import CHANNELS, EXERCISES, LENGTH
from .network import Network, logits

KERNELS = (7, 5, 3)
"""Steps that the three convolutions look at."""

STRIDE = 2
WIDTHS = (16, 24, 32)
"""Channels of the three convolutions: 5,199 weights and biases, 70,880 MACs a window."""


def train(
    signal: ArrayLike,
    exercise: ArrayLike,
    *,
    widths: Sequence[int] = WIDTHS,
    seed: int = 0,
    epochs: int = 40,
    teacher: ArrayLike | None = None,
    start: Network | None = None,
) -> Network:
    """Train a network on windows `signal` (n, 64, 6), standardised, with labels `exercise` (n,).

    AdamW with a one-cycle learning rate of at most 3e-3, 64 windows a step, label smoothing .05;
    each window gets new noise (sd .05) and a new gain (sd .1) in every epoch. With `teacher`, the
    class probabilities (n, 7) that a better model gives to the same windows, the loss is .3 times
    the one on the labels plus .7 times the cross entropy to the teacher's probabilities. `start`
    continues from a network instead of noise. The same seed gives the same network on the same
    machine. torch's global random state is left as it was.

    Sources: Loshchilov and Hutter (2019), Decoupled weight decay regularization; Smith and Topin
    (2018), Super-convergence; Hinton, Vinyals and Dean (2015), Distilling the knowledge in a
    neural network.
    """
    x = torch.tensor(np.asarray(signal, np.float32)).transpose(1, 2).contiguous()
    y = torch.tensor(np.asarray(exercise, np.int64))
    soft = None if teacher is None else torch.tensor(np.asarray(teacher, np.float32))
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        net = _Net(widths) if start is None else _net_of(start)
        _fit(net, x, y, soft, epochs)
    return _plain(net)


def ensemble(networks: Sequence[Network], signal: ArrayLike) -> NDArray[np.float32]:
    """Mean class probabilities (n, classes) of several networks: a teacher better than each."""
    each = [_softmax(logits(network, signal)) for network in networks]
    return np.mean(each, axis=0, dtype=np.float32)


def prune(network: Network, widths: Sequence[int]) -> Network:
    """Keep only the strongest channels: `widths` of them in each convolution.

    A channel's strength is the L1 norm of its weights times what batch norm makes of them. The
    result is a smaller network, not one with zeros in it, and needs training again (`train` with
    ``start``). Raises ValueError where a width is larger than the network's.

    Source: Li et al. (2017), Pruning filters for efficient ConvNets.
    """
    pruned: list[dict[str, Any]] = []
    kept: NDArray[np.intp] | None = None
    wanted = iter(widths)
    for layer in network["layers"]:
        layer = dict(layer)
        if kept is not None and "weight" in layer:
            layer["weight"] = layer["weight"][..., kept]
        if layer["kind"] == "conv":
            kept = _strongest(layer, next(wanted))
            layer.update(
                {k: v[kept] for k, v in layer.items() if isinstance(v, np.ndarray) and v.ndim}
            )
        pruned.append(layer)
    return {**network, "layers": pruned}


def _strongest(layer: dict[str, Any], width: int) -> NDArray[np.intp]:
    if not 1 <= width <= len(layer["weight"]):
        raise ValueError(
            f"cannot keep {width} of {len(layer['weight'])} channels; "
            f"ask for 1 to {len(layer['weight'])}"
        )
    strength = np.abs(layer["weight"]).sum(axis=(1, 2))
    if "gamma" in layer:
        strength = strength * np.abs(layer["gamma"]) / np.sqrt(layer["variance"] + layer["epsilon"])
    return np.sort(np.argsort(-strength, kind="stable")[:width])


def _softmax(values: NDArray[np.float32]) -> NDArray[np.float32]:
    powers = np.exp(values - values.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


class _Net(nn.Module):
    """The network as torch computes it: windows (n, channels, steps) to logits (n, classes)."""

    def __init__(self, widths: Sequence[int]) -> None:
        super().__init__()
        wide = (len(CHANNELS), *widths)
        self.convs = nn.ModuleList(
            nn.Conv1d(wide[row], wide[row + 1], kernel, STRIDE, kernel // 2, bias=False)
            for row, kernel in enumerate(KERNELS)
        )
        self.norms = nn.ModuleList(nn.BatchNorm1d(width) for width in widths)
        self.dense = nn.Linear(wide[-1], len(EXERCISES))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        for conv, norm in zip(self.convs, self.norms, strict=True):
            x = functional.relu(norm(conv(x)))
        return self.dense(x.mean(dim=2))


def _net_of(network: Network) -> _Net:
    convs = [layer for layer in network["layers"] if layer["kind"] == "conv"]
    net = _Net([len(layer["weight"]) for layer in convs])
    state = {"dense.weight": network["layers"][-1]["weight"]}
    state["dense.bias"] = network["layers"][-1]["bias"]
    for row, layer in enumerate(convs):
        state[f"convs.{row}.weight"] = np.ascontiguousarray(layer["weight"].transpose(0, 2, 1))
        for ours, theirs in _BATCH_NORM.items():
            state[f"norms.{row}.{theirs}"] = layer[ours]
    tensors = {key: torch.tensor(value) for key, value in state.items()}
    net.load_state_dict(tensors, strict=False)  # torch also counts batches, which nobody needs
    return net


def _plain(net: _Net) -> Network:
    state = {key: value.numpy().copy() for key, value in net.state_dict().items()}
    layers: list[dict[str, Any]] = []
    for row, kernel in enumerate(KERNELS):
        weight = np.ascontiguousarray(state[f"convs.{row}.weight"].transpose(0, 2, 1))
        layer: dict[str, Any] = {"kind": "conv", "weight": weight}
        for ours, theirs in _BATCH_NORM.items():
            layer[ours] = state[f"norms.{row}.{theirs}"]
        layer |= {"epsilon": 1e-5, "stride": STRIDE, "padding": kernel // 2}
        layers.append(layer)
    layers.append({"kind": "pool"})
    layers.append({"kind": "dense", "weight": state["dense.weight"], "bias": state["dense.bias"]})
    return {"length": LENGTH, "channels": len(CHANNELS), "layers": layers}


_BATCH_NORM = {
    "gamma": "weight",
    "beta": "bias",
    "mean": "running_mean",
    "variance": "running_var",
}


def _fit(
    net: _Net,
    x: torch.Tensor,
    y: torch.Tensor,
    soft: torch.Tensor | None,
    epochs: int,
    batch: int = 64,
    rate: float = 3e-3,
) -> None:
    optimiser = torch.optim.AdamW(net.parameters(), lr=rate, weight_decay=1e-3)
    steps = epochs * -(-len(x) // batch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, rate, total_steps=steps)
    net.train()
    for _ in range(epochs):
        for rows in torch.randperm(len(x)).split(batch):
            noisy = x[rows] + 0.05 * torch.randn_like(x[rows])
            noisy = noisy * (1 + 0.1 * torch.randn(len(rows), 1, 1))
            values = net(noisy)
            loss = functional.cross_entropy(values, y[rows], label_smoothing=0.05)
            if soft is not None:
                loss = 0.3 * loss + 0.7 * functional.cross_entropy(values, soft[rows])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
    net.eval()
