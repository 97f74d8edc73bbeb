"""Clinics with described lesions, and the device that each of them measures with.

A case of the tasks on learning is one clinic: its own mix of lesions and its own device, both drawn
from the case's seed, so that nothing learned in one clinic helps in another. A device is simulated:
each of its columns is a random mixture of the findings, of quantities that have nothing to do with
them, and of noise. No picture is rendered, which would take a hundred times as long.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labkit.trends.neuro_symbolic_diagnosis.world.scores import band_of, tds_tenths

Case = dict[str, Any]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

NOISE = 0.6
"""Deviation of a column's noise; a finding's mixture has length 1."""


@dataclass(frozen=True)
class Clinic:
    """Measured lesions: `x` (n, columns) as standard scores, and `concepts` as `Lesions` has it."""

    x: Floats
    concepts: dict[str, Ints]

    @property
    def suspicious(self) -> Ints:
        """1 where the TDS lies above 4.75, (n,)."""
        return (band_of(tds_tenths(**self.concepts)) > 0).astype(np.int64)

    def take(self, rows: slice) -> Clinic:
        """Return some of the lesions."""
        return Clinic(self.x[rows], {name: part[rows] for name, part in self.concepts.items()})


def clinic(case: Case) -> Clinic:
    """Draw the clinic of a case.

    The case has ``seed``, ``lesions`` (how many), ``columns``, ``asymmetric`` (shares of lesions
    with level 1 or more, and with level 2), ``border``, ``colours`` and ``structures`` (mean
    counts), ``spread`` (deviations of these three), ``clear`` (how clearly the device shows
    asymmetry, border, colours and structures) and ``others`` (how many quantities besides the
    findings move it).
    """
    rng = np.random.default_rng(case["seed"])
    concepts = _findings(case, rng)
    return Clinic(_measured(concepts, case, rng), concepts)


def _findings(case: Case, rng: np.random.Generator) -> dict[str, Ints]:
    """Findings that go together, as in real lesions, through a hidden severity."""
    n = case["lesions"]
    severity = rng.standard_normal(n)

    def correlated(share: float) -> Floats:
        return share * severity + np.sqrt(1 - share**2) * rng.standard_normal(n)

    def count(mean: float, spread: float, least: int, most: int) -> Ints:
        return np.clip(np.rint(mean + spread * correlated(0.4)), least, most).astype(np.int64)

    asymmetric = correlated(0.5)
    limits = np.quantile(asymmetric, [1 - share for share in case["asymmetric"]])
    return {
        "asymmetry": np.digitize(asymmetric, limits).astype(np.int64),
        "border": count(case["border"], case["spread"][0], 0, 8),
        "colours": _chosen(count(case["colours"], case["spread"][1], 1, 6), 6, rng),
        "structures": _chosen(count(case["structures"], case["spread"][2], 1, 5), 5, rng),
    }


def _chosen(counts: Ints, most: int, rng: np.random.Generator) -> Ints:
    """Presences (n, most): in each row so many as counted, any of them."""
    ranks = rng.random((len(counts), most)).argsort(axis=1).argsort(axis=1)
    return (ranks < counts[:, None]).astype(np.int64)


def _measured(concepts: dict[str, Ints], case: Case, rng: np.random.Generator) -> Floats:
    clear = case["clear"]
    shown = np.column_stack(
        [
            clear[0] * np.eye(3)[concepts["asymmetry"]],
            clear[1] * concepts["border"] / 4,
            clear[2] * concepts["colours"],
            clear[3] * concepts["structures"],
            2 * rng.standard_normal((case["lesions"], case["others"])),
        ]
    )
    mixture = rng.standard_normal((shown.shape[1], case["columns"]))
    mixture /= np.linalg.norm(mixture, axis=1, keepdims=True)
    x = shown @ mixture + NOISE * rng.standard_normal((case["lesions"], case["columns"]))
    return np.asarray((x - x.mean(axis=0)) / x.std(axis=0))
