"""Right and wrong answers of task `broken_promises`, which prove its judge."""

from __future__ import annotations

import numpy as np
from scipy.stats import beta

from labkit.privacy_audit import audit_epsilon

RUNS = 20_000


def _people(rows):
    who, times = np.unique(rows[:, 0], return_counts=True)
    return who[np.argsort(-times)]


def _watched_rare(rows):
    return rows[rows[:, 1] == np.bincount(rows[:, 1]).argmin(), 0]


def _nearer(one, other):
    here, there = one.mean(axis=0), other.mean(axis=0)
    return [(abs(part - there) - abs(part - here)).sum(axis=1) for part in (one, other)]


def _audit(people, numbers, told=audit_epsilon, limit=lambda epsilon: epsilon):
    """Remove `people(rows)`, look at `numbers(one, other)`."""

    def broken_promises(vendors, rows, epsilon):
        named = []
        for name, vendor in vendors.items():
            whole = vendor(rows, RUNS, 11)
            for number, person in enumerate(people(rows)):
                other = vendor(rows[rows[:, 0] != person], RUNS, 12 + number)
                if any(told(a, b) > limit(epsilon) for a, b in numbers(whole, other)):
                    named.append(name)
                    break
        return named

    return broken_promises


def everybody_likely(rows):
    return [_people(rows)[0], _watched_rare(rows)[-1], _people(rows)[1]]


def all_numbers(one, other):
    """The rare title, the sum, and what joins all titles."""
    rare = one.mean(axis=0).argmin()
    return [
        _nearer(one, other),
        (one[:, rare], other[:, rare]),
        (one.sum(axis=1), other.sum(axis=1)),
    ]


def each_title(one, other):
    return list(zip(one.T, other.T, strict=True))


def by_thresholds(one, other):
    """An audit of one's own: 99.99 % bounds of one share, at the median of either."""
    one, other = np.asarray(one), np.asarray(other)
    half = len(one) // 2
    best = 0.0
    for a, b in ((one, other), (other, one), (-one, -other), (-other, -one)):
        places = np.quantile(a[:half], np.linspace(0.02, 0.98, 49))
        scores = [
            np.mean(a[:half] >= at) / (np.mean(b[:half] >= at) + 2 / np.sqrt(half)) for at in places
        ]
        at = places[int(np.argmax(scores))]
        k, wrong, n = (a[half:] >= at).sum(), (b[half:] >= at).sum(), len(a) - half
        low = beta.ppf(5e-5, max(k, 1), n - max(k, 1) + 1)
        high = beta.ppf(1 - 5e-5, wrong + 1, max(n - wrong, 1))
        best = max(best, float(np.log(low / high)))
    return best


def raw_ratio(one, other):
    """The largest ratio of two shares, as it is."""
    places = np.quantile(np.concatenate([one, other]), np.linspace(0.001, 0.999, 200))
    ratios = [(np.mean(one >= at) + 1e-6) / (np.mean(other >= at) + 1e-6) for at in places]
    return float(np.abs(np.log(ratios)).max())


def fixed_cuts(one, other):
    """The largest ratio of two shares beyond seven cuts, if the larger one is above 3 %."""
    found = 0.0
    for cut in np.quantile(np.concatenate([one, other]), [0.04, 0.1, 0.3, 0.5, 0.7, 0.9, 0.96]):
        for a, b in ((one > cut, other > cut), (one < cut, other < cut)):
            shares = sorted([b.mean(), a.mean()])
            if shares[1] > 0.03:
                found = max(found, float(np.log(shares[1] / max(shares[0], 1e-4))))
    return found


def counts_sums_differences(one, other):
    """Each title, what joins all, and each title less each other one."""
    titles = one.shape[1]
    pairs = [(i, j) for i in range(titles) for j in range(i)]
    return [
        *each_title(one, other),
        (one.sum(axis=1), other.sum(axis=1)),
        _nearer(one, other),
        *((one[:, i] - one[:, j], other[:, i] - other[:, j]) for i, j in pairs),
    ]


def means_apart(one, other):
    """How far the means are apart, in standard errors."""
    return abs(one.mean() - other.mean()) / (one.std() / np.sqrt(len(one)) + 1e-9)


def moved_by_spreads(vendors, rows, epsilon):
    """By how much the means move, in spreads of the noise: enough where the noise is Laplace."""
    named = set()
    for name, vendor in vendors.items():
        whole = vendor(rows, RUNS, 1)
        for person in everybody_likely(rows):
            other = vendor(rows[rows[:, 0] != person], RUNS, 2)
            spread = np.maximum(np.minimum(whole.std(axis=0), other.std(axis=0)), 1e-9)
            moved = np.abs(whole.mean(axis=0) - other.mean(axis=0))
            moved = np.where(moved > 4 * spread / np.sqrt(RUNS / 2), moved, 0)
            if (moved * np.sqrt(2) / spread).sum() > 1.15 * epsilon:
                named.add(name)
    return named


def thin_tails(vendors, rows, epsilon):
    """Noise that does not look like Laplace noise breaks its promise."""
    named = moved_by_spreads(vendors, rows, epsilon)
    for name, vendor in vendors.items():
        count = vendor(rows, RUNS, 1)[:, np.bincount(rows[:, 1]).argmax()]
        if (((count - count.mean()) / count.std()) ** 4).mean() < 4.5:
            named.add(name)
    return named


def noisiest_is_honest(vendors, rows, epsilon):
    spread = {name: float(v(rows, 2_000, 1).std(axis=0).mean()) for name, v in vendors.items()}
    middle = np.median(list(spread.values()))
    return {name for name, width in spread.items() if width < middle}


RIGHT = {
    "three people, three numbers": _audit(everybody_likely, all_numbers),
    "own bounds": _audit(
        lambda rows: [_people(rows)[0], _watched_rare(rows)[0]],
        lambda one, other: [_nearer(one, other), *each_title(one, other)],
        by_thresholds,
    ),
}

WRONG = {
    "heaviest alone": (_audit(lambda rows: _people(rows)[:1], all_numbers), "not found"),
    "usual people": (_audit(lambda rows: _people(rows)[-2:], all_numbers), "not found"),
    "first title alone": (
        _audit(everybody_likely, lambda one, other: [(one[:, 0], other[:, 0])]),
        "not found",
    ),
    "sums alone": (
        _audit(everybody_likely, lambda one, other: [(one.sum(axis=1), other.sum(axis=1))]),
        "not found",
    ),
    "raw ratios": (_audit(everybody_likely, each_title, raw_ratio), "accused"),
    "a fixed slack": (
        _audit(
            lambda rows: [_people(rows)[0], _watched_rare(rows)[0]],
            counts_sums_differences,
            fixed_cuts,
            limit=lambda epsilon: 1.2 * epsilon,
        ),
        "accused",
    ),
    "means apart": (_audit(everybody_likely, each_title, means_apart), "accused"),
    "twice the claim": (
        _audit(everybody_likely, all_numbers, limit=lambda epsilon: 2 * epsilon),
        "not found",
    ),
    "means in spreads": (moved_by_spreads, ""),
    "thin tails": (thin_tails, ""),
    "little noise is broken": (noisiest_is_honest, ""),
    "all": (lambda vendors, rows, epsilon: list(vendors), "accused"),
    "none": (lambda vendors, rows, epsilon: [], "not found"),
}

ONE_SIDE = "counts rise with a person, so the side on which they rise convicts the same vendors"

HARMLESS = {
    "function: here, there = (one.mean(axis=0), other.mean(axi… -> here, there = (one.sum(axis=0), "
    "other.mean(axi…": ONE_SIDE,
    "call dropped: nearer = [(abs(part - there) - abs(part - here)).sum… -> nearer = "
    "[(part - there - abs(part - here)).sum…": ONE_SIDE,
    "operator: nearer = [(abs(part - there) - abs(part - her… -> nearer = [(abs(part "
    "+ there) - abs(part - her…": ONE_SIDE,
    "index: …ows[:, 1] == rarest, 0][0]] -> …ows[:, 1] == rarest, 0][1]]": (
        "either of the two who watched the rare title shows it"
    ),
    "function: …re) - abs(part - here)).sum(axis=1) for part in (on… -> …re) - abs(pa"
    "rt - here)).mean(axis=1) for part in (on…": ("a multiple of a number tells as much"),
    "constant: …rs = (vendor(table, 20000, seed) for seed, table … -> …rs = (vendor(t"
    "able, 20001, seed) for seed, table …": ("one run more or fewer tells as much"),
    "constant: …others = (vendor(table, 20000, seed) for seed, table … -> …others = ("
    "vendor(table, 19999, seed) for seed, table …": ("one run more or fewer tells as much"),
    "comparison: … for other in others)) > epsilon: -> … for other in others)) >= epsilon:": (
        "no bound equals the claim"
    ),
    "memory: only argument 0 is fresh*": (
        "vendors take any table, so one with as many titles convicts the same ones"
    ),
    "argument order: if max((told(whole, other) for other in others)) … -> if max((to"
    "ld(other, whole) for other in others)) …": ("neighbours are neighbours either way round"),
}
