"""Right and wrong answers of the task `distil`."""

from __future__ import annotations

import warnings

import numpy as np
from scipy.optimize import minimize
from scipy.special import log_softmax, softmax


def _fit(x, targets, ridge=1e-3):
    table, shape = np.c_[np.ones(len(x)), x], (x.shape[1] + 1, targets.shape[1])

    def loss(flat):
        scores = table @ flat.reshape(shape)
        value = -(targets * log_softmax(scores, axis=1)).sum() / len(x)
        slope = table.T @ (softmax(scores, axis=1) - targets) / len(x)
        return value + ridge * flat @ flat / 2, slope.ravel() + ridge * flat

    start = np.zeros(shape[0] * shape[1])
    return minimize(loss, start, jac=True, method="L-BFGS-B").x.reshape(shape)


def _losses(students, x, y):
    table = np.c_[np.ones(len(x)), x]
    return [
        -log_softmax(table @ weights, axis=1)[np.arange(len(y)), y].mean() for weights in students
    ]


def _softer(teacher, temperature):
    return softmax(np.log(np.maximum(teacher, 1e-12)) / temperature, axis=1)


def _known(y, teacher):
    return np.eye(teacher.shape[1])[y]


def students_scaled(x, y, teacher, x_val, y_val):
    """One student of the teacher, whose scores are then scaled; or one of the labels."""
    taught = _fit(x, teacher, 1e-6)
    students = [_fit(x, _known(y, teacher))]
    students += [taught * factor for factor in np.geomspace(0.2, 5, 41)]
    return students[int(np.argmin(_losses(students, x_val, y_val)))]


def many_temperatures(x, y, teacher, x_val, y_val):
    """A student for each of many temperatures; two of the labels."""
    students = [_fit(x, _known(y, teacher), ridge) for ridge in (1e-3, 1e-2)]
    students += [_fit(x, _softer(teacher, t), 1e-5) for t in np.geomspace(0.2, 5, 17)]
    return students[int(np.argmin(_losses(students, x_val, y_val)))]


def straight(x, y, teacher, x_val, y_val):
    """Scores of the teacher are linear in x: least squares, then a factor by validation."""
    scores = np.log(np.maximum(teacher, 1e-12))
    line = np.linalg.lstsq(np.c_[np.ones(len(x)), x], scores)[0]
    students = [line * factor for factor in np.geomspace(0.15, 6, 60)]
    students += [_fit(x, _known(y, teacher), ridge) for ridge in (1e-3, 1e-2)]
    return students[int(np.argmin(_losses(students, x_val, y_val)))]


def _sklearn(x, y, classes):
    from sklearn.linear_model import LogisticRegression

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = LogisticRegression(max_iter=500).fit(x, y)
    weights = np.zeros((x.shape[1] + 1, classes))
    weights[0] = -30.0
    if len(model.classes_) == classes:
        weights[:] = np.c_[model.intercept_, model.coef_].T
    return weights


def by_accuracy(x, y, teacher, x_val, y_val):
    students = [_fit(x, _known(y, teacher))]
    students += [_fit(x, _softer(teacher, t), 1e-5) for t in (1.0, 0.5, 2.0, 3.0, 0.33)]
    table = np.c_[np.ones(len(x_val)), x_val]
    return max(students, key=lambda w: ((table @ w).argmax(axis=1) == y_val).mean())


def untempered(x, y, teacher, x_val, y_val):
    students = [_fit(x, _known(y, teacher)), _fit(x, teacher, 1e-5)]
    return students[int(np.argmin(_losses(students, x_val, y_val)))]


def kept_soft(x, y, teacher, x_val, y_val):
    return _fit(x, _softer(teacher, 3.0), 1e-5)


def all_labels(x, y, teacher, x_val, y_val):
    return _fit(np.r_[x, x_val], _known(np.r_[y, y_val], teacher), 1e-3)


RIGHT = {
    "the student is scaled": students_scaled,
    "many temperatures": many_temperatures,
    "straight lines": straight,
}
WRONG = {
    "labels alone": (lambda x, y, t, xv, yv: _fit(x, _known(y, t)), "not listened to"),
    "scikit-learn on the teacher's classes": (
        lambda x, y, t, xv, yv: _sklearn(x, t.argmax(axis=1), t.shape[1]),
        "with this teacher",
    ),
    "teacher's classes": (
        lambda x, y, t, xv, yv: _fit(x, np.eye(t.shape[1])[t.argmax(axis=1)]),
        "with this teacher",
    ),
    "always trusted": (lambda x, y, t, xv, yv: _fit(x, t, 1e-7), "with this teacher"),
    "half and half": (
        lambda x, y, t, xv, yv: _fit(x, (t + _known(y, t)) / 2, 1e-7),
        "with this teacher",
    ),
    "temperature 3 for all": (kept_soft, "with this teacher"),
    "no temperature": (untempered, "with this teacher"),
    "chosen by accuracy": (by_accuracy, "with this teacher"),
    "all labels, no teacher": (all_labels, "with this teacher"),
    "zeros": (lambda x, y, t, xv, yv: np.zeros((x.shape[1] + 1, t.shape[1])), "with this"),
}

HARMLESS = {
    "function: return -np.mean([said[row, label] for r… -> *": "a sum is least where its mean is",
    "constant: …ature in np.geomspace(0.2, 5, 15): -> *": "these temperatures are enough, too",
    "constant: …re in np.geomspace(0.2, 5, 15): -> *": "these temperatures are enough, too",
    "constant: …n np.geomspace(0.2, 5, 15): -> *": "these temperatures are enough, too",
    "argument order: …erature in np.geomspace(0.2, 5, 15): -> *": "the same temperatures",
    "operator: …np.log(teacher + 1e-12) / temperature, axis=1))) -> *": "from 1/5 to 5 both ways",
}
