"""Right and wrong answers of task `evaluate`, which prove its judge."""

from __future__ import annotations

import numpy as np


def _answer(
    ratio=lambda new, old: new / old, kept=1.0, spread="dr", sure="kish", dr="right", wide=1.96
):
    """The estimators with one thing changed."""

    def evaluate(items, clicks, logged, target, model):
        new = target[np.arange(len(items)), items]
        weight = ratio(new, logged)
        weight = np.minimum(weight, kept * weight.max()) if kept < 1 else weight
        shown = model[np.arange(len(items)), items]
        first = {"right": (target * model).sum(axis=1), "as logged": shown}[
            dr if dr in ("right", "as logged") else "right"
        ]
        terms = first + (0 if dr == "model" else weight * (clicks - shown))
        terms = np.broadcast_to(terms, clicks.shape)
        numbers = {"dr": terms, "clicks": clicks, "ips": weight * clicks}[spread]
        margin = wide * np.std(numbers, ddof=1) / np.sqrt(len(items))
        size = {
            "kish": weight.sum() ** 2 / (weight**2).sum(),
            "always": len(items),
            "never": 0,
            "clicks": clicks.sum() * 2,
            "positive": (weight > 1).sum(),
        }[sure]
        estimate = terms.mean()
        snips = (weight * clicks).sum() / weight.sum()
        return (
            np.mean(weight * clicks), snips, estimate, estimate - margin, estimate + margin,
            size >= 0.05 * len(items),
        )  # fmt: skip

    return evaluate


def bootstrap(items, clicks, logged, target, model):
    """The interval from 200 resamples; effective size from the variation of the weights."""
    rows = np.arange(len(items))
    weight = target[rows, items] / logged
    terms = np.einsum("ij,ij->i", target, model) + weight * (clicks - model[rows, items])
    rng = np.random.default_rng(len(items))
    means = terms[rng.integers(len(terms), size=(200, len(terms)))].mean(axis=1)
    low, high = np.quantile(means, (0.025, 0.975))
    varied = weight.std() / weight.mean()
    return {
        "ips": weight @ clicks / len(clicks),
        "snips": weight @ clicks / weight.sum(),
        "dr": terms.mean(),
        "low": low,
        "high": high,
        "enough": 1 / (1 + varied**2) >= 0.05,
    }.values()


def by_hand(items, clicks, logged, target, model):
    """A loop over visits, Python numbers."""
    sums = dict.fromkeys(("w", "w2", "wr", "t", "t2"), 0.0)
    for item, click, p, new, said in zip(items, clicks, logged, target, model, strict=True):
        w = float(new[item] / p)
        t = float(new @ said) + w * (float(click) - float(said[item]))
        for name, value in (("w", w), ("w2", w * w), ("wr", w * click), ("t", t), ("t2", t * t)):
            sums[name] += value
    n = len(items)
    mean = sums["t"] / n
    margin = 2 * np.sqrt((sums["t2"] / n - mean**2) / n)
    return (
        sums["wr"] / n, sums["wr"] / sums["w"], mean, mean - margin, mean + margin,
        bool(sums["w"] ** 2 / sums["w2"] >= n / 20),
    )  # fmt: skip


def of_the_old_policy(items, clicks, logged, target, model):
    mean, margin = clicks.mean(), 1.96 * clicks.std() / np.sqrt(len(clicks))
    return mean, mean, mean, mean - margin, mean + margin, True


def only_where_they_agree(items, clicks, logged, target, model):
    """Replay: visits in which the old policy showed what the new one likes best."""
    agree = target.argmax(axis=1) == items
    mean = clicks[agree].mean() if agree.any() else 0.0
    margin = 1.96 * clicks.std() / np.sqrt(max(agree.sum(), 1))
    return mean, mean, mean, mean - margin, mean + margin, agree.sum() >= 0.05 * len(items)


def _doubting(sure):
    """Right but for `enough`, which is read from the weights and the interval's width."""

    def evaluate(items, clicks, logged, target, model):
        *numbers, low, high, _ = by_hand(items, clicks, logged, target, model)
        weight = target[np.arange(len(items)), items] / logged
        return (*numbers, low, high, bool(sure(weight, high - low)))

    return evaluate


def one_width(items, clicks, logged, target, model):
    """Right but for the interval, which is as wide for one log as for the next."""
    *numbers, _, _, sure = by_hand(items, clicks, logged, target, model)
    margin = 1.96 * 0.57 / np.sqrt(len(items))
    return (*numbers, numbers[-1] - margin, numbers[-1] + margin, sure)


def width_by_weights(items, clicks, logged, target, model):
    """A constant, tuned at home, over the root of the effective sample."""
    *numbers, _, _, sure = by_hand(items, clicks, logged, target, model)
    weight = target[np.arange(len(items)), items] / logged
    margin = 1.96 * 0.32 * np.sqrt((weight**2).sum()) / weight.sum()
    return (*numbers, numbers[-1] - margin, numbers[-1] + margin, sure)


def share_of_clicks(items, clicks, logged, target, model):
    """The interval of a share, for as many visits as the weights are worth."""
    ips, snips, dr, _, _, sure = by_hand(items, clicks, logged, target, model)
    weight = target[np.arange(len(items)), items] / logged
    size = weight.sum() ** 2 / (weight**2).sum()
    margin = 1.96 * np.sqrt(snips * (1 - snips) / size)
    return ips, snips, dr, dr - margin, dr + margin, sure


def around_snips(items, clicks, logged, target, model):
    ips, snips, dr, low, high, sure = by_hand(items, clicks, logged, target, model)
    return ips, snips, dr, snips - (high - low) / 2, snips + (high - low) / 2, sure


def width_of_the_clicks(items, clicks, logged, target, model):
    """The spread of the clicks, made as wide as is usual."""
    *numbers, _, _, sure = by_hand(items, clicks, logged, target, model)
    margin = 1.96 * 1.53 * clicks.std() / np.sqrt(len(items))
    return (*numbers, numbers[-1] - margin, numbers[-1] + margin, sure)


def clicks_worth(items, clicks, logged, target, model):
    """Right but for `enough`, which counts equally weighted clicks instead of visits."""
    *numbers, low, high, _ = by_hand(items, clicks, logged, target, model)
    weight = clicks * target[np.arange(len(items)), items] / logged
    sure = weight.sum() ** 2 / (weight**2).sum() >= 0.05 * len(items)
    return (*numbers, low, high, bool(sure))


def width_without_heavy_weights(items, clicks, logged, target, model):
    """Right but for the width, for which weights above twenty are cut off."""
    *numbers, _, _, sure = by_hand(items, clicks, logged, target, model)
    rows = np.arange(len(items))
    weight = np.minimum(target[rows, items] / logged, 20)
    terms = (target * model).sum(axis=1) + weight * (clicks - model[rows, items])
    margin = 1.96 * terms.std() / np.sqrt(len(items))
    return (*numbers, numbers[-1] - margin, numbers[-1] + margin, sure)


def _weighted_misses(items, clicks, logged, target, model):
    rows = np.arange(len(items))
    return target[rows, items] / logged * (clicks - model[rows, items])


def _width_of_parts(model_part, together=0.0):
    """Right but for the width, from the parts of DR's terms as if one correlation fitted all."""

    def evaluate(items, clicks, logged, target, model):
        *numbers, _, _, sure = by_hand(items, clicks, logged, target, model)
        missed = _weighted_misses(items, clicks, logged, target, model)
        said = model_part * (target * model).sum(axis=1)
        varied = missed.var() + said.var() + 2 * together * missed.std() * said.std()
        margin = 2 * np.sqrt(varied / len(items))
        return (*numbers, numbers[-1] - margin, numbers[-1] + margin, sure)

    return evaluate


RIGHT = {"bootstrap": bootstrap, "loop": by_hand}

WRONG = {
    "ratio upside down": (_answer(ratio=lambda new, old: old / new), "upside down"),
    "no ratio": (_answer(ratio=lambda new, old: new), "A weight is a ratio"),
    "model alone": (_answer(dr="model"), "carries its error over"),
    "model as logged": (_answer(dr="as logged"), "not about what was shown"),
    "always sure": (_answer(sure="always"), "Many rows are not many visits"),
    "never sure": (_answer(sure="never"), "Not every log"),
    "as many as clicks": (_answer(sure="clicks"), ""),
    "as many as weights above one": (_answer(sure="positive"), ""),
    "heaviest visit": (_doubting(lambda w, wide: w.sum() / w.max() >= 0.05 * len(w)), ""),
    "narrow enough": (_doubting(lambda w, wide: wide < 0.1), ""),
    "spread of the clicks": (_answer(spread="clicks"), "both vary, together"),
    "width of the weighted part": (_width_of_parts(0), "both vary, together"),
    "parts taken as independent": (_width_of_parts(1), "both vary, together"),
    "one correlation of the parts, from home": (_width_of_parts(1, 0.2), "times as wide"),
    "1.8 standard errors": (_answer(wide=1.8), "how many standard errors"),
    "mean weight taken for one": (
        _doubting(lambda w, wide: (w**2).mean() <= 20),
        "their mean is not always one",
    ),
    "90 %": (_answer(wide=1.645), "how many standard errors"),
    "one width for all logs": (one_width, ""),
    "a width made of the weights": (width_by_weights, ""),
    "the interval of a share": (share_of_clicks, "times as wide"),
    "around SNIPS": (around_snips, "half widths away"),
    "clicks that the weights are worth": (
        clicks_worth,
        "as good as",
    ),
    "a width made of the clicks": (width_of_the_clicks, ""),
    "a width without heavy weights": (width_without_heavy_weights, ""),
    "interval of IPS": (_answer(spread="ips"), "times as wide"),
    "very wide": (_answer(wide=4), "times as wide"),
    "one standard error": (_answer(wide=1), "how many standard errors"),
    "weights cut": (_answer(kept=0.3), "you say"),
    "value of the old policy": (of_the_old_policy, "value of the old policy"),
    "replay": (only_where_they_agree, "you say"),
}

HARMLESS = {
    "comparison: … / (weight ** 2).sum() >= 0.05 * len(items) -> *": "no log lies at the limit",
    "constant: …eight ** 2).sum() >= 0.05 * len(items) -> *": (
        "logs are worth less than .035 or more than .08 of their visits"
    ),
}
