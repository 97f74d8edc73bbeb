"""The label-efficiency experiment: every way to learn the verdict, on the same lesions.

An arm is a function from labelled lesions to a fitted model's answers on test lesions. What an arm
may look at, verdicts or findings too, is in its name in `ARMS`. Seeds are disjoint blocks of the
bank's training rows. Running all of it and writing the figure is left to
`benchmarks/neuro_symbolic_diagnosis/label_efficiency.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from sklearn.linear_model import RidgeCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from exams.neuro_symbolic_diagnosis import perception, tensor_logic
from exams.neuro_symbolic_diagnosis.logic import tds_distribution
from labkit.trends.neuro_symbolic_diagnosis.explanations import (
    KINDS,
    LEVELS,
    changed,
    check,
    findings_of,
    trace,
)
from labkit.trends.neuro_symbolic_diagnosis.guideline import Guideline, load, read
from labkit.trends.neuro_symbolic_diagnosis.perception import (
    HEADS,
    LesionCNN,
    beliefs,
    concept_accuracy,
    most_likely,
    train_network,
    verdict_regression,
)

Floats = NDArray[np.float64]
ABOVE, MOVED = 4.75, 5.45
SIZES = (25, 50, 100, 200, 400)
SEEDS = 5
BLOCK = 400


@dataclass(frozen=True)
class Labelled:
    """Lesions for learning or for testing: measurements (n, k), truth, and images where needed."""

    x: Floats
    concepts: Mapping[str, NDArray[np.int64]]
    tenths: NDArray[np.int64]
    images: torch.Tensor | None = None

    def verdicts(self, above: float = ABOVE) -> NDArray[np.int64]:
        """1 where the true TDS lies above a threshold."""
        return (self.tenths >= perception.first_tenth(above)).astype(np.int64)

    def first(self, n: int) -> Labelled:
        """The first `n` lesions."""
        images = None if self.images is None else self.images[:n]
        concepts = {name: values[:n] for name, values in self.concepts.items()}
        return Labelled(self.x[:n], concepts, self.tenths[:n], images)


def chance_above(believed: Mapping[str, ArrayLike], above: float = ABOVE) -> Floats:
    """Exact probability (n,) that the TDS lies above a threshold, given beliefs."""
    tensors = (torch.as_tensor(np.asarray(believed[name])) for name in HEADS)
    distribution = tds_distribution(*tensors)
    return np.asarray(distribution[:, perception.first_tenth(above) :].sum(1))


# --- the arms: figures of one fit ---------------------------------------------------------------


def verdict_from_measurements(train: Labelled, test: Labelled, seed: int) -> dict[str, float]:
    """Logistic regression; sees verdicts. A moved threshold needs new verdicts and a new fit."""
    model = verdict_regression(train.x, train.verdicts())
    return _judged(model.predict_proba(test.x)[:, 1], test)


def score_from_measurements(train: Labelled, test: Labelled, seed: int) -> dict[str, float]:
    """Ridge regression of the TDS that follows from the findings; knows nothing of their parts."""
    model = make_pipeline(StandardScaler(), RidgeCV(np.logspace(-1, 4, 20)))
    score = model.fit(train.x, train.tenths / 10).predict(test.x)
    return {
        "accuracy": _share(score > ABOVE, test.verdicts()),
        "moved": _share(score > MOVED, test.verdicts(MOVED)),
    }


def findings_and_exact_logic(train: Labelled, test: Labelled, seed: int) -> dict[str, float]:
    """Heads fitted to findings, the verdict by the rule."""
    model = perception.fit_concepts(train.x, train.concepts)
    return _figures(model.beliefs(test.x), test)


def findings_and_verdicts(train: Labelled, test: Labelled, seed: int) -> dict[str, float]:
    """The same, with verdicts through the rule in the loss as well."""
    model = perception.fit_joint(train.x, train.concepts, train.verdicts(), tds_distribution)
    return _figures(model.beliefs(test.x), test)


def verdicts_through_the_rule(train: Labelled, test: Labelled, seed: int) -> dict[str, float]:
    """Heads fitted to verdicts alone, through the rule: the reasoning shortcut."""
    model = perception.fit_verdicts_only(train.x, train.verdicts(), tds_distribution, seed=seed)
    return _figures(model.beliefs(test.x), test)


def tensor_logic_axioms(train: Labelled, test: Labelled, seed: int) -> dict[str, float]:
    """Logic Tensor Networks with the same labels; `exact` is the exact rule on its beliefs."""
    model = tensor_logic.fit_tensor_logic(train.x, train.concepts, train.verdicts())
    logits = model.logits(test.x)
    found = _judged(tensor_logic.degree_above(logits).numpy(), test)
    moved = tensor_logic.degree_above(logits, MOVED).numpy() > 0.5
    exact = _figures(model.beliefs(test.x), test)
    return {
        **exact,
        **found,
        "moved": _share(moved, test.verdicts(MOVED)),
        "exact": exact["accuracy"],
        "exact_brier": exact["brier"],
    }


def network_from_pixels(train: Labelled, test: Labelled, seed: int) -> dict[str, float]:
    """A convolutional network from scratch; sees verdicts."""
    wanted = torch.as_tensor(train.verdicts(), dtype=torch.float32)

    def loss(logits: torch.Tensor, rows: torch.Tensor) -> torch.Tensor:
        return torch.nn.functional.binary_cross_entropy_with_logits(logits[:, 0], wanted[rows])

    logits = _train_and_look(1, train, test, loss, seed)
    return _judged(logits[:, 0].sigmoid().numpy(), test)


def network_and_exact_logic(train: Labelled, test: Labelled, seed: int) -> dict[str, float]:
    """The same network with findings and, through the rule, verdicts in the loss."""
    wanted = torch.as_tensor(train.verdicts())
    labels = {name: torch.as_tensor(values) for name, values in train.concepts.items()}

    def loss(logits: torch.Tensor, rows: torch.Tensor) -> torch.Tensor:
        of_batch = {name: values[rows] for name, values in labels.items()}
        found = perception.concept_loss(logits, of_batch)
        stated = perception.verdict_loss(logits, wanted[rows], tds_distribution)
        return (found + stated) / len(rows)

    logits = _train_and_look(perception.LOGITS, train, test, loss, seed)
    believed = {name: part.double().numpy() for name, part in beliefs(logits).items()}
    return _figures(believed, test)


Arm = Callable[[Labelled, Labelled, int], dict[str, float]]
ARMS: dict[str, Arm] = {
    "CNN from scratch": network_from_pixels,
    "CNN, findings + exact logic": network_and_exact_logic,
    "regression on measurements": verdict_from_measurements,
    "regression of the score": score_from_measurements,
    "findings + exact logic": findings_and_exact_logic,
    "findings and verdicts + exact logic": findings_and_verdicts,
    "Logic Tensor Networks": tensor_logic_axioms,
    "verdicts only + exact logic": verdicts_through_the_rule,
}
FROM_PIXELS = ("CNN from scratch", "CNN, findings + exact logic")


def few_findings(
    train: Labelled, test: Labelled, described: int, with_verdicts: bool
) -> dict[str, float]:
    """Findings of the first `described` lesions; of the others the verdict, or nothing."""
    first = train.first(described)
    if with_verdicts:
        model = perception.fit_joint(train.x, first.concepts, train.verdicts(), tds_distribution)
    else:
        model = perception.fit_concepts(first.x, first.concepts)
    return _figures(model.beliefs(test.x), test)


# --- explanations -------------------------------------------------------------------------------


def explain(findings: Mapping[str, Any], rules: Guideline) -> dict[str, Any]:
    """Explain a verdict by believed findings; the flip is the smallest change that has one."""
    now = trace(findings, rules)
    changes = [(name, level) for name, highest in LEVELS.items() for level in range(highest + 1)]
    changes += [(name, to) for names in KINDS.values() for name in names for to in (0, 1)]
    flips = []
    for finding, to in changes:
        after = changed(findings, finding, to)
        if all(after[kind] or not findings[kind] for kind in KINDS):
            other = trace(after, rules)
            if other["verdict"] != now["verdict"]:
                step = abs(other["tenths"] - now["tenths"])
                flips.append((step, {"finding": finding, "to": to, "verdict": other["verdict"]}))
    flip = min(flips, key=lambda pair: pair[0])[1] if flips else None
    return {"verdict": now["verdict"], "rule": now["rule"], "findings": findings, "flip": flip}


def check_explanations(believed: Mapping[str, ArrayLike], test: Labelled) -> dict[str, float]:
    """Shares of explanations without a fault: held against beliefs, and against the truth."""
    rules = read(load())
    likely = most_likely(believed)
    rows = []
    for row in range(len(test.tenths)):
        stated, real = findings_of(likely, row), findings_of(test.concepts, row)
        explanation = explain(stated, rules)
        now = trace(real, rules)
        only_flip = {**explanation, "findings": {}, "rule": now["rule"], "verdict": now["verdict"]}
        rows.append(
            {
                "faithful": not check(explanation, stated, rules),
                "true": not check(explanation, real, rules),
                "findings true": _true_share(stated, real),
                "rule true": explanation["rule"] == now["rule"],
                "flip true": not check(only_flip, real, rules),
            }
        )
    return {name: float(np.mean([row[name] for row in rows])) for name in rows[0]}


def _true_share(stated: Mapping[str, Any], real: Mapping[str, Any]) -> float:
    """Share of the cited findings that are true of the image."""
    right = [stated[name] == real[name] for name in LEVELS]
    right += [name in real[kind] for kind in KINDS for name in stated[kind]]
    return float(np.mean(right))


# --- helpers ------------------------------------------------------------------------------------


def _train_and_look(
    outputs: int, train: Labelled, test: Labelled, loss: Any, seed: int
) -> torch.Tensor:
    assert train.images is not None and test.images is not None
    torch.manual_seed(seed)
    network = train_network(LesionCNN(outputs), train.images, loss, seed=seed)
    with torch.no_grad():
        return torch.cat([network(part) for part in test.images.split(250)])


def _figures(believed: Mapping[str, ArrayLike], test: Labelled) -> dict[str, float]:
    """Verdict, verdict at the moved threshold, and accuracy of each kind of finding."""
    moved = chance_above(believed, MOVED) > 0.5
    return {
        **_judged(chance_above(believed), test),
        "moved": _share(moved, test.verdicts(MOVED)),
        **concept_accuracy(believed, test.concepts),
    }


def _judged(chance: Floats, test: Labelled) -> dict[str, float]:
    truth = test.verdicts()
    stated = np.maximum(chance, 1 - chance)
    rather_sure = (stated >= 0.8) & (stated < 0.9)
    return {
        "accuracy": _share(chance > 0.5, truth),
        "brier": float(((chance - truth) ** 2).mean()),
        "right when 80 to 90": _share((chance > 0.5)[rather_sure], truth[rather_sure]),
    }


def _share(said: ArrayLike, truth: NDArray[np.int64]) -> float:
    return float((np.asarray(said) == truth).mean())
