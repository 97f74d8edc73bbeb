"""Right and wrong answers of task `capped_base_stock`."""

from __future__ import annotations

import itertools

import numpy as np

from labkit.trends.rl_supply_chain import distributions, metrics


def _table(states, level, cap, largest):
    return np.clip(level - states.sum(1), 0, min(cap, largest))


KNOWN = {}


def costs(shelf, levels, caps):
    """The exact cost of every pair of level and cap; what was computed once is kept."""
    states, largest = metrics.all_states(*shelf), metrics.max_order(*shelf)
    known = KNOWN.setdefault(repr(shelf), {})
    found = {}
    for level, cap in itertools.product(levels, caps):
        key = level, min(cap, largest)
        if key not in known:
            known[key] = metrics.lost_sales_cost(_table(states, *key, largest), *shelf)
        found[level, cap] = known[key]
    return found


def _levels(lead_time, demand, *_):
    mean = distributions.mean(demand)
    return range(int(mean * lead_time), int(mean * (lead_time + 5)) + 4)


def _by_full_search(*shelf):
    mean = distributions.mean(shelf[1])
    caps = range(max(1, int(mean) - 1), int(mean) + 6)
    found = costs(shelf, _levels(*shelf), caps)
    return min(found, key=found.get)


def _cap_by_cap(*shelf):
    """For every cap, raise the level until the cost has risen three times in a row."""
    mean = distributions.mean(shelf[1])
    found = {}
    for cap in range(max(1, int(mean) - 1), int(mean) + 6):
        tail = []
        for level in _levels(*shelf):
            tail.append(costs(shelf, [level], [cap])[level, cap])
            found[level, cap] = tail[-1]
            if len(tail) > 3 and tail[-4] < tail[-3] < tail[-2] < tail[-1]:
                break
    return np.array(min(found, key=found.get), dtype=np.float32)


def best_base_stock(*shelf):
    """The best level without a cap."""
    found = costs(shelf, _levels(*shelf), [10_000])
    return min(found, key=found.get)[0]


def _level_first(*shelf):
    found = costs(shelf, [best_base_stock(*shelf)], range(1, 15))
    return min(found, key=found.get)


def _cap_fixed(cap_of_mean):
    def answer(*shelf):
        cap = max(1, int(cap_of_mean(distributions.mean(shelf[1]))))
        found = costs(shelf, _levels(*shelf), [cap])
        return min(found, key=found.get)

    return answer


ABOVE = "above the best pair"

RIGHT = {"full search": _by_full_search, "cap by cap, float32 out": _cap_by_cap}

WRONG = {
    "no cap": (lambda *a: (best_base_stock(*a), 10_000), "plain base-stock"),
    "level first, then cap": (_level_first, "sought afterwards"),
    "a cap at the mean, rounded down": (_cap_fixed(np.floor), ABOVE),
    "a cap at the mean, rounded": (_cap_fixed(np.rint), ABOVE),
    "a cap at the mean, rounded up": (_cap_fixed(np.ceil), ABOVE),
    "a cap one above the mean": (_cap_fixed(lambda m: np.rint(m) + 1), ABOVE),
    "a cap two above the mean": (_cap_fixed(lambda m: np.rint(m) + 2), ABOVE),
    "cap first": (lambda *a: _by_full_search(*a)[::-1], ABOVE),
    "a constant order": (lambda *a: (10_000, round(distributions.mean(a[1]))), ABOVE),
    "the cap belongs to another penalty": (
        lambda lead, demand, h, p: _by_full_search(lead, demand, h, 5 * p),
        ABOVE,
    ),
    "a level only": (best_base_stock, "should have shape"),
}
