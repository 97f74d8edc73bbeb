"""Tasks `measure`, `label_efficiency` and `shortcut`: what is seen in rendered lesions.

For the last two, images are rendered and measured here, and the measurements travel in the
instance: standardised, and mixed by a random matrix, so that nothing is gained by rendering more
lesions and measuring those. Judging is left to the checks.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import cohen_kappa_score

from labkit.checks.neuro_symbolic_diagnosis import redraw
from labkit.checks.neuro_symbolic_diagnosis.judges import LEARNED, REPAIRED, SHORTCUTS
from labkit.trends.neuro_symbolic_diagnosis.perception import (
    HEADS,
    concept_accuracy,
    most_likely,
)
from labkit.trends.neuro_symbolic_diagnosis.world.lesions import Lesions
from labkit.trends.neuro_symbolic_diagnosis.world.renderer import draw_cases
from labkit.trends.neuro_symbolic_diagnosis.world.scores import band_of

from .logic import probability_above, tds_distribution
from .measurements import measure_all
from .perception import concept_loss, fit_concepts, fit_heads, verdict_loss

Floats = NDArray[np.float64]

IMAGES = 300
FEW, SETS, NEW = 50, 6, 400
KNOWN, LEFT, DESCRIBED, TRAINED = 200, 300, 80, 250
FARTHEST = 4.0

CLEARLY = 0.035
"""Instances are drawn again until the reference is better than the regression by so much; the mean
gap is 0.045. The bar lies between them."""

LOOSE, CLOSE = 0.15, 0.35
"""Agreement with the truth, beyond chance, of a shortcut and of a criterion that was taught."""


def draw_measure(seed: int) -> dict[str, Any]:
    """Return ``{"cases": [...]}``, two sets of images.

    Each has ``words``, ``n``, ``seed``, and ``hair`` and ``ruler``, the shares of images with them.
    """
    rng = np.random.default_rng(seed)
    kinds = (
        ("without hair or ruler", 0.0, 0.0),
        ("in changing light, some with hair or a ruler", 0.35, 0.2),
    )
    return {
        "cases": [
            {
                "words": words,
                "n": IMAGES,
                "seed": int(rng.integers(2**31)),
                "hair": hair,
                "ruler": ruler,
            }
            for words, hair, ruler in kinds
        ]
    }


def mixed_measurements(n: int, seed: int, rng: np.random.Generator) -> dict[str, Any]:
    """Measure the lesions of `seed` and mix the columns: keys ``seed``, ``columns``, ``measured``.

    The mixing keeps what a linear model can learn: a random rotation of the standard scores.
    """
    measured = measure_all(draw_cases(n, seed).images)
    spread = measured.std(axis=0)
    scores = (measured - measured.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    scores = np.clip(scores, -FARTHEST, FARTHEST)
    rotation, _ = np.linalg.qr(rng.normal(size=(scores.shape[1], scores.shape[1])))
    return {
        "seed": seed,
        "columns": scores.shape[1],
        "measured": redraw.pack(scores @ rotation),
    }


def draw_label_efficiency(seed: int) -> dict[str, Any]:
    """Return lesions to learn from, six sets of fifty, and new ones.

    ``labelled``, ``sets`` and ``new`` say how many; ``seed`` draws their truth, ``measured`` and
    ``columns`` hold what the answer sees. ``reference``, ``regression`` and ``majority`` are
    accuracies on the new ones: of concepts and rule, of a regression, of the commoner verdict.
    """
    rng = np.random.default_rng(seed)
    while True:
        case = mixed_measurements(FEW * SETS + NEW, int(rng.integers(2**31)), rng)
        figures = _efficiency_figures(case)
        if figures["reference"] >= max(LEARNED, figures["regression"]) + CLEARLY:
            return {"labelled": FEW, "sets": SETS, "new": NEW, **case, **figures}


def _efficiency_figures(case: dict[str, Any]) -> dict[str, float]:
    x, lesions = redraw.measured(case)
    verdict = band_of(lesions.tenths) > 0
    new, truth = x[FEW * SETS :], verdict[FEW * SETS :]
    right: dict[str, list[float]] = {"reference": [], "weak": [], "strong": []}
    for start in range(0, FEW * SETS, FEW):
        rows = slice(start, start + FEW)
        heads = fit_concepts(x[rows], lesions.take(rows).concepts())
        said = {"reference": chance_above(heads.beliefs(new)) > 0.5}
        for name, strength in (("weak", 1.0), ("strong", 0.1)):
            plain = LogisticRegression(C=strength, max_iter=1_000).fit(x[rows], verdict[rows])
            said[name] = plain.predict(new)
        for name, own in said.items():
            right[name].append(float(np.mean(own == truth)))
    means = {name: float(np.mean(shares)) for name, shares in right.items()}
    return {
        "reference": means["reference"],
        "regression": max(means["weak"], means["strong"]),
        "majority": float(max(truth.mean(), 1 - truth.mean())),
    }


def chance_above(believed: dict[str, Floats], above: float = 4.75) -> Floats:
    """Exact chance (n,) of a TDS above a threshold."""
    tensors = [torch.as_tensor(believed[name]) for name in HEADS]
    return probability_above(tds_distribution(*tensors), above).numpy()


def draw_shortcut(seed: int) -> dict[str, Any]:
    """Return lesions, and two ``systems`` that were trained through the rule on others.

    Of the first ``known`` lesions all verdicts are known, of the first ``described`` the findings
    too; the others are new. ``seed``, ``measured`` and ``columns`` as in `draw_label_efficiency`;
    ``commonest`` is the accuracy of always saying the commonest finding. A system has ``beliefs``
    of the described lesions and ``shortcuts``, the criteria it never saw labels of.
    """
    rng = np.random.default_rng(seed)
    one = str(rng.choice(["colours", "structures"]))
    wanted = [[one], ["colours", "structures"]]
    while True:
        shown = KNOWN + LEFT
        case = mixed_measurements(shown + TRAINED, int(rng.integers(2**31)), rng)
        x, lesions = redraw.measured(case)
        if _repairable(x[:shown], lesions.take(slice(0, shown))):
            break
    own = lesions.take(slice(shown, None))
    commonest = _commonest(lesions)
    systems = []
    for shortcuts in wanted:
        while True:
            heads = _trained_system(x[shown:], own, shortcuts, int(rng.integers(2**31)))
            stated = {n: np.round(p, 2) for n, p in heads.beliefs(x[:DESCRIBED]).items()}
            if _clear(stated, lesions, shortcuts, commonest):
                break
        beliefs = {name: stated[name].tolist() for name in SHORTCUTS}
        systems.append({"shortcuts": shortcuts, "beliefs": beliefs})
    return {
        **case,
        "known": KNOWN,
        "described": DESCRIBED,
        "measured": redraw.pack(x[:shown]),
        "commonest": commonest,
        "systems": [systems[place] for place in rng.permutation(2)],
    }


def _trained_system(x: Floats, lesions: Lesions, shortcuts: list[str], seed: int) -> Any:
    """Heads that saw all verdicts, and the findings of all criteria but the shortcuts."""
    verdicts = torch.as_tensor((band_of(lesions.tenths) > 0).astype(float))
    labels = {name: torch.as_tensor(values) for name, values in lesions.concepts().items()}
    taught = [name for name in HEADS if name not in shortcuts]

    def loss(logits: torch.Tensor) -> torch.Tensor:
        stated = verdict_loss(logits, verdicts, tds_distribution)
        return _loss_of(taught, logits, labels) + 3 * stated

    return fit_heads(x, loss, penalty=3.0, seed=seed)


def _loss_of(
    names: list[str], logits: torch.Tensor, labels: dict[str, torch.Tensor]
) -> torch.Tensor:
    """The loss of the findings of some criteria: the logits of others are cut off."""
    kept = torch.zeros(logits.shape[1], dtype=logits.dtype)
    for name in names:
        kept[HEADS[name]] = 1
    return concept_loss(logits * kept, labels)


def _commonest(lesions: Lesions) -> dict[str, float]:
    truth = lesions.concepts()
    levels = np.bincount(truth["asymmetry"]) / len(lesions)
    return {
        "asymmetry": float(levels.max()),
        **{
            name: float(np.maximum(truth[name].mean(axis=0), 1 - truth[name].mean(axis=0)).mean())
            for name in ("colours", "structures")
        },
    }


def _clear(
    believed: dict[str, Floats], lesions: Lesions, shortcuts: list[str], commonest: dict[str, float]
) -> bool:
    """Whether shortcuts are no better than the commonest finding, and all others clearly better.

    By accuracy and by agreement beyond chance, since learners may look at either.
    """
    described = lesions.take(slice(0, DESCRIBED)).concepts()
    reached, likely = concept_accuracy(believed, described), most_likely(believed)
    beyond = {name: _agreement(likely[name], described[name]) for name in SHORTCUTS}
    return all(
        reached[name] < commonest[name] and beyond[name] < LOOSE
        if name in shortcuts
        else reached[name] > commonest[name] + 0.1 and beyond[name] > CLOSE
        for name in SHORTCUTS
    )


def _agreement(said: NDArray[np.int64], true: NDArray[np.int64]) -> float:
    """Cohen's kappa, the mean over columns: 0 by chance, 1 for the same."""
    columns = zip(np.atleast_2d(said.T), np.atleast_2d(true.T), strict=True)
    return float(np.mean([cohen_kappa_score(*pair, labels=range(3)) for pair in columns]))


def _repairable(x: Floats, lesions: Lesions) -> bool:
    """Whether the described lesions alone suffice, with something to spare."""
    heads = fit_concepts(x[:DESCRIBED], lesions.take(slice(0, DESCRIBED)).concepts())
    reached = concept_accuracy(
        heads.beliefs(x[KNOWN:]), lesions.take(slice(KNOWN, None)).concepts()
    )
    return all(reached[name] > REPAIRED[name] + 0.01 for name in SHORTCUTS)
