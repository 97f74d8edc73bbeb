"""Task `shortcut`: clinics with described lesions, each with a system whose verdicts are good.

A system is simulated by what a shortcut is: of the criteria it was taught it believes the truth,
with doubts; of the others it believes findings of other lesions under which the verdict is right.
Nothing is trained here. Judging is left to the checks.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import cohen_kappa_score

from labkit.checks.neuro_symbolic_diagnosis.clinics import clinic
from labkit.checks.neuro_symbolic_diagnosis.shortcut import SHORTCUTS
from labkit.exercise.drawing import until
from labkit.trends.neuro_symbolic_diagnosis.perception import concept_accuracy, most_likely
from labkit.trends.neuro_symbolic_diagnosis.world.scores import band_of, tds_tenths

Floats = NDArray[np.float64]
Truth = Mapping[str, NDArray[np.int64]]

KNOWN, DESCRIBED, NEW = 200, 80, 300

SETS = [set(names) for size in range(4) for names in itertools.combinations(SHORTCUTS, size)]
"""What may be a shortcut: nothing, one, two or all of the criteria."""

SURE = {"asymmetry": 3.0, "colours": 3.2, "structures": 1.4}
"""How far the evidence of a taught criterion lies apart for one finding and another, in deviations:
structures are seen least well, and are right less often than the colours of a shortcut, so that no
fixed share of right findings tells shortcuts."""

GUESSES = 6
"""How often other findings are drawn anew for the lesions whose verdict they would turn."""

BELOW, ABOVE = 0.04, 0.08
"""How far the accuracy of a shortcut lies below that of the commonest finding on the described
lesions, and how far that of a taught criterion above it. Comparing by columns, by the whole table,
by whole lesions, by kappa or by likelihood finds the same ones."""

LOOSE, CLOSE = 0.15, 0.35
"""Agreement with the truth, beyond chance, of a shortcut and of a criterion that was taught."""

GOOD_VERDICTS = 0.8


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``, four clinics, each with a system of other shortcuts.

    A case draws a clinic (see `clinics.clinic`). Of its first ``known`` lesions all verdicts are
    known, of the first ``described`` the findings too; the others are new. ``beliefs`` are the
    system's about the described lesions, ``shortcuts`` the criteria of which it believes something
    else, and ``right`` how often it is right on the described lesions, ``commonest_described`` how
    often the commonest finding is, and ``commonest`` the same on all lesions.
    """
    return until(
        lambda: {"cases": [_case(shortcuts, rng) for shortcuts in _four_sets(rng)]},
        _no_fixed_cut,
        "shortcuts in the colours that are right more often than taught structures",
    )


def _four_sets(rng: np.random.Generator) -> list[list[str]]:
    """Four different sets of shortcuts: none or all, one, two, and any other, in any order."""

    def some() -> list[set[str]]:
        return [SETS[place] for place in rng.permutation(len(SETS))[:4]]

    def fit(sets: list[set[str]]) -> bool:
        sizes = {len(names) for names in sets}
        return (
            {1, 2} <= sizes
            and bool(sizes & {0, 3})
            and any("colours" in names for names in sets)
            and any("structures" not in names for names in sets)
        )

    return [sorted(names) for names in until(some, fit, "sets of several sizes")]


def _no_fixed_cut(instance: dict[str, Any]) -> bool:
    """Whether some shortcut is right more often than some criterion that was taught."""
    shortcuts: list[float] = []
    taught: list[float] = []
    for case in instance["cases"]:
        for name, share in case["right"].items():
            (shortcuts if name in case["shortcuts"] else taught).append(share)
    return max(shortcuts) > min(taught)


def _case(shortcuts: list[str], rng: np.random.Generator) -> dict[str, Any]:
    """Draw a clinic and a system whose shortcuts show clearly on the described lesions."""

    def drawn() -> dict[str, Any]:
        case = _clinic(rng)
        concepts = clinic(case).concepts
        described = {name: part[:DESCRIBED] for name, part in concepts.items()}
        stated = _believed(described, shortcuts, rng)
        return {
            **case,
            "shortcuts": shortcuts,
            "beliefs": {name: stated[name].tolist() for name in SHORTCUTS},
            "right": _right(stated, described),
            "commonest_described": _commonest(described),
            "commonest": _commonest(concepts),
        }

    return until(drawn, _is_clear, f"a system with shortcuts in {shortcuts} that show")


def _clinic(rng: np.random.Generator) -> dict[str, Any]:
    asymmetric = rng.uniform(0.7, 0.75)
    clear = np.array([4.0, 1.0, 8.0, 3.0]) * rng.uniform(0.9, 1.1, 4)
    return {
        "seed": int(rng.integers(2**31)),
        "lesions": KNOWN + NEW,
        "known": KNOWN,
        "described": DESCRIBED,
        "columns": int(rng.integers(36, 45)),
        "asymmetric": [asymmetric, asymmetric * rng.uniform(0.26, 0.32)],
        "border": rng.uniform(2, 3),
        "colours": rng.uniform(5.25, 5.4),
        "structures": rng.uniform(3.1, 3.3),
        "clear": clear.tolist(),
        "others": int(rng.integers(3, 7)),
    }


# --- A system ---------------------------------------------------------------------------------


def _believed(
    truth: Truth, shortcuts: Sequence[str], rng: np.random.Generator
) -> dict[str, Floats]:
    """Beliefs of a system about lesions: doubts about the true findings, or others."""
    meant = {**truth, **_other(truth, shortcuts, rng)}
    shares = np.bincount(truth["asymmetry"], minlength=3) / len(truth["asymmetry"])
    levels = np.eye(3)[meant["asymmetry"]]
    sure = 4.0 if "asymmetry" in shortcuts else SURE["asymmetry"]
    evidence = sure * (sure * levels + rng.standard_normal(levels.shape))
    chances = shares * np.exp(evidence - evidence.max(axis=1, keepdims=True))
    stated = {"asymmetry": chances / chances.sum(axis=1, keepdims=True)}
    for name in ("colours", "structures"):
        share = truth[name].mean(axis=0).clip(0.02, 0.98)
        sure = 4.0 if name in shortcuts else SURE[name]
        evidence = sure * (sure * (meant[name] - 0.5) + rng.standard_normal(meant[name].shape))
        stated[name] = 1 / (1 + (1 - share) / share * np.exp(-evidence))
    return {name: np.round(part, 3) for name, part in stated.items()}


def _other(truth: Truth, names: Sequence[str], rng: np.random.Generator) -> dict[str, Any]:
    """Findings of the named criteria, as common as the true ones, that leave the verdict right."""
    true = band_of(tds_tenths(**truth)) > 0
    found = {name: _as_common(truth[name], rng) for name in names}
    for _ in range(GUESSES if names else 0):
        lost = (band_of(tds_tenths(**{**truth, **found})) > 0) != true
        for name in names:
            found[name][lost] = _as_common(truth[name], rng)[lost]
    return found


def _as_common(truth: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int64]:
    """Findings of other lesions; a level is seldom that of the lesion itself."""
    other = truth[rng.permutation(len(truth))]
    if truth.ndim == 2:
        return rng.permuted(other, axis=1)
    again = (other == truth) & (rng.random(len(truth)) < 0.5)
    return np.where(again, (truth + rng.integers(1, 3, len(truth))) % 3, other)


# --- What shows of it -----------------------------------------------------------------------------


def _right(stated: Mapping[str, Floats], truth: Truth) -> dict[str, float]:
    return concept_accuracy(stated, truth)


def _commonest(truth: Truth) -> dict[str, float]:
    """Accuracy of always saying the commonest finding: of each column, mean over columns."""
    presence = {name: truth[name].mean(axis=0) for name in ("colours", "structures")}
    return {
        "asymmetry": float((np.bincount(truth["asymmetry"]) / len(truth["asymmetry"])).max()),
        **{name: float(np.maximum(p, 1 - p).mean()) for name, p in presence.items()},
    }


def _is_clear(case: dict[str, Any]) -> bool:
    """Whether shortcuts are no better than the commonest finding, and all others better.

    On the described lesions themselves, and in each way that a learner may look at: by all
    entries, by lesions with all entries right, against the commonest of each column or of the
    whole table, by agreement beyond chance, and by likelihood.
    """
    truth = {name: part[:DESCRIBED] for name, part in clinic(case).concepts.items()}
    stated = {name: np.array(part) for name, part in case["beliefs"].items()}
    likely = most_likely(stated)
    good = band_of(tds_tenths(**{**truth, **likely})) > 0
    verdict = band_of(tds_tenths(**truth)) > 0
    if np.mean(good == verdict) < GOOD_VERDICTS:
        return False
    return all(
        _is_loose(likely[name], truth[name], case["commonest_described"][name])
        if name in case["shortcuts"]
        else _is_close(likely[name], truth[name], case["commonest_described"][name])
        for name in SHORTCUTS
    )


def _is_loose(said: NDArray[np.int64], true: NDArray[np.int64], commonest: float) -> bool:
    whole, often, pooled = _looks(said, true)
    right = np.mean(said == true)
    return bool(
        right < min(commonest, pooled) - BELOW and whole <= often and _agreement(said, true) < LOOSE
    )


def _is_close(said: NDArray[np.int64], true: NDArray[np.int64], commonest: float) -> bool:
    whole, often, pooled = _looks(said, true)
    right = np.mean(said == true)
    return bool(
        right > max(commonest, pooled) + ABOVE
        and whole > often + ABOVE
        and _agreement(said, true) > CLOSE
    )


def _looks(said: NDArray[np.int64], true: NDArray[np.int64]) -> tuple[float, float, float]:
    """Share of lesions wholly right, of the commonest lesion, and of the commonest entry."""
    whole = (said == true).reshape(len(true), -1).all(axis=1).mean()
    often = np.unique(true, axis=0, return_counts=True)[1].max() / len(true)
    pooled = np.unique(true, return_counts=True)[1].max() / true.size
    return float(whole), float(often), float(pooled)


def _agreement(said: NDArray[np.int64], true: NDArray[np.int64]) -> float:
    """Cohen's kappa, the mean over columns: 0 by chance, 1 for the same."""
    columns = zip(np.atleast_2d(said.T), np.atleast_2d(true.T), strict=True)
    return float(np.mean([cohen_kappa_score(*pair, labels=range(3)) for pair in columns]))
