"""What sees: measurements or pixels become logits, logits become beliefs about the findings.

A model's output is a row of 23 logits, cut by `HEADS`: three for the asymmetry, nine for the
border, one for each of six colours and five structures. Here are the cut, a small convolutional
network, its training with a loss of your own, the accuracy of beliefs, and a regression that knows
no medicine as the baseline. What the loss should say, and what the rule makes of the beliefs, is
left to the learner.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import nn

Floats = NDArray[np.float64]

HEADS = {
    "asymmetry": slice(0, 3),
    "border": slice(3, 12),
    "colours": slice(12, 18),
    "structures": slice(18, 23),
}
LOGITS = 23
ONE_OF_MANY = ("asymmetry", "border")
"""Findings of which exactly one level holds; colours and structures are there or not, each."""


def split(logits: torch.Tensor) -> dict[str, torch.Tensor]:
    """Cut logits (n, 23) into those of each finding: (n, 3), (n, 9), (n, 6), (n, 5)."""
    return {name: logits[:, part] for name, part in HEADS.items()}


def beliefs(logits: torch.Tensor) -> dict[str, torch.Tensor]:
    """Turn logits (n, 23) into probabilities; gradients flow.

    Rows of asymmetry (n, 3) and border (n, 9) sum to one. Those of colours (n, 6) and structures
    (n, 5) are probabilities of presence, each by itself.
    """
    return {
        name: part.softmax(1) if name in ONE_OF_MANY else part.sigmoid()
        for name, part in split(logits).items()
    }


def most_likely(believed: Mapping[str, ArrayLike]) -> dict[str, NDArray[np.int64]]:
    """Return the findings that beliefs hold most likely, in the form of `Lesions.concepts`."""
    return {
        name: np.asarray(values).argmax(1)
        if name in ONE_OF_MANY
        else (np.asarray(values) > 0.5).astype(np.int64)
        for name, values in believed.items()
    }


def concept_accuracy(
    believed: Mapping[str, ArrayLike], truth: Mapping[str, ArrayLike]
) -> dict[str, float]:
    """Share of findings that are right, each kind by itself, between 0 and 1.

    `truth` is `Lesions.concepts()`. For colours and structures every presence counts, so a coin
    reaches 0.5.
    """
    found = most_likely(believed)
    return {name: float((found[name] == np.asarray(truth[name])).mean()) for name in found}


class LesionCNN(nn.Module):
    """A small convolutional network: images (n, 3, S, S) to logits (n, outputs).

    Five convolutions of 16 to 64 channels, then mean and maximum over the picture. About 72,000
    parameters; nothing about skin is built in.
    """

    def __init__(self, outputs: int = LOGITS, width: int = 16) -> None:
        super().__init__()
        channels = (3, width, 2 * width, 2 * width, 4 * width, 4 * width)
        blocks: list[nn.Module] = []
        for before, after, stride in zip(channels[:-1], channels[1:], (2, 1, 2, 2, 1), strict=True):
            blocks += [
                nn.Conv2d(before, after, 3, stride, 1, bias=False),
                nn.BatchNorm2d(after),
                nn.ReLU(),
            ]
        self.body = nn.Sequential(*blocks)
        self.head = nn.Linear(2 * channels[-1], outputs)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Return the logits."""
        seen = self.body(images - 0.6)
        logits: torch.Tensor = self.head(torch.cat([seen.mean((2, 3)), seen.amax((2, 3))], 1))
        return logits


def as_channels(images: ArrayLike) -> torch.Tensor:
    """Turn rendered images (n, S, S, 3) into a tensor (n, 3, S, S) for `LesionCNN`."""
    return torch.from_numpy(np.ascontiguousarray(np.asarray(images).transpose(0, 3, 1, 2)))


def train_network(
    network: nn.Module,
    images: torch.Tensor,
    loss: Callable[[torch.Tensor, torch.Tensor], torch.Tensor],
    steps: int = 400,
    batch: int = 32,
    rate: float = 2e-3,
    seed: int = 0,
) -> nn.Module:
    """Train in place on `images` (n, 3, S, S), turned, mirrored and relit by chance; return it.

    `loss(logits, rows)` gets the logits (b, outputs) of a batch and the numbers (b,) of its images.
    The ABCD truth does not change when a picture is turned, so turning is a free lesson.
    """
    draw = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.AdamW(network.parameters(), rate, weight_decay=1e-2)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, total_steps=steps)
    network.train()
    for _ in range(steps):
        rows = torch.randint(len(images), (min(batch, len(images)),), generator=draw)
        logits = network(_turned_and_relit(images[rows], draw))
        optimizer.zero_grad()
        loss(logits, rows).backward()
        optimizer.step()
        schedule.step()
    return network.eval()


def _turned_and_relit(images: torch.Tensor, draw: torch.Generator) -> torch.Tensor:
    quarter, mirror = torch.randint(4, (1,), generator=draw), torch.rand(1, generator=draw)
    turned = torch.rot90(images, int(quarter), (2, 3))
    if mirror < 0.5:
        turned = turned.flip(3)
    light = 0.95 + 0.1 * torch.rand(len(images), 1, 1, 1, generator=draw)
    return turned * light


def verdict_regression(x: ArrayLike, verdicts: ArrayLike) -> Any:
    """Fit the baseline: logistic regression from measurements (n, k) to verdicts (n,) of 0 and 1.

    The strength of the penalty is chosen by five-fold cross-validation, as one does without a
    guideline. Returns a fitted scikit-learn pipeline. Both verdicts must occur.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GridSearchCV, StratifiedKFold
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    pipeline = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1_000))
    strengths = {"logisticregression__C": np.logspace(-3, 1, 9)}
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    search = GridSearchCV(pipeline, strengths, cv=folds, scoring="neg_log_loss")
    return search.fit(np.asarray(x, float), np.asarray(verdicts)).best_estimator_
