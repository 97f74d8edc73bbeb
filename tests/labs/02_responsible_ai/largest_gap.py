"""Right and wrong answers of task `largest_gap`, which prove its judge."""

from __future__ import annotations

import numpy as np
from scipy.stats import binomtest, chi2_contingency, norm, studentized_range


def _wald(chosen, people, z):
    p = (chosen + 1) / (people + 2)
    error = np.sqrt(p * (1 - p) / (people + 2))
    gaps = p[:, None] - p[None] - z * np.sqrt(error[:, None] ** 2 + error[None] ** 2)
    np.fill_diagonal(gaps, -1)
    return float(gaps.max())


def all_pairs(chosen, people):
    """Agresti and Caffo's intervals of all pairs, Bonferroni."""
    pairs = len(people) * (len(people) - 1) / 2
    return _wald(chosen, people, norm.ppf(1 - 0.025 / pairs))


def studentised(chosen, people):
    """The studentised range instead of Bonferroni (Tukey and Kramer)."""
    return np.float64(_wald(chosen, people, _range(len(people)) / np.sqrt(2)))


def _range(groups, known={}):  # noqa: B006
    if groups not in known:
        known[groups] = studentized_range.ppf(0.95, groups, 1e6)
    return known[groups]


def at_face_value(chosen, people):
    return np.ptp(chosen / people)


def one_pair(chosen, people):
    return _wald(chosen, people, norm.ppf(0.975))


def one_sided_pair(chosen, people):
    return _wald(chosen, people, norm.ppf(0.95))


def extremes_apart(chosen, people):
    """The highest against the lowest, their two intervals end to end."""
    rate = chosen / people
    ends = [
        binomtest(int(chosen[place]), int(people[place])).proportion_ci(method="wilson")
        for place in (rate.argmax(), rate.argmin())
    ]
    return max(0.0, (ends[0].low - ends[1].high) + 0.08)


def nothing(chosen, people):
    return 0.0


def a_tenth(chosen, people):
    return 0.1


def four_fifths(chosen, people):
    """The gap counts only if the ratio is below four fifths."""
    rate = chosen / people
    return np.ptp(rate) if rate.min() < 0.8 * rate.max() else 0.0


def against_the_mean(chosen, people):
    p = chosen.sum() / people.sum()
    z = np.abs(chosen / people - p) - 1.96 * np.sqrt(p * (1 - p) / people)
    return 2 * z.max()


def against_the_first(chosen, people):
    """Bounds that hold, but only for pairs with the first group."""
    p, pairs = (chosen + 1) / (people + 2), len(people) * (len(people) - 1) / 2
    squared = p * (1 - p) / (people + 2)
    error = np.sqrt(squared[0] + squared[1:])
    return float((np.abs(p[1:] - p[0]) - norm.ppf(1 - 0.025 / pairs) * error).max())


def three_errors(chosen, people):
    """Three standard errors, however many groups there are."""
    return _wald(chosen, people, 3.0)


def after_a_test(chosen, people):
    """Half the gap seen, if a chi-square test of all groups is significant."""
    p_value = chi2_contingency(np.array([chosen, people - chosen])).pvalue
    return 0.5 * np.ptp(chosen / people) if p_value < 0.05 else 0.0


def plain_normal(chosen, people):
    """All pairs with the textbook's variances: none chosen has no error."""
    rate, pairs = chosen / people, len(people) * (len(people) - 1) / 2
    squared = rate * (1 - rate) / people
    gaps = rate[:, None] - rate
    return float((gaps - norm.ppf(1 - 0.025 / pairs) * np.sqrt(squared[:, None] + squared)).max())


def half_of_it(chosen, people):
    return 0.5 * np.ptp(chosen / people)


def gated(chosen, people):
    """Two fifths of the gap seen, if a chi-square test of all groups is significant."""
    p_value = chi2_contingency(np.array([chosen, people - chosen])).pvalue
    return 0.4 * np.ptp(chosen / people) if p_value < 0.05 else 0.0


def remembered(chosen, people, known={}):  # noqa: B006
    """The mean rates of all draws of these groups so far, less three errors and a half."""
    past = known.setdefault(tuple(people), [])
    past.append(chosen / people)
    error = np.sqrt(0.25 / people.min() / len(past))
    return max(0.0, np.ptp(np.mean(past, axis=0)) - 3.5 * error) if len(past) > 11 else 0.0


def whole_interval(chosen, people):
    """All pairs, but each with the confidence of all pairs squared away to certainty."""
    return _wald(chosen, people, 6.0)


RIGHT = {"all pairs": all_pairs, "studentised range": studentised}

WRONG = {
    "at face value": (at_face_value, "is not free"),
    "one pair by itself": (one_pair, "is not free"),
    "one pair, one-sided": (one_sided_pair, "is not free"),
    "extremes end to end": (extremes_apart, "is not free"),
    "nothing": (nothing, "could be said"),
    "a tenth": (a_tenth, "is not free"),
    "four fifths": (four_fifths, "is not free"),
    "against the mean": (against_the_mean, "is not free"),
    "against the first group alone": (against_the_first, "could be said"),
    "three standard errors": (three_errors, "is not free"),
    "after a test": (after_a_test, "true gap"),
    "plain normal": (plain_normal, "is not free"),
    "half of it": (half_of_it, "is not free"),
    "two fifths after a test": (gated, "could be said"),
    "remembered": (remembered, "true gap"),
    "far too careful": (whole_interval, "could be said"),
}

HARMLESS = {
    "constant: sure = 1 - 0.1 / len(pairs) -> sure = 1 - 0.15 / len(pairs)": "7.5 % may be missed "
    "instead of 5; two hundred draws hardly tell these apart, and the bar leaves room for luck",
    "argument order: …a] - rate[b] - np.hypot(*": "a hypotenuse does not know its legs apart",
    "wheel: exam answer is in practice answer": "two groups with the same counts as two "
    "others have the same bound, in one of some thousand draws",
}
