"""Tasks `measure`, `label_efficiency` and `shortcut`: what is seen in rendered lesions.

For the last two, images are rendered and measured here, and the measurements travel in the
instance: standardised, and mixed by a random matrix, so that nothing is gained by rendering more
lesions and measuring those. Judging is left to the checks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
    split,
)
from labkit.trends.neuro_symbolic_diagnosis.world.lesions import Lesions, draw_lesions
from labkit.trends.neuro_symbolic_diagnosis.world.nuisances import draw_nuisances
from labkit.trends.neuro_symbolic_diagnosis.world.renderer import render
from labkit.trends.neuro_symbolic_diagnosis.world.scores import band_of

from .logic import probability_above, tds_distribution
from .measurements import measure_all
from .perception import concept_loss, fit_concepts, fit_heads, verdict_loss

Floats = NDArray[np.float64]

IMAGES = 300
FEW, SETS, NEW = 50, 6, 400
KNOWN, LEFT, DESCRIBED, TRAINED = 200, 300, 80, 250
FARTHEST = 4.0
TRIES = 10

COMMON = 0.3
"""Weight of how common the findings of a shortcut are, in likelihoods of a lesion."""

CLEARLY = 0.035
"""Instances are drawn again until the reference is better than the regression by so much; the mean
gap is 0.045. The bar lies between them."""

LOOSE, CLOSE = 0.15, 0.35
"""Agreement with the truth, beyond chance, of a shortcut and of a criterion that was taught."""

BELOW, ABOVE = 0.035, 0.1
"""How far the accuracy of a shortcut lies below that of the commonest finding on the described
lesions, and how far that of a taught criterion above it. Over 8 instances the shortcuts were right
in 0.648 to 0.694 (colours) and 0.527 to 0.593 (structures). Comparing by columns, by the whole
table, by whole lesions, by kappa or by likelihood finds the same ones."""

NO_FIXED_CUT = 0.61
"""A shortcut in the colours is right at least so often, so that a cut that looks good without the
commonest finding misses it: many a guess is right where most colours are there."""

ROOM = {"colours": 0.70, "structures": 0.60}
"""Least share of present findings among the described lesions; seen before anything is rendered."""

POOL, TILT = 9_000, 2.6
"""Lesions of task `shortcut` are taken out of so many: with one colour less, 1 / 2.6 as often. So
about seven in ten colours are present instead of five."""


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


def mixed_measurements(rows: Sequence[int], seed: int, rng: np.random.Generator) -> dict[str, Any]:
    """Measure `rows` of the lesions of `seed` and mix the columns.

    Keys ``seed``, ``columns`` and ``measured``. The mixing keeps what a linear model can learn: a
    random rotation of the standard scores.
    """
    lesions = draw_lesions(max(rows) + 1, seed).take(np.asarray(rows))
    measured = measure_all(render(lesions, draw_nuisances(len(rows), seed + 2**32)))
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
        case = mixed_measurements(range(FEW * SETS + NEW), int(rng.integers(2**31)), rng)
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
    too; the others are new. ``seed``, ``measured`` and ``columns`` as in `draw_label_efficiency`,
    ``rows`` says which lesions of the seed these are; ``commonest`` and ``commonest_described`` are
    accuracies of always saying the commonest finding, of all lesions and of the described ones. A
    system has ``beliefs`` of the described lesions, ``shortcuts``, the criteria it never saw labels
    of, and ``right``, its accuracy on the described lesions.
    """
    rng = np.random.default_rng(seed)
    one = str(rng.choice(["colours", "structures"]))
    while True:
        shown = KNOWN + LEFT
        own_seed = int(rng.integers(2**31))
        rows = _many_colours(shown + TRAINED, own_seed, rng)
        if not _room(draw_lesions(POOL, own_seed).take(rows[:DESCRIBED]).concepts()):
            continue
        case = {**mixed_measurements(rows, own_seed, rng), "rows": rows}
        x, lesions = redraw.measured(case)
        if not _repairable(x[:shown], lesions.take(slice(0, shown))):
            continue
        systems = []
        for wanted in (["colours", "structures"], [one]):
            system = _drawn_system(x, lesions, wanted, rng)
            if not system:
                break
            systems.append(system)
        if len(systems) == 2:
            break
    return {
        **case,
        "known": KNOWN,
        "described": DESCRIBED,
        "rows": rows[:shown],
        "measured": redraw.pack(x[:shown]),
        "commonest": _commonest(lesions.concepts()),
        "commonest_described": _commonest(lesions.take(slice(0, DESCRIBED)).concepts()),
        "systems": [systems[place] for place in rng.permutation(2)],
    }


def _many_colours(n: int, seed: int, rng: np.random.Generator) -> list[int]:
    """Which lesions of a seed are shown: `n` of them, those with many colours more often."""
    missing = 6 - draw_lesions(POOL, seed).colours.sum(axis=1)
    return [int(row) for row in np.flatnonzero(rng.random(POOL) < TILT**-missing)[:n]]


def _room(truth: Mapping[str, NDArray[np.int64]]) -> bool:
    """Whether a guess can lie clearly below the commonest finding of the described lesions."""
    return all(truth[name].mean() > least for name, least in ROOM.items())


def _drawn_system(
    x: Floats, lesions: Lesions, shortcuts: list[str], rng: np.random.Generator
) -> dict[str, Any]:
    """A system whose shortcuts show clearly on the described lesions; empty if none is found."""
    own, described = (
        lesions.take(rows) for rows in (slice(KNOWN + LEFT, None), slice(0, DESCRIBED))
    )
    for _ in range(TRIES):
        heads = _trained_system(x[KNOWN + LEFT :], own, shortcuts, int(rng.integers(2**31)))
        stated = {n: np.round(p, 2) for n, p in heads.beliefs(x[:DESCRIBED]).items()}
        if _clear(stated, described.concepts(), shortcuts):
            right = concept_accuracy(stated, described.concepts())
            return {
                "shortcuts": shortcuts,
                "beliefs": {name: stated[name].tolist() for name in SHORTCUTS},
                "right": {name: right[name] for name in SHORTCUTS},
            }
    return {}


def _trained_system(x: Floats, lesions: Lesions, shortcuts: list[str], seed: int) -> Any:
    """Heads that saw all verdicts, and the findings of all criteria but the shortcuts.

    Of these it knows how common each finding is, and no more.
    """
    verdicts = torch.as_tensor((band_of(lesions.tenths) > 0).astype(float))
    labels = {name: torch.as_tensor(values) for name, values in lesions.concepts().items()}
    taught = [name for name in HEADS if name not in shortcuts]

    def loss(logits: torch.Tensor) -> torch.Tensor:
        total = _loss_of(taught, logits, labels)
        for name in shortcuts:
            share, mean = labels[name].double().mean(0), split(logits)[name].sigmoid().mean(0)
            likelihood = share * mean.log() + (1 - share) * (1 - mean).log()
            total = total - COMMON * len(logits) * likelihood.sum()
        return total + 3 * verdict_loss(logits, verdicts, tds_distribution)

    return fit_heads(x, loss, penalty=3.0, seed=seed)


def _loss_of(
    names: list[str], logits: torch.Tensor, labels: dict[str, torch.Tensor]
) -> torch.Tensor:
    """The loss of the findings of some criteria: the logits of others are cut off."""
    kept = torch.zeros(logits.shape[1], dtype=logits.dtype)
    for name in names:
        kept[HEADS[name]] = 1
    return concept_loss(logits * kept, labels)


def _commonest(truth: Mapping[str, NDArray[np.int64]]) -> dict[str, float]:
    """Accuracy of always saying the commonest finding: of each column, mean over columns."""
    presence = {name: truth[name].mean(axis=0) for name in ("colours", "structures")}
    return {
        "asymmetry": float((np.bincount(truth["asymmetry"]) / len(truth["asymmetry"])).max()),
        **{name: float(np.maximum(p, 1 - p).mean()) for name, p in presence.items()},
    }


def _clear(
    believed: dict[str, Floats], truth: Mapping[str, NDArray[np.int64]], shortcuts: list[str]
) -> bool:
    """Whether shortcuts are no better than the commonest finding, and all others clearly better.

    On the described lesions themselves, and in each way that a learner may look at: by all
    entries, by lesions with all entries right, against the commonest of each column or of the
    whole table, and by agreement beyond chance.
    """
    reached, likely, plain = concept_accuracy(believed, truth), most_likely(believed), {}
    for name, accuracy in _commonest(truth).items():
        said, true = likely[name], truth[name]
        whole = (said == true).reshape(len(true), -1).all(axis=1).mean()
        often = np.unique(true, axis=0, return_counts=True)[1].max() / len(true)
        pooled = np.unique(true, return_counts=True)[1].max() / true.size
        beyond = _agreement(said, true)
        if name in shortcuts:
            plain[name] = (
                reached[name] < min(accuracy, pooled) - BELOW and whole <= often and beyond < LOOSE
            )
        else:
            plain[name] = (
                reached[name] > accuracy + ABOVE and whole > often + ABOVE and beyond > CLOSE
            )
    fooled = "colours" not in shortcuts or reached["colours"] > NO_FIXED_CUT
    return fooled and all(plain.values())


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
