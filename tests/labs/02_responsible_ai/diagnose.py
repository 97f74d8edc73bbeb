"""Right and wrong answers of task `diagnose`, which prove its judge."""

from __future__ import annotations

import numpy as np
from scipy.stats import ttest_ind
from sklearn.linear_model import LinearRegression, LogisticRegression

CAUSES = ("label", "measurement", "sampling", "proxy")


def _gap(values, side):
    return float(values[side == 0].mean() - values[side == 1].mean())


def _proxy(records):
    """The area's slope in a regression with the score."""
    return -LinearRegression().fit(records[["area", "score"]], records.decided).coef_[0]


def _sizes(records, again, register):
    good = again[again.good == 1]
    return {
        "label": _gap(good.label, good.group),
        "measurement": _gap(again.score - again.true_score, again.group),
        "sampling": register - records.group.mean(),
        "proxy": _proxy(records),
    }


def by_size(records, rechecked, register):
    """Limits for each size instead of errors: a tenth, one point, three points of share."""
    sizes = _sizes(records, rechecked, register)
    limits = {"label": 0.15, "measurement": 1.5, "sampling": 0.04, "proxy": 0.07}
    cause = max(sizes, key=lambda name: sizes[name] / limits[name])
    return [cause, sizes[cause]] if sizes[cause] > limits[cause] else ["none", 0]


def by_tests(records, rechecked, register):
    """Welch's tests, Bonferroni; the area within ten bins of the score."""
    sizes = _sizes(records, rechecked, register)
    good = rechecked[rechecked.good == 1]
    error = rechecked.score - rechecked.true_score
    bins = np.digitize(records.score, np.quantile(records.score, np.linspace(0.1, 0.9, 9)))
    centred = records.decided - records.decided.groupby(bins).transform("mean")
    area = records.area - records.area.groupby(bins).transform("mean")
    sizes["proxy"] = -float(centred @ area / (area @ area))

    def p_value(values, side):
        return ttest_ind(values[side == 0], values[side == 1], equal_var=False).pvalue

    share = records.group.mean()
    z = abs(sizes["sampling"]) / np.sqrt(share * (1 - share) / len(records))
    values = {
        "label": p_value(good.label, good.group),
        "measurement": p_value(error, rechecked.group),
        "sampling": 2 * np.exp(-(z**2) / 2),
        "proxy": p_value(centred, records.area),
    }
    cause = min(values, key=values.get)
    return (np.str_(cause), np.float32(sizes[cause])) if values[cause] < 0.001 else ("none", 0.0)


def raw_gaps(records, rechecked, register):
    """The largest gap in the records, in standard deviations."""
    gaps = {
        "label": _gap(records.label, records.group),
        "measurement": _gap(records.score, records.group),
        "sampling": 0.5 - records.group.mean(),
        "proxy": _gap(records.decided, records.area),
    }
    spread = {"label": 0.5, "measurement": 10, "sampling": 0.5, "proxy": 0.5}
    cause = max(gaps, key=lambda name: abs(gaps[name]) / spread[name])
    return cause, abs(gaps[cause])


def never_none(records, rechecked, register):
    cause, size = by_size(records, rechecked, register)
    if cause == "none":
        sizes = _sizes(records, rechecked, register)
        cause = max(sizes, key=lambda name: abs(sizes[name]))
        size = sizes[cause]
    return cause, size


def largest_number(records, rechecked, register):
    sizes = _sizes(records, rechecked, register)
    cause = max(sizes, key=lambda name: abs(sizes[name]))
    return cause, sizes[cause]


def raw_size(records, rechecked, register):
    """The right cause with the raw gap as its size."""
    cause, size = by_size(records, rechecked, register)
    raw = {
        "none": 0.0,
        "label": _gap(records.label, records.group),
        "measurement": _gap(records.score, records.group),
        "sampling": 0.5 - records.group.mean(),
        "proxy": _gap(records.decided, records.group),
    }
    return cause, raw[cause]


def areas_alone(records, rechecked, register):
    """Invitations compared by area, whatever the score."""
    sizes = _sizes(records, rechecked, register) | {"proxy": _gap(records.decided, records.area)}
    limits = {"label": 0.15, "measurement": 1.5, "sampling": 0.04, "proxy": 0.07}
    cause = max(sizes, key=lambda name: sizes[name] / limits[name])
    return (cause, sizes[cause]) if sizes[cause] > limits[cause] else ("none", 0.0)


def always_none(records, rechecked, register):
    return "none", 0.0


def always_proxy(records, rechecked, register):
    return "proxy", _proxy(records)


def without_the_register(records, rechecked, register):
    """Sampling judged by the re-check, of which half is from each group by design."""
    sizes = _sizes(records, rechecked, register)
    sizes["sampling"] = rechecked.group.mean() - records.group.mean()
    limits = {"label": 0.15, "measurement": 1.5, "sampling": 0.04, "proxy": 0.07}
    cause = max(sizes, key=lambda name: sizes[name] / limits[name])
    return (cause, sizes[cause]) if sizes[cause] > limits[cause] else ("none", 0)


def model_of_the_label(records, rechecked, register):
    """What everybody tries first: does a model of the records use group or area?"""
    x = records[["group", "area", "score"]]
    label, decided = (
        LogisticRegression().fit(x, records[y]).coef_[0] for y in ("label", "decided")
    )
    found = {
        "label": -label[0] / 2,
        "measurement": _gap(records.score, records.group) / 10,
        "sampling": register - records.group.mean(),
        "proxy": -decided[1] / 4,
    }
    cause = max(found, key=lambda name: abs(found[name]))
    return (cause, found[cause]) if abs(found[cause]) > 0.05 else ("none", 0.0)


def turned_sign(records, rechecked, register):
    cause, size = by_size(records, rechecked, register)
    return cause, -size


def percent(records, rechecked, register):
    cause, size = by_size(records, rechecked, register)
    return cause, 100 * size


def without_the_good(records, rechecked, register):
    """Labels compared among all who were re-checked."""
    sizes = _sizes(records, rechecked, register)
    sizes["label"] = _gap(rechecked.label, rechecked.group)
    limits = {"label": 0.08, "measurement": 1.5, "sampling": 0.04, "proxy": 0.07}
    cause = max(sizes, key=lambda name: abs(sizes[name]) / limits[name])
    return (cause, sizes[cause]) if abs(sizes[cause]) > limits[cause] else ("none", 0)


def any_two_errors(records, rechecked, register):
    """What lies 1.96 standard errors from zero is a finding, in each of four differences."""

    def z(values, side):
        a, b = (values[side == s] for s in (0, 1))
        return _gap(values, side) / np.sqrt(a.var() / len(a) + b.var() / len(b))

    sizes = _sizes(records, rechecked, register)
    good, share = rechecked[rechecked.good == 1], records.group.mean()
    residual = records.decided - np.polyval(
        np.polyfit(records.score, records.decided, 1), records.score
    )
    far = {
        "label": z(good.label, good.group),
        "measurement": z(rechecked.score - rechecked.true_score, rechecked.group),
        "sampling": sizes["sampling"] / np.sqrt(share * (1 - share) / len(records)),
        "proxy": z(residual, records.area),
    }
    cause = max(far, key=far.get)
    return (cause, sizes[cause]) if far[cause] > 1.96 else ("none", 0.0)


RIGHT = {"limits for each size": by_size, "tests": by_tests}

WRONG = {
    "raw gaps": (raw_gaps, "causes are right"),
    "never none": (never_none, "must not find something"),
    "the largest number": (largest_number, "causes are right"),
    "raw size": (raw_size, "are off by more"),
    "areas alone": (areas_alone, "causes are right"),
    "always none": (always_none, "causes are right"),
    "always proxy": (always_proxy, "causes are right"),
    "without the register": (without_the_register, "causes are right"),
    "a model of the records": (model_of_the_label, "causes are right"),
    "sign turned": (turned_sign, "are off by more"),
    "per cent": (percent, "are off by more"),
    "two standard errors each": (any_two_errors, "must not find something"),
    "labels of all": (without_the_good, "causes are right"),
}

HARMLESS = {
    "constant: …score, records.decided, 1) -> *": "a parabola holds the score fixed as well",
    "constant: …ize) if p_value < 0.0001 else ('none', 0.0) -> *": "no p-value is near the limit",
    "comparison: …ause, size) if p_value < 0.0001 *": "no p-value is near the limit",
    "argument order: return (ttest_ind(a, b)*": "the p-value of two sides is the same",
}
