"""Task `shortcut`: clinics with described lesions, each with a system whose verdicts are good.

A system is simulated by what a shortcut is: of the criteria it was taught it believes the truth,
with doubts; of the others it believes findings of other lesions under which the verdict is right.
Nothing is trained here. Judging is left to the checks.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Mapping, Sequence
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

MIXES = ("few", "even", "between", "common")
"""How common the commonest finding of a criterion is in a clinic: hardly more than others in the
first two, of which in one most colours or structures are missing, and in the last one by far."""

ASYMMETRY = {
    "few": (0.34, 0.38),
    "even": (0.34, 0.38),
    "between": (0.56, 0.62),
    "common": (0.79, 0.82),
}
"""Share of the commonest level."""

COLOURS = {"few": (2.3, 2.5), "even": (3.5, 3.7), "between": (4.4, 4.6), "common": (5.4, 5.55)}
STRUCTURES = {"few": (1.9, 2.1), "even": (2.9, 3.1), "between": (3.7, 3.9), "common": (4.6, 4.8)}
"""Mean counts of six colours and of five structures."""

SURE = {
    "asymmetry": {"few": 0.5, "even": 0.5, "between": 1.2, "common": 3.0},
    "colours": {"few": 1.2, "even": 1.2, "between": 1.8, "common": 4.0},
    "structures": {"few": 1.15, "even": 1.15, "between": 1.8, "common": 4.0},
}
"""How far the evidence of a taught criterion lies apart for one finding and another, in deviations:
the more so the commoner one finding is. Where none is common, a taught criterion is right less
often than a shortcut is where one is, so that no fixed share of right findings tells shortcuts,
not even one for each criterion."""

AGAIN = {"few": 0.5, "even": 0.5, "between": 0.4, "common": 0.05}
"""Share of the levels that a shortcut has right by chance and that it believes to be another: the
verdict, too, makes some of them right."""

OVERLAP = 0.02
"""By how much the best shortcut is right more often than the least clear taught criterion."""

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
    often the commonest finding is, and ``commonest_new`` the same on the new lesions.
    """
    sets = _four_sets(rng)
    mixes = until(lambda: _mixes(sets, rng), lambda drawn: _tell_nothing(drawn, sets), "mixes")
    return until(
        lambda: {"cases": [_case(*both, rng) for both in zip(sets, mixes, strict=True)]},
        _no_fixed_cut,
        "shortcuts that are right more often than the same criterion where it was taught",
    )


def _mixes(sets: Sequence[Sequence[str]], rng: np.random.Generator) -> list[dict[str, str]]:
    """How common the commonest finding is, by criterion and clinic.

    Each criterion is a shortcut in a clinic where one finding is common, and taught in another
    where none is; a criterion that is the same everywhere is neither.
    """
    mixes = [{name: MIXES[rng.integers(len(MIXES))] for name in SHORTCUTS} for _ in sets]
    for name in SHORTCUTS:
        shortcut = [place for place, names in enumerate(sets) if name in names]
        taught = [place for place in range(len(sets)) if place not in shortcut]
        if shortcut and taught:
            mixes[rng.choice(shortcut)][name] = "common"
            mixes[rng.choice(taught)][name] = ("few", "even")[rng.integers(2)]
    return mixes


def _tell_nothing(mixes: Sequence[Mapping[str, str]], sets: Sequence[Sequence[str]]) -> bool:
    """Whether the reverse is met as well, so that the mix of a clinic tells no shortcut.

    And whether something is a shortcut of which most lesions have little.
    """
    met = {
        (name in shortcuts, mix[name], name)
        for mix, shortcuts in zip(mixes, sets, strict=True)
        for name in SHORTCUTS
    }
    few = {(True, "few", "colours"), (True, "few", "structures")}
    return bool(met & few) and any((False, "common", name) in met for name in SHORTCUTS)


def _four_sets(rng: np.random.Generator) -> list[list[str]]:
    """Four different sets of shortcuts: none or all, one, two, and any other, in any order.

    Colours or structures are among them twice: where one finding is common, and where few are.
    """

    def some() -> list[set[str]]:
        return [SETS[place] for place in rng.permutation(len(SETS))[:4]]

    def fit(sets: list[set[str]]) -> bool:
        sizes = {len(names) for names in sets}
        return (
            {1, 2} <= sizes
            and bool(sizes & {0, 3})
            and any(_times(name, sets) >= 2 for name in ("colours", "structures"))
        )

    return [sorted(names) for names in until(some, fit, "sets of several sizes")]


def _times(name: str, sets: Sequence[Collection[str]]) -> int:
    return sum(name in names for names in sets)


def _no_fixed_cut(instance: dict[str, Any]) -> bool:
    """Whether each criterion, as a shortcut somewhere, is right more often than where taught."""
    shares: dict[tuple[str, bool], list[float]] = {}
    for case in instance["cases"]:
        for name, share in case["right"].items():
            shares.setdefault((name, name in case["shortcuts"]), []).append(share)
    return all(
        max(shares[name, True]) > min(shares[name, False]) + OVERLAP
        for name in SHORTCUTS
        if (name, True) in shares and (name, False) in shares
    )


def _case(shortcuts: list[str], mix: Mapping[str, str], rng: np.random.Generator) -> dict[str, Any]:
    """Draw a clinic and a system whose shortcuts show clearly on the described lesions."""

    def drawn() -> dict[str, Any]:
        case = _clinic(mix, rng)
        concepts = clinic(case).concepts
        described = {name: part[:DESCRIBED] for name, part in concepts.items()}
        stated = _believed(described, shortcuts, mix, rng)
        return {
            **case,
            "shortcuts": shortcuts,
            "beliefs": {name: stated[name].tolist() for name in SHORTCUTS},
            "right": _right(stated, described),
            "commonest_described": _commonest(described),
            "commonest_new": _commonest({name: p[KNOWN:] for name, p in concepts.items()}),
        }

    return until(drawn, _is_clear, f"a system with shortcuts in {shortcuts} that show")


def _clinic(mix: Mapping[str, str], rng: np.random.Generator) -> dict[str, Any]:
    clear = np.array([16.0, 1.0, 10.0, 12.0]) * rng.uniform(0.9, 1.1, 4)
    shares = _level_shares(mix["asymmetry"], rng)
    return {
        "seed": int(rng.integers(2**31)),
        "lesions": KNOWN + NEW,
        "known": KNOWN,
        "described": DESCRIBED,
        "columns": int(rng.integers(36, 45)),
        "asymmetric": [float(shares[1] + shares[2]), float(shares[2])],
        "border": rng.uniform(2, 3),
        "spread": [2.2, 1.1, 1.1],
        "colours": rng.uniform(*COLOURS[mix["colours"]]),
        "structures": rng.uniform(*STRUCTURES[mix["structures"]]),
        "clear": clear.tolist(),
        "others": int(rng.integers(3, 7)),
    }


def _level_shares(mix: str, rng: np.random.Generator) -> Floats:
    """Shares of the levels of asymmetry; any of them may be the common one."""
    most = rng.uniform(*ASYMMETRY[mix])
    second = (1 - most) * rng.uniform(0.45, 0.55)
    return rng.permutation([most, second, 1 - most - second])


# --- A system ---------------------------------------------------------------------------------


def _believed(
    truth: Truth, shortcuts: Sequence[str], mix: Mapping[str, str], rng: np.random.Generator
) -> dict[str, Floats]:
    """Beliefs of a system about lesions: doubts about the true findings, or others.

    The system was trained with verdicts, so where its own is wrong, it believes something else.
    """
    true = band_of(tds_tenths(**truth)) > 0
    stated = _stated(truth, shortcuts, mix, rng)
    for _ in range(GUESSES):
        lost = (band_of(tds_tenths(**{**truth, **most_likely(stated)})) > 0) != true
        again = _stated(truth, shortcuts, mix, rng)
        for name, chances in stated.items():
            chances[lost] = again[name][lost]
    return {name: np.round(part, 3) for name, part in stated.items()}


def _stated(
    truth: Truth, shortcuts: Sequence[str], mix: Mapping[str, str], rng: np.random.Generator
) -> dict[str, Floats]:
    """Beliefs with chance doubts; shortcuts are believed firmly, and mean other lesions."""
    meant = {
        name: _as_common(truth[name], AGAIN[mix[name]], rng) if name in shortcuts else truth[name]
        for name in SHORTCUTS
    }
    sure = {name: 4.0 if name in shortcuts else SURE[name][mix[name]] for name in SHORTCUTS}

    def evidence(name: str, there: NDArray[np.int64]) -> Floats:
        shown = sure[name] * (there - 0.5) + rng.standard_normal(there.shape)
        return np.asarray(sure[name] * shown)

    shares = np.bincount(truth["asymmetry"], minlength=3) / len(truth["asymmetry"])
    odds = shares.clip(0.02) * np.exp(
        evidence("asymmetry", np.eye(3, dtype=int)[meant["asymmetry"]])
    )
    stated = {"asymmetry": odds / odds.sum(axis=1, keepdims=True)}
    for name in ("colours", "structures"):
        share = truth[name].mean(axis=0).clip(0.02, 0.98)
        stated[name] = 1 / (1 + (1 - share) / share * np.exp(-evidence(name, meant[name])))
    return stated


def _as_common(
    truth: NDArray[np.int64], again: float, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Findings of other lesions; the share `again` of levels true by chance is not kept."""
    other = truth[rng.permutation(len(truth))]
    if truth.ndim == 2:
        return rng.permuted(other, axis=1)
    anew = (other == truth) & (rng.random(len(truth)) < again)
    return np.where(anew, (truth + rng.integers(1, 3, len(truth))) % 3, other)


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
