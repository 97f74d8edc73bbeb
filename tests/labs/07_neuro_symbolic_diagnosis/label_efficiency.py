"""Right and wrong answers of the task `label_efficiency`."""

from __future__ import annotations

import numpy as np
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import SVC

from labkit.trends.neuro_symbolic_diagnosis import perception
from labkit.trends.neuro_symbolic_diagnosis.world.scores import tds_tenths

from .learning import regressions, through_the_rule, verdict


def _verdict_regression(x, findings, suspicious, x_new):
    return perception.verdict_regression(x, suspicious).predict(x_new)


def _verdict_neighbours(x, findings, suspicious, x_new):
    return KNeighborsClassifier(7).fit(x, suspicious).predict(x_new)


def _verdict_forest(x, findings, suspicious, x_new):
    return RandomForestClassifier(100, random_state=0).fit(x, suspicious).predict(x_new)


def _commonest_verdict(x, findings, suspicious, x_new):
    return np.full(len(x_new), round(float(np.mean(suspicious))))


def _by_rule(x, findings, suspicious, x_new):
    return verdict(regressions(x, findings, x_new, strength=1.0))


def _probabilities(x, findings, suspicious, x_new):
    return perception.verdict_regression(x, suspicious).predict_proba(x_new)[:, 1]


def _verdict_vectors(x, findings, suspicious, x_new):
    return SVC().fit(x, suspicious).predict(x_new)


def _verdict_discriminant(x, findings, suspicious, x_new):
    model = LinearDiscriminantAnalysis(solver="lsqr", shrinkage="auto")
    return model.fit(x, suspicious).predict(x_new)


def _asymmetry_alone(x, findings, suspicious, x_new):
    model = LogisticRegression(C=10, max_iter=3_000).fit(x, findings["asymmetry"])
    return model.predict(x_new) == 2


def _rule_of_thumb(x, findings, suspicious, x_new):
    """Asymmetry twice, whatever can be counted once, no border; cut where the verdicts fit best."""
    points = 2 * findings["asymmetry"] + findings["colours"].sum(1) + findings["structures"].sum(1)
    cuts = np.arange(0.5, 15)
    fits = ((points > cuts[:, None]) == suspicious).mean(axis=1)
    return Ridge(0.5).fit(x, points).predict(x_new) > cuts[fits == fits.max()].mean()


def _without_the_border(x, findings, suspicious, x_new):
    """The right weights of what weighs most, cut where the verdicts fit best."""
    points = 13 * findings["asymmetry"]
    points = points + 5 * (findings["colours"].sum(axis=1) + findings["structures"].sum(axis=1))
    cuts = np.arange(20.5, 80)
    fits = ((points > cuts[:, None]) == suspicious).mean(axis=1)
    return Ridge(1.0).fit(x, points).predict(x_new) > cuts[fits == fits.max()].mean()


def _no_border(x, findings, suspicious, x_new):
    """Everything else learned well; the border weighs little, so it is taken for 0."""
    believed = regressions(x, findings, x_new, strength=10.0)
    return verdict({**believed, "border": np.eye(9)[np.zeros(len(x_new), int)]})


def _mean_border(x, findings, suspicious, x_new):
    """Everything else learned well; every lesion gets the mean border of the fifty."""
    believed = regressions(x, findings, x_new, strength=10.0)
    mean = round(float(findings["border"].mean()))
    return verdict({**believed, "border": np.eye(9)[np.full(len(x_new), mean)]})


def _points_cut(x, points, suspicious, x_new):
    """A straight line to some points, cut where they fit the verdicts best."""
    cuts = np.arange(-0.5, 40)
    fits = ((points > cuts[:, None]) == suspicious).mean(axis=1)
    return Ridge(1.0).fit(x, points).predict(x_new) > cuts[fits == fits.max()].mean()


def _border_and_asymmetry(x, findings, suspicious, x_new):
    points = 13 * findings["asymmetry"] + findings["border"]
    return _points_cut(x, points, suspicious, x_new)


def _border_alone(x, findings, suspicious, x_new):
    return _points_cut(x, findings["border"], suspicious, x_new)


def _by_ridge(x, findings, suspicious, x_new):
    """Straight lines, kept in the range that counts can have."""
    counts = [findings[name] for name in ("asymmetry", "border")]
    counts += [findings[name].sum(axis=1) for name in ("colours", "structures")]
    said = Ridge(1.0).fit(x, np.column_stack(counts)).predict(x_new)
    return np.clip(said, [0, 0, 1, 1], [2, 8, 6, 5]) @ [13, 1, 5, 5] > 47.5


class _Remembering:
    """Keeps all lesions it was ever shown, as if all clinics had one device."""

    def __init__(self):
        self._seen = []

    def __call__(self, x, findings, suspicious, x_new):
        width = min([x.shape[1], *(old.shape[1] for old, _ in self._seen)])
        self._seen = [*self._seen, (x, suspicious)][-6:]
        table = np.vstack([old[:, :width] for old, _ in self._seen])
        labels = np.concatenate([known for _, known in self._seen])
        model = LogisticRegression(C=0.1, max_iter=500).fit(table, labels)
        return model.predict(x_new[:, :width])


def _most_likely_without_penalty(x, findings, suspicious, x_new):
    """These devices are clear: neither the penalty nor the doubt is what pays."""
    likely = perception.most_likely(regressions(x, findings, x_new, strength=1e4))
    return tds_tenths(**likely) > 47.5


RIGHT = {
    "ridge regressions, and the rule": _by_ridge,
    "the most likely findings, without a penalty": _most_likely_without_penalty,
    "a regression a finding, and the rule": _by_rule,
    "findings and verdicts, through the rule": lambda x, findings, suspicious, x_new: verdict(
        through_the_rule(x, x_new, suspicious, findings, weight=0.3)
    ),
}

WRONG = {
    "the asymmetry alone": (_asymmetry_alone, "is asked"),
    "the rule without the border": (_without_the_border, "is asked"),
    "findings, the border left out": (_no_border, "without the border"),
    "findings, the border at its mean": (_mean_border, "without the border"),
    "border and asymmetry": (_border_and_asymmetry, "is asked"),
    "the border alone": (_border_alone, "is asked"),
    "a rule of thumb": (_rule_of_thumb, "is asked"),
    "a support vector machine": (_verdict_vectors, "is asked"),
    "shrunken discriminant analysis": (_verdict_discriminant, "is asked"),
    "remembering earlier clinics": (_Remembering(), "is asked"),
    "a regression of the verdict": (_verdict_regression, "from the verdicts alone"),
    "neighbours": (_verdict_neighbours, "is asked"),
    "a forest": (_verdict_forest, "is asked"),
    "the commonest verdict": (_commonest_verdict, "same verdict"),
    "verdicts turned": (lambda *a: 1 - _by_rule(*a), "verdicts are turned"),
    "the upper limit": (
        lambda x, findings, suspicious, x_new: verdict(regressions(x, findings, x_new), 62),
        "is asked",
    ),
    "probabilities": (_probabilities, "should hold 0 or 1"),
    "for the old lesions": (lambda x, f, suspicious, x_new: suspicious, "should have shape"),
}

HARMLESS = {
    "constant: …or[:, above].sum(1) > 0.5).int() -> *": "the devices are clear: few posteriors lie "
    "between a half and three quarters",
    "constant: …s = [chances(presences, 2)[:, 1] for presences in… -> *": "fifty lesions have both "
    "values of a presence, and one average lesion more or less moves no regression",
    "comparison: …erior[:, above].sum(1) > 0.5).int() -> *": "no chance is one half exactly",
}
