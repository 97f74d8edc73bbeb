"""Right and wrong answers of task `triage`, which prove its judge."""

from __future__ import annotations

import numpy as np
from scipy.optimize import minimize
from scipy.special import softmax
from sklearn.calibration import CalibratedClassifierCV
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeClassifier


def _sober(scores, labels, new):
    return LogisticRegression(max_iter=1000).fit(scores, labels).predict_proba(new)


def by_likelihood(scores, labels, new, costs):
    """One factor and two shifts, fitted by hand."""

    def chances(w, x):
        return softmax(x * w[0] + np.r_[0.0, w[1:]], axis=1)

    def loss(w):
        return -np.log(chances(w, scores)[np.arange(len(labels)), labels] + 1e-12).mean()

    found = minimize(loss, [0.4, 0.0, 0.0]).x
    return (chances(found, new) @ costs).argmin(axis=1).tolist()


def with_curves(scores, labels, new, costs):
    """A regression on differences of scores, decisions mail by mail."""
    both = [np.c_[x[:, 0] - x[:, 1], x[:, 1] - x[:, 2]] for x in (scores, new)]
    model = LogisticRegression(C=10.0, max_iter=1000).fit(both[0], labels)
    return [int(np.argmin(row @ costs)) for row in model.predict_proba(both[1])]


def believed(scores, labels, new, costs):
    return (softmax(new, axis=1) @ costs).argmin(axis=1)


def cooled_by_eye(scores, labels, new, costs):
    return (softmax(new / 2, axis=1) @ costs).argmin(axis=1)


def largest(scores, labels, new, costs):
    return new.argmax(axis=1)


def predicted(scores, labels, new, costs):
    """The library's own prediction."""
    return LogisticRegression(max_iter=1000).fit(scores, labels).predict(new)


def likely_or_ask(scores, labels, new, costs):
    """The likeliest priority, or a question where that is cheaper."""
    p = _sober(scores, labels, new)
    likely = p.argmax(axis=1)
    return np.where((p @ costs)[np.arange(len(p)), likely] <= costs[0, 3], likely, 3)


def few_labels(scores, labels, new, costs):
    return (_sober(scores[:200], labels[:200], new) @ costs).argmin(axis=1)


def half(scores, labels, new, costs):
    p = _sober(scores, labels, new)
    return np.where(p.max(axis=1) > 0.5, p.argmax(axis=1), 3)


def never_asks(scores, labels, new, costs):
    return (_sober(scores, labels, new) @ costs[:, :3]).argmin(axis=1)


def always_asks(scores, labels, new, costs):
    return np.full(len(new), 3)


def turned(scores, labels, new, costs):
    square = np.c_[costs[:, :3].T, costs[:, 3]]
    return (_sober(scores, labels, new) @ square).argmin(axis=1)


def accuracy_first(scores, labels, new, costs):
    """Asks about the least sure fifth, whatever it costs."""
    p = _sober(scores, labels, new)
    unsure = p.max(axis=1) < np.quantile(p.max(axis=1), 0.2)
    return np.where(unsure, 3, p.argmax(axis=1))


def _with(table):
    """Decides by another table of costs."""

    def triage(scores, labels, new, costs):
        return (_sober(scores, labels, new) @ np.array(table)).argmin(axis=1)

    return triage


def a_tree(scores, labels, new, costs):
    """Sure of what it has learned by heart."""
    p = DecisionTreeClassifier(random_state=0).fit(scores, labels).predict_proba(new)
    return (p @ costs).argmin(axis=1)


def sure_on_the_wrong_mails(scores, labels, new, costs):
    """Calibrates the model against its own largest score."""
    own = scores.argmax(axis=1)
    model = CalibratedClassifierCV(LogisticRegression(max_iter=1000)).fit(scores, own)
    return (model.predict_proba(new) @ costs).argmin(axis=1)


RIGHT = {"by likelihood": by_likelihood, "on differences, mail by mail": with_curves}

WRONG = {
    "scores believed": (believed, "too sure of itself"),
    "cooled by eye": (cooled_by_eye, "times the least possible"),
    "largest score": (largest, "whatever a mistake costs"),
    "the library's prediction": (predicted, "whatever a mistake costs"),
    "threshold of one half": (half, "threshold of one half"),
    "likeliest or ask": (likely_or_ask, "the second likeliest priority"),
    "two hundred labels": (few_labels, "times the least possible"),
    "never asks": (never_asks, "Nobody is ever asked"),
    "always asks": (always_asks, "Everything is asked"),
    "costs turned round": (turned, "times the least possible"),
    "the least sure fifth": (accuracy_first, "times the least possible"),
    "the costs of the text": (
        _with([[0, 30, 80, 3.5], [6, 0, 25, 3.5], [12, 1.5, 0, 3.5]]),
        "times the least possible",
    ),
    "all mistakes alike": (
        _with(np.c_[30 * (1 - np.eye(3)), [3.5] * 3]),
        "times the least possible",
    ),
    "a tree": (a_tree, "times the least possible"),
    "calibrated on its own opinion": (sure_on_the_wrong_mails, "times the least possible"),
}
