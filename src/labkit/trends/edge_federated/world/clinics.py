"""Clinics with patients of their own kind, and the model that all of them want together.

The model is a softmax regression: a matrix of weights, one row a feature and one column a
diagnosis. Its loss is convex, so the best model of all patients together is known exactly
(`metrics.optimum`) and every way to learn without sharing can be measured by what is left of the
gap to it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_softmax, softmax

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]

PENALTY = 1e-3
"""Weight of half the sum of squared weights in the loss; with it the optimum is unique."""


@dataclass(frozen=True)
class Clinics:
    """Patients by clinic, and new patients of all clinics together.

    Attributes:
        x: one table a clinic, (patients, features); the last feature is always 1.
        y: one array of diagnoses a clinic, (patients,), whole numbers from 0.
        new_x: features of new patients, (n, features).
        new_y: their diagnoses, (n,).
        classes: how many diagnoses there are.
    """

    x: list[Floats]
    y: list[Labels]
    new_x: Floats
    new_y: Labels
    classes: int

    @property
    def sizes(self) -> list[int]:
        """Patients of each clinic."""
        return [len(labels) for labels in self.y]

    @property
    def together(self) -> tuple[Floats, Labels]:
        """All patients in one table, which no clinic may see."""
        return np.concatenate(self.x), np.concatenate(self.y)

    def start(self) -> Floats:
        """The model that everybody begins with: all weights zero, (features, classes)."""
        return np.zeros((self.new_x.shape[1], self.classes))


def draw_clinics(
    rng: np.random.Generator,
    *,
    clinics: int = 10,
    alpha: float = 0.1,
    features: int = 12,
    classes: int = 5,
    patients: int = 150,
    apart: float = 0.9,
    new: int = 2_000,
) -> Clinics:
    """Draw clinics whose patients differ in kind.

    Args:
        rng: the source of chance.
        clinics: how many there are.
        alpha: how alike their diagnoses are. Each clinic's shares of diagnoses are drawn from a
            Dirichlet distribution: at 0.1 most patients of a clinic have one or two diagnoses, at
            100 all clinics are alike (Hsu, Qi and Brown 2019, arXiv 1909.06335).
        features: measurements a patient, without the constant one.
        classes: diagnoses.
        patients: mean number a clinic; it varies from half to one and a half.
        apart: distance of the diagnoses' means, in standard deviations of a measurement.
        new: how many new patients, drawn from all clinics.
    """
    means = rng.normal(size=(classes, features)) * apart / np.sqrt(2)
    mixing = np.eye(features) + 0.4 * rng.normal(size=(features, features)) / np.sqrt(features)
    # Measurements come in units of their own, so some weights need far more steps than others.
    units = np.exp(rng.uniform(np.log(0.3), np.log(1.5), features))
    means, mixing = means * units, mixing * units
    shares = rng.dirichlet(np.full(classes, alpha), clinics)
    sizes = rng.integers(patients // 2, patients * 3 // 2 + 1, clinics)
    tables = [_patients(rng, means, mixing, shares[k], int(sizes[k])) for k in range(clinics)]
    everywhere = sizes @ shares / sizes.sum()
    new_x, new_y = _patients(rng, means, mixing, everywhere, new)
    return Clinics([x for x, _ in tables], [y for _, y in tables], new_x, new_y, classes)


def _patients(
    rng: np.random.Generator, means: Floats, mixing: Floats, shares: Floats, n: int
) -> tuple[Floats, Labels]:
    diagnosis = rng.choice(len(means), n, p=shares / shares.sum())
    noise = rng.normal(size=(n, means.shape[1])) @ mixing
    return np.column_stack([means[diagnosis] + noise, np.ones(n)]), diagnosis.astype(np.int64)


def loss(model: Floats, x: Floats, y: Labels) -> float:
    """Mean negative log-likelihood of the diagnoses, plus the penalty on large weights."""
    likely = log_softmax(x @ model, axis=1)[np.arange(len(y)), y]
    return float(-likely.mean() + 0.5 * PENALTY * np.sum(model**2))


def gradient(model: Floats, x: Floats, y: Labels) -> Floats:
    """Slope of `loss` in every weight, (features, classes)."""
    error = softmax(x @ model, axis=1)
    error[np.arange(len(y)), y] -= 1.0
    slope: Floats = x.T @ error / len(y) + PENALTY * model
    return slope


def accuracy(model: Floats, x: Floats, y: Labels) -> float:
    """Share of patients whose most likely diagnosis is theirs."""
    return float(np.mean((x @ model).argmax(axis=1) == y))
