"""Task `shortcut`: clinics with described lesions, each with a system whose verdicts are good.

A system is simulated by what a shortcut is: of the criteria it was taught it believes the truth,
with doubts; of the others it believes findings of other lesions under which the verdict is right.
How sure it is of a criterion has nothing to do with which of the two it is, as in networks.
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
    "asymmetry": {"few": 0.55, "even": 0.55, "between": 1.4, "common": 3.0},
    "colours": {"few": 1.3, "even": 1.3, "between": 1.8, "common": 4.0},
    "structures": {"few": 1.25, "even": 1.25, "between": 1.8, "common": 4.0},
}
"""How far the evidence of a taught criterion lies apart for one finding and another, in deviations:
the more so the commoner one finding is. Where none is common, a taught criterion is right less
often than a shortcut is where one is, so that no fixed share of right findings tells shortcuts,
not even one for each criterion."""

AGAIN = {"few": 0.5, "even": 0.5, "between": 0.4, "common": 0.05}
"""Share of the levels that a shortcut has right by chance and that it believes to be another: the
verdict, too, makes some of them right."""

SAME_NUMBER = 0.6
"""Share of the lesions in which a shortcut has as many colours or structures as there are, and has
the wrong ones: then the sum comes out right, and numbers alone do not tell a shortcut. Where
nearly all are there, the right number leaves too little that could be wrong."""

TOO_SURE = {
    False: {"few": (0.0, 0.12), "even": (0.0, 0.12), "between": (0.0, 0.08), "common": (0.0, 0.02)},
    True: {"few": (0.0, 0.2), "even": (0.0, 0.2), "between": (0.0, 0.2), "common": (-0.04, 0.12)},
}
"""By how much the mean certainty of a criterion lies above its share of right findings: where it
was taught, and where it is a shortcut."""

CALM, KEEN = (-0.02, 0.02), (0.08, 0.12)
"""The same where a criterion is believed calmly, and where it is believed firmly: of a shortcut
where one finding is common, and of the same criterion where it was taught and none is."""

EVENLY_TAUGHT = ((False, "few"), (False, "even"))

LEAST_SURE = {"asymmetry": 0.45, "colours": 0.58, "structures": 0.58}
MOST_SURE = 0.985
"""Mean certainties stay between these: a coin's and that of a system without doubts are neither."""

TELLS_NOTHING = 0.03
"""By how much a shortcut is surer than the same criterion where it was taught, and another one less
overconfident: no limit of certainty and none of overconfidence tells shortcuts, not even one for
each criterion."""

BETTER_LIKELIHOOD = 0.02
"""By how much, in nats a finding, the truth is likelier under a taught criterion than under plain
shares, and less likely under a shortcut."""

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
    over = _too_sure(sets, mixes, rng)
    return until(
        lambda: {"cases": [_case(*each, rng) for each in zip(sets, mixes, over, strict=True)]},
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


def _too_sure(
    sets: Sequence[Collection[str]], mixes: Sequence[Mapping[str, str]], rng: np.random.Generator
) -> list[dict[str, float]]:
    """How far the certainty of each clinic's system lies above its share of right findings.

    Of the criteria that are a shortcut in one clinic and taught in another, one is firmly believed
    in one of the first and calmly in one of the others; with the rest it is the reverse.
    """
    over = [
        {name: rng.uniform(*TOO_SURE[name in names][mix[name]]) for name in SHORTCUTS}
        for names, mix in zip(sets, mixes, strict=True)
    ]
    both = []
    for name in rng.permutation(SHORTCUTS):
        told = [(name in names, mix[name]) for names, mix in zip(sets, mixes, strict=True)]
        common = [place for place, each in enumerate(told) if each == (True, "common")]
        evenly = [place for place, each in enumerate(told) if each in EVENLY_TAUGHT]
        if common and evenly:
            both.append((name, rng.choice(common), rng.choice(evenly)))
    for place, (name, shortcut, taught) in enumerate(both):
        low, high = (taught, shortcut) if place == 0 else (shortcut, taught)
        over[low][name], over[high][name] = rng.uniform(*CALM), rng.uniform(*KEEN)
    return over


def _tells_nothing(cases: Sequence[Mapping[str, Any]], sets: Sequence[Collection[str]]) -> bool:
    """Whether certainty tells no shortcut: neither by itself, nor above the share right.

    A criterion of which it tells none is enough, as all must be told right.
    """
    sure = [{n: certainty(np.array(p)) for n, p in case["beliefs"].items()} for case in cases]
    over = [
        {name: own - case["right"][name] for name, own in each.items()}
        for case, each in zip(cases, sure, strict=True)
    ]
    parts = [(_split(sure, sets, name), _split(over, sets, name)) for name in SHORTCUTS]
    parts = [pair for pair in parts if pair[0][0] and pair[0][1]]
    return any(max(s) > min(t) + TELLS_NOTHING for (s, t), _ in parts) and any(
        min(s) < max(t) - TELLS_NOTHING for _, (s, t) in parts
    )


def _split(
    values: Sequence[Mapping[str, float]], sets: Sequence[Collection[str]], name: str
) -> tuple[list[float], list[float]]:
    """Values of a criterion where it is a shortcut, and where it was taught."""
    told = [(each[name], name in names) for each, names in zip(values, sets, strict=True)]
    return [v for v, shortcut in told if shortcut], [v for v, shortcut in told if not shortcut]


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
    """Whether neither a share of right findings nor certainty tells shortcuts.

    Each criterion, as a shortcut somewhere, is right more often than where it was taught.
    """
    cases = instance["cases"]
    sets = [case["shortcuts"] for case in cases]
    shares = (_split([case["right"] for case in cases], sets, name) for name in SHORTCUTS)
    return _tells_nothing(cases, sets) and all(
        max(shortcut) > min(taught) + OVERLAP for shortcut, taught in shares if shortcut and taught
    )


def certainty(chances: Floats) -> float:
    """Mean chance of the most likely finding: of the levels where rows sum to 1, else by entry."""
    if chances.shape[1] == 3:
        return float(chances.max(axis=1).mean())
    return float(np.maximum(chances, 1 - chances).mean())


def _case(
    shortcuts: list[str],
    mix: Mapping[str, str],
    over: Mapping[str, float],
    rng: np.random.Generator,
) -> dict[str, Any]:
    """Draw a clinic and a system whose shortcuts show clearly on the described lesions."""

    def drawn() -> dict[str, Any]:
        case = _clinic(mix, rng)
        concepts = clinic(case).concepts
        described = {name: part[:DESCRIBED] for name, part in concepts.items()}
        stated = _believed(described, shortcuts, mix, over, rng)
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
    truth: Truth,
    shortcuts: Sequence[str],
    mix: Mapping[str, str],
    over: Mapping[str, float],
    rng: np.random.Generator,
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
    return {
        name: np.round(_as_sure(name, part, truth[name], over[name]), 3)
        for name, part in stated.items()
    }


def _as_sure(name: str, chances: Floats, truth: NDArray[np.int64], over: float) -> Floats:
    """The same most likely findings, and a mean certainty `over` above the share of right ones."""
    right = concept_accuracy({name: chances}, {name: truth})[name]
    wanted = np.clip(right + over, LEAST_SURE[name], MOST_SURE)
    low, high = np.log(0.02), np.log(50)
    for _ in range(30):
        middle = (low + high) / 2
        if certainty(_sharpened(chances, np.exp(middle))) < wanted:
            low = middle
        else:
            high = middle
    return _sharpened(chances, np.exp(high))


def _sharpened(chances: Floats, power: float) -> Floats:
    """Chances whose log-odds are `power` times as large; a tie is none after it is rounded."""
    own = np.log(chances.clip(1e-12))
    if chances.shape[1] == 3:
        odds = np.exp(power * (own - own.max(axis=1, keepdims=True)))
        return np.asarray(odds / odds.sum(axis=1, keepdims=True))
    away = 1 / (1 + np.exp(power * (np.log((1 - chances).clip(1e-12)) - own))) - 0.5
    return np.asarray(0.5 + np.where(chances > 0.5, 1, -1) * np.abs(away).clip(0.002))


def _stated(
    truth: Truth, shortcuts: Sequence[str], mix: Mapping[str, str], rng: np.random.Generator
) -> dict[str, Floats]:
    """Beliefs with chance doubts; shortcuts are believed firmly, and mean other lesions."""
    meant = {
        name: _as_common(truth[name], mix[name], rng) if name in shortcuts else truth[name]
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


def _as_common(truth: NDArray[np.int64], mix: str, rng: np.random.Generator) -> NDArray[np.int64]:
    """Findings of other lesions, or as many others; some of what is true by chance is not kept."""
    other = truth[rng.permutation(len(truth))]
    if truth.ndim == 2 and mix == "common":
        return rng.permuted(other, axis=1)
    if truth.ndim == 2:
        keep = rng.random((len(truth), 1)) < SAME_NUMBER
        one, two = (rng.permuted(np.where(keep, truth, other), axis=1) for _ in range(2))
        nearer = (one == truth).sum(axis=1) > (two == truth).sum(axis=1)
        return np.where(nearer[:, None], two, one)
    anew = (other == truth) & (rng.random(len(truth)) < AGAIN[mix])
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
        and _gain(stated[name], truth[name]) < -BETTER_LIKELIHOOD
        if name in case["shortcuts"]
        else _is_close(likely[name], truth[name], case["commonest_described"][name])
        and _gain(stated[name], truth[name]) > BETTER_LIKELIHOOD
        for name in SHORTCUTS
    )


def _gain(chances: Floats, true: NDArray[np.int64]) -> float:
    """How much likelier the truth is than under plain shares, in nats a finding."""
    if true.ndim == 1:
        true = np.eye(3, dtype=int)[true]
        shares = np.broadcast_to(true.mean(axis=0), chances.shape)
        own, plain = ((true * np.log(part.clip(0.02))).sum(axis=1) for part in (chances, shares))
    else:
        shares = np.broadcast_to(true.mean(axis=0), chances.shape)
        own, plain = (
            np.log(np.where(true, part, 1 - part).clip(0.02)) for part in (chances, shares)
        )
    return float((own - plain).mean())


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
