"""Right and wrong answers of the task `abstain`."""

from __future__ import annotations

import numpy as np
import pandas as pd
import torch
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression


def _odds(chance):
    return np.log(chance / (1 - chance))[:, None]


def _surest(chance, suspicious, chance_new, risk):
    """Decide from the surest down, as long as the known lesions stay within the risk."""
    doubt = np.minimum(chance, 1 - chance)
    order = np.argsort(doubt)
    share = np.cumsum(((chance > 0.5) != suspicious)[order]) / np.arange(1, len(order) + 1)
    within = np.flatnonzero(share <= risk)
    limit = doubt[order[within[-1]]] if len(within) else -1
    return np.where(np.minimum(chance_new, 1 - chance_new) <= limit, chance_new > 0.5, -1.0)


def _uncalibrated(stated, suspicious, stated_new, risk):
    return _surest(stated, suspicious, stated_new, risk).tolist()


def _isotonic(stated, suspicious, stated_new, risk):
    model = IsotonicRegression(out_of_bounds="clip").fit(stated, suspicious)
    # A trace of the stated order keeps ties apart.
    old, new = (0.999 * model.predict(p) + 0.001 * p for p in (stated, stated_new))
    return torch.tensor(_surest(old, suspicious, new, risk))


def _expected_errors(stated, suspicious, stated_new, risk):
    """Calibrate, and let the calibrated chances themselves say how many errors to expect."""
    model = LogisticRegression(C=1e3).fit(_odds(stated), suspicious)
    new = model.predict_proba(_odds(stated_new))[:, 1]
    doubt = np.minimum(new, 1 - new)
    ordered = np.sort(doubt)
    within = np.cumsum(ordered) / np.arange(1, len(ordered) + 1) <= risk
    limit = ordered[within][-1] if within.any() else -1
    return np.where(doubt <= limit, (new > 0.5).astype(int), -1)


def _believing(stated, suspicious, stated_new, risk):
    sure = np.maximum(stated_new, 1 - stated_new) >= 1 - risk
    return np.where(sure, (stated_new > 0.5).astype(int), -1)


def _each_below_the_risk(stated, suspicious, stated_new, risk):
    model = LogisticRegression(C=1e3).fit(_odds(stated), suspicious)
    return _believing(stated, suspicious, model.predict_proba(_odds(stated_new))[:, 1], risk)


def _everything(stated, suspicious, stated_new, risk):
    return (stated_new > 0.5).astype(int)


def _a_share(stated, suspicious, stated_new, risk):
    """The least sure `risk` of the lesions are handed over."""
    doubt = np.minimum(stated_new, 1 - stated_new)
    return np.where(doubt < np.quantile(doubt, 1 - risk), (stated_new > 0.5).astype(int), -1)


def _believed_on_average(stated, suspicious, stated_new, risk):
    doubt = np.minimum(stated_new, 1 - stated_new)
    ordered = np.sort(doubt)
    limit = ordered[np.cumsum(ordered) / np.arange(1, len(ordered) + 1) <= risk][-1]
    return np.where(doubt <= limit, (stated_new > 0.5).astype(int), -1)


def _fixed_limit(limit):
    """The same limit for every clinic, whatever its known lesions say."""

    def decide(stated, suspicious, stated_new, risk):
        sure = np.maximum(stated_new, 1 - stated_new) >= limit
        return np.where(sure, (stated_new > 0.5).astype(int), -1)

    return decide


def _surest_share(share):
    def decide(stated, suspicious, stated_new, risk):
        doubt = np.minimum(stated_new, 1 - stated_new)
        sure = doubt <= np.quantile(doubt, share)
        return np.where(sure, (stated_new > 0.5).astype(int), -1)

    return decide


def _from_one_side(sign):
    """One limit for both sides, found by going down the list from one end only."""

    def decide(stated, suspicious, stated_new, risk):
        order = np.argsort(sign * stated)
        share = np.cumsum(((stated > 0.5) != suspicious)[order]) / np.arange(1, len(order) + 1)
        within = np.flatnonzero(share <= risk)
        last = stated[order[within[-1]]] if len(within) else 2
        sure = np.minimum(stated_new, 1 - stated_new) <= min(last, 1 - last)
        return np.where(sure, (stated_new > 0.5).astype(int), -1)

    return decide


def _a_limit_a_side(stated, suspicious, stated_new, risk):
    """Limits for suspicious and benign apart, each from the known lesions of its side."""
    said = np.full(len(stated_new), -1)
    for side, known, new in ((1, stated, stated_new), (0, 1 - stated, 1 - stated_new)):
        order = np.argsort(-known)
        share = np.cumsum((suspicious != side)[order]) / np.arange(1, len(order) + 1)
        within = np.flatnonzero((share <= risk) & (known[order] > 0.5))
        if len(within):
            said[new >= known[order[within[-1]]]] = side
    return pd.Series(said)


def _up_to_the_first_excess(stated, suspicious, stated_new, risk):
    """Goes down the list, and stops for good where an early error is a large share."""
    doubt = np.minimum(stated, 1 - stated)
    order = np.argsort(doubt)
    share = np.cumsum(((stated > 0.5) != suspicious)[order]) / np.arange(1, len(order) + 1)
    limit = doubt[order][np.argmax(share > risk)]
    return np.where(np.minimum(stated_new, 1 - stated_new) < limit, stated_new > 0.5, -1.0)


RIGHT = {
    "a limit a side, as a series": _a_limit_a_side,
    "without calibration": _uncalibrated,
    "isotonic": _isotonic,
    "expected errors": _expected_errors,
}

WRONG = {
    "a fixed limit of 0.95": (_fixed_limit(0.95), "may be"),
    "a fixed limit of 0.97": (_fixed_limit(0.97), "you decide"),
    "a fixed limit of 0.99": (_fixed_limit(0.99), "you decide"),
    "a fixed limit of 0.999": (_fixed_limit(0.999), "of that is asked"),
    "the surest half": (_surest_share(0.5), "you decide"),
    "up to the first excess": (_up_to_the_first_excess, "you decide"),
    "half the risk": (
        lambda stated, suspicious, new, risk: _surest(stated, suspicious, new, risk / 2),
        "of that is asked",
    ),
    "from the benign end": (_from_one_side(1), "you decide"),
    "from the suspicious end": (_from_one_side(-1), "you decide"),
    "the stated chances are believed": (_believing, "are believed"),
    "believed on average": (_believed_on_average, "may be"),
    "each below the risk": (_each_below_the_risk, "of that is asked"),
    "everything is decided": (_everything, "Every lesion is decided"),
    "nothing is decided": (lambda a, b, new, risk: np.full(len(new), -1), "never decides"),
    "a share of the lesions": (_a_share, "may be"),
    "probabilities": (lambda a, b, new, risk: new, "should hold"),
    "the known ones": (lambda a, known, new, risk: known, "should have shape"),
}

HARMLESS = {
    "comparison: …ubt[order][share_wrong <= risk].max(initial=0) -> *": "no share is the "
    "risk exactly",
    "comparison: …urn np.where(doubt_new <= limit, *": "no new lesion lies on the limit",
    "wheel: exam instance is in practice.json": "a share of 7,500 lesions may come up twice",
}
