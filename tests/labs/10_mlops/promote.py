"""Right and wrong answers of task `promote`, which prove its judge."""

from __future__ import annotations

import numpy as np
from scipy.stats import binomtest, norm, ttest_rel


def _z(gain):
    return gain.mean() / (gain.std(ddof=1) / np.sqrt(len(gain)) + 1e-12)


def _duel(level=2.0, harm=-2.2, whole=_z):
    def promote(old, new, segment):
        gain = new - old
        if any(_z(gain[segment == one]) < harm for one in range(8)):
            return False
        return bool(whole(gain) > level)

    return promote


def by_signs(old, new, segment):
    """Exact tests on the cases in which the models differ."""

    def p(which, ahead, behind):
        n = int((ahead[which] != behind[which]).sum())
        won = int((ahead[which] > behind[which]).sum())
        return binomtest(won, n, alternative="greater").pvalue if n else 1.0

    harmed = [p(segment == one, old, new) < 0.02 for one in range(8)]
    return p(segment >= 0, new, old) < 0.025 and not any(harmed)


def by_the_library(old, new, segment):
    """Paired t-tests."""
    if ttest_rel(new, old, alternative="greater").pvalue > 0.02:
        return False
    return all(
        ttest_rel(new[segment == s], old[segment == s], alternative="less").pvalue > 0.01
        for s in np.unique(segment)
    )


def by_means(old, new, segment):
    return new.mean() > old.mean()


def means_in_all(old, new, segment):
    return all(new[segment == s].mean() > old[segment == s].mean() for s in range(8))


def unpaired(old, new, segment):
    error = np.sqrt(new.var() / len(new) + old.var() / len(old))
    return (new.mean() - old.mean()) / error > norm.ppf(0.975)


def unpaired_in_segments(old, new, segment):
    def ahead(a, b):
        return (a.mean() - b.mean()) / np.sqrt((a.var() + b.var()) / len(a))

    harmed = any(ahead(new[segment == s], old[segment == s]) < -2 for s in range(8))
    return ahead(new, old) > 2 and not harmed


def best_segment(old, new, segment):
    return max(_z((new - old)[segment == s]) for s in range(8)) > 2


def better_everywhere(old, new, segment):
    """Significant in every segment by itself."""
    return min(_z((new - old)[segment == s]) for s in range(8)) > 2


def _one_segment(which):
    """Looks for harm in one segment of eight."""

    def promote(old, new, segment):
        gain = new - old
        return _z(gain) > 2 and _z(gain[segment == which(segment)]) > -2.2

    return promote


def few_losses(old, new, segment):
    return _z(new - old) > 2 and (new < old).mean() < 0.028


def two_sided(old, new, segment):
    gain = new - old
    return abs(_z(gain)) > 2 and all(_z(gain[segment == one]) > -9 for one in range(8))


RIGHT = {"errors ahead": _duel(), "signs": by_signs, "paired tests": by_the_library}

WRONG = {
    "higher mean": (by_means, "by chance"),
    "higher mean in all segments": (means_in_all, "by chance"),
    "unpaired": (unpaired, "in one segment"),
    "unpaired, with segments": (unpaired_in_segments, "saw the same cases"),
    "the last segment": (_one_segment(lambda segment: 7), "in one segment"),
    "the smallest segment": (
        _one_segment(lambda segment: np.bincount(segment).argmin()),
        "in one segment",
    ),
    "few losses": (few_losses, "Of harmful ones"),
    "one model differs": (two_sided, "Worse models go out"),
    "a gain of 1.1 points": (_duel(level=0.011, whole=np.mean), "Of "),
    "blind to segments": (_duel(harm=-np.inf), "in one segment"),
    "behind by a hair": (_duel(harm=-0.2), "by chance"),
    "five errors ahead": (_duel(level=5.5), "More is asked"),
    "half an error ahead": (_duel(level=0.5), "by chance"),
    "gain of three points": (_duel(level=0.03, whole=np.mean), "the same gain of every duel"),
    "best segment": (best_segment, "Of"),
    "significant everywhere": (better_everywhere, "no good"),
    "never": (lambda old, new, segment: False, "no good"),
    "always": (lambda old, new, segment: True, "by chance"),
    "the old one": (lambda old, new, segment: by_means(new, old, segment), "Worse models go out"),
}

HARMLESS = {
    "comparison: …(gain[segment == one]) < -2.2 for one in np.unique(segment))) -> *": "nothing is "
    "exactly at the limit",
    "constant: …ain[segment == one]) < -2.2 for one in np.unique(se… -> *": "harm is five errors "
    "large, so a limit of three still sees it",
    "constant: …rn errors_ahead(gain) > 2 and (not harmed) -> *": "a stricter limit; better models "
    "are four errors ahead",
    "comparison: …urn errors_ahead(gain) > 2 and (not harmed) -> *": "nothing is exactly at the "
    "limit",
}
