"""Right and wrong answers of the task `shortcut`."""

from __future__ import annotations

import numpy as np

from labkit.trends.neuro_symbolic_diagnosis import perception

from .learning import regressions, ridge_presences, through_the_rule

CRITERIA = ("asymmetry", "colours", "structures")


def _chance_corrected(findings, system):
    """Shortcuts by Cohen's kappa: agreement beyond what the margins give."""
    found = []
    for name in CRITERIA:
        likely, truth = perception.most_likely(system)[name], findings[name]
        columns = (
            [(likely, truth)] if name == "asymmetry" else list(zip(likely.T, truth.T, strict=True))
        )
        kappas = []
        for said, true in columns:
            by_chance = sum((said == v).mean() * (true == v).mean() for v in range(3))
            kappas.append(((said == true).mean() - by_chance) / max(1 - by_chance, 1e-9))
        if np.mean(kappas) < 0.25:
            found.append(name)
    return found


def _by_likelihood(findings, system):
    """Shortcuts: the truth is less likely under the system than under plain shares."""
    found = set()
    for name in CRITERIA:
        chances, truth = np.asarray(system[name]).clip(0.02, 0.98), findings[name]
        if name == "asymmetry":
            own = np.log(chances[np.arange(len(truth)), truth]).mean()
            plain = np.log(np.bincount(truth, minlength=3) / len(truth) + 1e-9)[truth].mean()
        else:
            share = truth.mean(axis=0).clip(0.02, 0.98)
            own = np.where(truth, np.log(chances), np.log(1 - chances)).mean()
            plain = np.where(truth, np.log(share), np.log(1 - share)).mean()
        if own < plain:
            found.add(name)
    return found


def _no_better(findings, system):
    """Shortcuts as the task's sentence says it, to the letter: mean over columns."""
    found = []
    likely = perception.most_likely(system)
    for name in CRITERIA:
        truth = findings[name]
        shares = [(truth == level).mean(axis=0) for level in range(3)]
        if (likely[name] == truth).mean() <= np.mean(np.max(shares, axis=0)):
            found.append(name)
    return found


def _no_better_than_one_word(findings, system):
    """Against the commonest value of the whole table, columns and all."""
    likely = perception.most_likely(system)
    return [
        name
        for name in CRITERIA
        if (likely[name] == findings[name]).mean()
        <= max((findings[name] == level).mean() for level in range(3))
    ]


def _no_better_whole(findings, system):
    """A lesion counts if the criterion is wholly right, against the commonest row."""
    likely, found = perception.most_likely(system), []
    for name in CRITERIA:
        truth = findings[name].reshape(len(findings["border"]), -1)
        said = likely[name].reshape(truth.shape)
        rows = np.unique(truth, axis=0, return_counts=True)[1]
        if (said == truth).all(axis=1).mean() <= rows.max() / len(truth):
            found.append(name)
    return found


def _fixed_cut(cut):
    """The same number for every criterion, whatever its commonest finding."""

    def find(findings, system):
        likely = perception.most_likely(system)
        return [name for name in CRITERIA if (likely[name] == findings[name]).mean() < cut]

    return find


def _fixed_cuts(**cuts):
    """A number for each criterion, tried out in some clinics and kept for all."""

    def find(findings, system):
        likely = perception.most_likely(system)
        return [name for name in CRITERIA if (likely[name] == findings[name]).mean() < cuts[name]]

    return find


def _where_one_finding_is_common(findings, system):
    """Accused is what a clinic has much of, whatever the system says."""
    return [
        name
        for name in CRITERIA
        if max((findings[name] == level).mean() for level in range(3)) > 0.7
    ]


def _too_sure(limit):
    """Accused is what the system is surer of than it is right; no other finding is looked at."""

    def find(findings, system):
        right = perception.concept_accuracy(system, {name: findings[name] for name in CRITERIA})
        sure = {
            name: (p.max(axis=1) if name == "asymmetry" else np.maximum(p, 1 - p)).mean()
            for name, p in system.items()
        }
        return [name for name in CRITERIA if sure[name] - right[name] > limit]

    return find


def _unsure(findings, system):
    return [name for name in CRITERIA if np.abs(np.asarray(system[name]) - 0.5).mean() < 0.3]


def _numbers_go_apart(findings, system):
    """Accused is a criterion whose believed number does not go with the true one."""
    found = []
    for name in CRITERIA:
        levels = name == "asymmetry"
        said = system[name] @ np.arange(3) if levels else system[name].sum(axis=1)
        true = findings[name] if levels else findings[name].sum(axis=1)
        if np.corrcoef(said, true)[0, 1] < 0.22:
            found.append(name)
    return found


def _repairing(find, repair):
    """An answer of `find(findings, system)` and `repair(x, suspicious, findings, x_new)`."""

    def find_and_repair(x, suspicious, findings, system, x_new):
        return find(findings, system), repair(x, suspicious, findings, x_new)

    return find_and_repair


def _from_described(x, suspicious, findings, x_new):
    return regressions(x[: len(findings["border"])], findings, x_new, strength=0.3)


def _from_both(x, suspicious, findings, x_new):
    return through_the_rule(x, x_new, suspicious, findings, weight=0.5)


def _by_ridge(x, suspicious, findings, x_new):
    believed = ridge_presences(x[: len(findings["border"])], findings, x_new)
    return {name: believed[name].tolist() for name in CRITERIA}


def _from_verdicts(x, suspicious, findings, x_new):
    return through_the_rule(x, x_new, suspicious)


def _commonest_findings(x, suspicious, findings, x_new):
    shares = {
        "asymmetry": np.bincount(findings["asymmetry"], minlength=3) / len(findings["border"])
    }
    shares |= {name: findings[name].mean(axis=0) for name in ("colours", "structures")}
    return {name: np.tile(share, (len(x_new), 1)) for name, share in shares.items()}


def _turned_columns(x, suspicious, findings, x_new):
    believed = _from_described(x, suspicious, findings, x_new)
    return {name: chances[:, ::-1] for name, chances in believed.items()}


def _findings_of_the_wrong_rows(x, suspicious, findings, x_new):
    return regressions(x[-len(findings["border"]) :], findings, x_new, strength=0.3)


def _logits(x, suspicious, findings, x_new):
    believed = _from_described(x, suspicious, findings, x_new)
    return {name: np.log(p.clip(1e-6) / (1 - p).clip(1e-6)) for name, p in believed.items()}


def _strongly_shrunk(x, suspicious, findings, x_new):
    return regressions(x[: len(findings["border"])], findings, x_new, strength=0.1)


def _hardly_shrunk(x, suspicious, findings, x_new):
    return regressions(x[: len(findings["border"])], findings, x_new, strength=1e6)


def _all_alike(x, suspicious, findings, x_new):
    """Of all colours and structures too little is believed, whatever was measured."""
    believed = _from_described(x, suspicious, findings, x_new)
    return {
        "asymmetry": believed["asymmetry"],
        **{name: np.full(believed[name].shape, 0.4) for name in ("colours", "structures")},
    }


RIGHT = {
    "a strong penalty": _repairing(_no_better, _strongly_shrunk),
    "hardly any penalty": _repairing(_no_better, _hardly_shrunk),
    "kappa, and regressions": _repairing(_chance_corrected, _from_described),
    "likelihood, and findings with verdicts": _repairing(_by_likelihood, _from_both),
    "kappa, and ridge regression": _repairing(_chance_corrected, _by_ridge),
    "no better, to the letter": _repairing(_no_better, _from_described),
    "no better than one word": _repairing(_no_better_than_one_word, _from_described),
    "no better on whole lesions": _repairing(_no_better_whole, _from_described),
}

WRONG = {
    "the same two are accused": (
        _repairing(lambda *_: ["colours", "structures"], _from_described),
        "In the system you were given",
    ),
    **{
        f"a fixed cut at {cut}": (_repairing(_fixed_cut(cut), _from_described), "No fixed number")
        for cut in (0.5, 0.6, 0.7, 0.75, 0.8)
    },
    **{
        f"a fixed cut for each criterion, {words}": (
            _repairing(_fixed_cuts(**cuts), _from_described),
            "In the system you were given",
        )
        for words, cuts in {
            "tuned at home": {"asymmetry": 0.55, "colours": 0.86, "structures": 0.73},
            "between": {"asymmetry": 0.66, "colours": 0.77, "structures": 0.78},
            "low": {"asymmetry": 0.45, "colours": 0.68, "structures": 0.67},
        }.items()
    },
    "what the clinic has much of": (
        _repairing(_where_one_finding_is_common, _from_described),
        "In the system you were given",
    ),
    **{
        f"overconfident by more than {limit}": (
            _repairing(_too_sure(limit), _from_described),
            "In the system you were given",
        )
        for limit in (0.05, 0.08, 0.1)
    },
    "unsure": (_repairing(_unsure, _from_described), "In the system you were given"),
    "numbers that do not go together": (
        _repairing(_numbers_go_apart, _from_described),
        "In the system you were given",
    ),
    "none is found": (_repairing(lambda *_: [], _from_described), "you missed"),
    "all are accused": (_repairing(lambda *_: CRITERIA, _from_described), "accused"),
    "verdicts only": (
        _repairing(_chance_corrected, _from_verdicts),
        "too few are right",
    ),
    "the commonest findings": (
        _repairing(_chance_corrected, _commonest_findings),
        "whatever was measured",
    ),
    "no colour and no structure at all": (
        _repairing(_chance_corrected, _all_alike),
        "whatever was measured",
    ),
    "columns in the wrong order": (
        _repairing(_chance_corrected, _turned_columns),
        "too few are right",
    ),
    "findings of other lesions": (
        _repairing(_chance_corrected, _findings_of_the_wrong_rows),
        "too few are right",
    ),
    "the shortcut is kept": (
        lambda x, suspicious, findings, system, x_new: (
            [],
            _from_verdicts(x, suspicious, findings, x_new),
        ),
        "",
    ),
    "logits": (_repairing(_chance_corrected, _logits), "between 0 and 1"),
    "beliefs first": (
        lambda *a: _repairing(_chance_corrected, _from_described)(*a)[::-1],
        "list of names",
    ),
    "the border accused": (
        _repairing(lambda *_: ["border"], _from_described),
        "is none of",
    ),
}

HARMLESS = {
    "comparison: …name] == truth).mean() <= commonest: -> …name] == truth).mean() < *": (
        "no share lies on the limit"
    ),
}
