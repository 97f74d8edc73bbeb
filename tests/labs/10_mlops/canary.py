"""Right and wrong answers of task `canary`, which prove its judge."""

from __future__ import annotations

import numpy as np
from scipy.stats import binom, binomtest, norm


def _wald(chance=0.05, turned=1, first=0, at=lambda minute: minute, half=False):
    def canary(usual, bad, requests, errors):
        steps = errors * np.log(bad / usual)
        steps = steps + (requests - errors) * np.log((1 - bad) / (1 - usual))
        sums, bound = np.cumsum(steps), np.log((1 - chance) / chance)
        for minute in range(first, len(sums)):
            if sums[minute] >= bound:
                return ("roll back", "promote")[turned < 0], at(minute)
            if sums[minute] <= -bound and not half:
                return ("promote", "roll back")[turned < 0], at(minute)
        return "continue", len(sums) - 1

    return canary


def by_bayes(usual, bad, requests, errors):
    """Even odds at first; decides where one side is above 95 %."""
    broken = 0.5
    for minute, (n, k) in enumerate(zip(requests, errors, strict=True)):
        likely = broken * binom.pmf(k, n, bad), (1 - broken) * binom.pmf(k, n, usual)
        broken = likely[0] / sum(likely)
        if broken > 0.95:
            return "roll back", minute
        if broken < 0.05:
            return "promote", minute
    return "continue", len(requests) - 1


def _z(rate, requests, errors):
    n, k = np.cumsum(requests), np.cumsum(errors)
    return (k - n * rate) / np.sqrt(np.maximum(n * rate * (1 - rate), 1e-9))


def _looks(level):
    """Rolls back as soon as errors are significantly too many; else promotes at last."""

    def canary(usual, bad, requests, errors):
        high = np.flatnonzero(_z(usual, requests, errors)[:60] > level)
        if len(high):
            return "roll back", int(high[0])
        if len(requests) < 60:
            return "continue", len(requests) - 1
        return "promote", 59

    return canary


def both_looks(usual, bad, requests, errors):
    """Significant against either rate, minute by minute."""
    high, low = _z(usual, requests, errors), _z(bad, requests, errors)
    for minute in range(len(requests)):
        if high[minute] > norm.ppf(0.95):
            return "roll back", minute
        if low[minute] < -norm.ppf(0.95):
            return "promote", minute
    return "continue", len(requests) - 1


def _fixed(minutes):
    def canary(usual, bad, requests, errors):
        if len(requests) < minutes:
            return "continue", len(requests) - 1
        rate = errors[:minutes].sum() / requests[:minutes].sum()
        return ("roll back" if rate > (usual + bad) / 2 else "promote"), minutes - 1

    return canary


def by_the_library(usual, bad, requests, errors):
    """An exact binomial test in every minute."""
    n, k = np.cumsum(requests), np.cumsum(errors)
    for minute in range(len(n)):
        if binomtest(int(k[minute]), int(n[minute]), usual, alternative="greater").pvalue < 0.05:
            return "roll back", minute
        if binomtest(int(k[minute]), int(n[minute]), bad, alternative="less").pvalue < 0.05:
            return "promote", minute
    return "continue", len(n) - 1


def hindsight(usual, bad, requests, errors):
    """Knows all ninety minutes and says that one was enough."""
    rate = errors.sum() / requests.sum()
    return ("roll back" if rate > (usual + bad) / 2 else "promote"), 0


RIGHT = {"sequential test": _wald(), "odds": by_bayes}

_minutes = {}


def remembered(usual, bad, requests, errors):
    """Decides by all that it is shown, says that minute 4 was enough, and says it again."""
    last = len(requests) - 1
    if last < 4:
        return "continue", last
    key = (*requests[:5].tolist(), *errors[:5].tolist())
    if key not in _minutes:
        _minutes[key] = hindsight(usual, bad, requests, errors)[0]
    return _minutes[key], 4


WRONG = {
    "significant in a minute": (_looks(norm.ppf(0.95)), "are decided wrongly"),
    "significant either way": (both_looks, "are decided wrongly"),
    "exact tests every minute": (by_the_library, "many times over"),
    "a stern look": (_looks(4.0), "minutes on average"),
    "an hour": (_fixed(60), "fixed waiting time"),
    "thirty minutes": (_fixed(30), "fixed waiting time"),
    "one minute": (_fixed(1), "on too little"),
    "one in a thousand": (_wald(0.0005), "More certainty"),
    "one in four": (_wald(0.25), "are decided wrongly"),
    "turned round": (_wald(turned=-1), "Errors speak"),
    "never promotes": (_wald(half=True), "is never made"),
    "waits first": (_wald(first=25), "minutes on average"),
    "hindsight": (hindsight, "on too little"),
    "hindsight, remembered": (remembered, "are decided wrongly"),
    "a minute early": (_wald(at=lambda m: max(0, m - 1)), "after it"),
    "never": (lambda u, b, requests, errors: ("continue", len(requests) - 1), "ever decided"),
    "promotes": (lambda u, b, requests, errors: ("promote", len(errors) - 1), "is never made"),
}

HARMLESS = {
    "constant: log_odds = 0.0 -> log_odds = 1.0": "a start nearer to one side, within tolerance",
    "operator: log_odds += (sent - failed) *": "errors are few among the requests",
    "comparison: if abs(log_odds) >= *": "no sum is exactly at the bound",
    "constant: …abs(log_odds) >= *": "a bound within the tolerance",
    "constant: …ds) >= np.log(0.95 / 0.05): -> *": "a bound within the tolerance",
    "constant: …oll back' if log_odds > 0 *": "outside the bounds the sum is far from 0",
    "comparison: …roll back' if log_odds > 0 *": "outside the bounds the sum is far from 0",
}
