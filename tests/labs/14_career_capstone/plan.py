"""Right and wrong answers of the task `plan`."""

from __future__ import annotations

from functools import cache
from itertools import combinations


def _missing(catalogue, done, role):
    return set(role) - {s for m in catalogue if m["name"] in done for s in m["skills"]}


def by_sets(catalogue, done, role, minutes, needs=True, held=True, limit=True):
    new = [m for m in catalogue if m["name"] not in done]
    missing = _missing(catalogue, done, role) if held else set(role)
    best, chosen = (0, 0), []
    for size in range(len(new) + 1):
        for some in combinations(new, size):
            names = {m["name"] for m in some} | set(done)
            cost = sum(m["minutes"] for m in some)
            if limit and cost > minutes:
                continue
            if needs and any(not set(m["prerequisites"]) <= names for m in some):
                continue
            worth = (len(missing & {s for m in some for s in m["skills"]}), -cost)
            if worth > best:
                best, chosen = worth, [m["name"] for m in some]
    return chosen


def branching(catalogue, done, role, minutes):
    """Module by module in an order that respects prerequisites: take it, or leave it."""
    order, known = [], set(done)
    waiting = [m for m in catalogue if m["name"] not in known]
    while waiting:
        free = next(m for m in waiting if set(m["prerequisites"]) <= known)
        waiting.remove(free)
        known.add(free["name"])
        order.append(free)
    missing = frozenset(_missing(catalogue, done, role))

    @cache
    def best(place, taken, open_skills, left):
        if place == len(order):
            return 0, 0, frozenset()
        module = order[place]
        found = best(place + 1, taken, open_skills, left)
        if module["minutes"] <= left and set(module["prerequisites"]) <= taken | set(done):
            gain = open_skills & set(module["skills"])
            after = best(
                place + 1, taken | {module["name"]}, open_skills - gain, left - module["minutes"]
            )
            with_it = (after[0] + len(gain), after[1] - module["minutes"])
            found = max(found, (*with_it, after[2] | {module["name"]}), key=lambda one: one[:2])
        return found

    return best(0, frozenset(), missing, minutes)[2]


def greedy(catalogue, done, role, minutes):
    """Most missing skills a minute, with prerequisites."""
    modules = {m["name"]: m for m in catalogue}
    have, plan, missing, left = set(done), [], _missing(catalogue, done, role), minutes

    def packet(name):
        return {name}.union(*(packet(n) for n in modules[name]["prerequisites"])) - have

    while missing:
        offers = []
        for name in set(modules) - have:
            some = packet(name)
            cost = sum(modules[n]["minutes"] for n in some)
            gain = missing & {s for n in some for s in modules[n]["skills"]}
            if gain and cost <= left:
                offers.append((len(gain) / cost, cost, sorted(some), gain))
        if not offers:
            break
        _, cost, some, gain = max(offers, key=lambda offer: offer[0])
        plan, have, missing, left = plan + some, have | set(some), missing - gain, left - cost
    return plan


def alone(catalogue, done, role, minutes):
    """Most skills a minute, module by module, and only what is ready to be taken."""
    have, missing, plan = set(done), _missing(catalogue, done, role), []
    while True:
        ready = [
            m
            for m in catalogue
            if m["name"] not in have
            and set(m["prerequisites"]) <= have
            and m["minutes"] <= minutes
            and missing & set(m["skills"])
        ]
        if not ready:
            return plan
        best = max(ready, key=lambda m: len(missing & set(m["skills"])) / m["minutes"])
        plan.append(best["name"])
        have.add(best["name"])
        missing -= set(best["skills"])
        minutes -= best["minutes"]


def cheapest_of_each(catalogue, done, role, minutes):
    """For each missing skill the shortest module that teaches it."""
    plan = set()
    for skill in _missing(catalogue, done, role):
        givers = [m for m in catalogue if skill in m["skills"] and m["name"] not in done]
        if givers:
            plan.add(min(givers, key=lambda m: m["minutes"])["name"])
    return plan


def everything(catalogue, done, role, minutes):
    return [m["name"] for m in catalogue if m["name"] not in done]


def most_skills_only(catalogue, done, role, minutes):
    """As many skills as possible, whatever it takes within the time."""
    new = [m for m in catalogue if m["name"] not in done]
    missing, best, chosen = _missing(catalogue, done, role), -1, []
    for size in range(len(new), -1, -1):
        for some in combinations(new, size):
            names = {m["name"] for m in some} | set(done)
            fits = sum(m["minutes"] for m in some) <= minutes
            if fits and all(set(m["prerequisites"]) <= names for m in some):
                reached = len(missing & {s for m in some for s in m["skills"]})
                if reached > best:
                    best, chosen = reached, [m["name"] for m in some]
    return chosen


def one_step_back(catalogue, done, role, minutes):
    """What each chosen module needs is added, but not what that needs in turn."""
    modules = {m["name"]: m for m in catalogue}
    new, missing = [n for n in modules if n not in done], _missing(catalogue, done, role)
    best, chosen = (0, 0), set()
    for size in range(1, len(new) + 1):
        for some in combinations(new, size):
            names = {*some}.union(*(modules[n]["prerequisites"] for n in some)) - set(done)
            cost = sum(modules[n]["minutes"] for n in names)
            worth = (len(missing & {s for n in names for s in modules[n]["skills"]}), -cost)
            if cost <= minutes and worth > best:
                best, chosen = worth, names
    return chosen


def useful_alone(catalogue, done, role, minutes):
    """The best plan without its modules that teach nothing for the role."""
    teach = {m["name"] for m in catalogue if set(m["skills"]) & set(role)}
    return teach.intersection(by_sets(catalogue, done, role, minutes))


def fewest_modules(catalogue, done, role, minutes):
    """As many skills as fit in as few modules as possible."""
    found, missing = [], _missing(catalogue, done, role)
    new = [m for m in catalogue if m["name"] not in done]
    for size in range(len(new), -1, -1):
        for some in combinations(new, size):
            names = {m["name"] for m in some} | set(done)
            fits = sum(m["minutes"] for m in some) <= minutes
            if fits and all(set(m["prerequisites"]) <= names for m in some):
                gained = missing & {s for m in some for s in m["skills"]}
                found.append((len(gained), -len(some), [m["name"] for m in some]))
    return max(found)[2]


def three_orders(catalogue, done, role, minutes):
    """The best of three greedy plans, freed of what adds nothing."""
    modules, missing = {m["name"]: m for m in catalogue}, _missing(catalogue, done, role)

    def gained(names):
        return len(missing & {s for n in names for s in modules[n]["skills"]})

    def cost(names):
        return sum(modules[n]["minutes"] for n in names)

    def packet(name, have):
        return {name}.union(*(packet(n, have) for n in modules[name]["prerequisites"])) - have

    def grown(order):
        plan = set()
        while True:
            offers = [
                (order(gained(plan | some) - gained(plan), cost(some)), sorted(some))
                for some in (packet(n, plan | set(done)) for n in modules)
                if gained(plan | some) > gained(plan) and cost(plan | some) <= minutes
            ]
            if not offers:
                break
            plan |= set(max(offers)[1])
        for name in sorted(plan, key=lambda n: -modules[n]["minutes"]):
            rest = plan - {name}
            if gained(rest) == gained(plan) and not any(
                name in modules[n]["prerequisites"] for n in rest
            ):
                plan = rest
        return plan

    orders = (lambda g, c: g / c, lambda g, c: g - c / 1e6, lambda g, c: 1 / c)
    return max(map(grown, orders), key=lambda plan: (gained(plan), -cost(plan)))


RIGHT = {"every set": by_sets, "take it or leave it": branching}
HARMLESS = {
    "filter dropped: … for module in catalogue if module['name'] not in done] -> … for module in "
    "catalogue]": "a module that is done adds minutes and nothing else",
}
WRONG = {
    "greedy": (greedy, "are possible"),
    "three greedy orders": (three_orders, "are possible"),
    "prerequisites of prerequisites forgotten": (one_step_back, "has to be done first"),
    "what teaches nothing left out": (useful_alone, "has to be done first"),
    "fewest modules": (fewest_modules, "are possible"),
    "only what is ready": (alone, "are possible"),
    "prerequisites forgotten": (lambda *a: by_sets(*a, needs=False), "has to be done first"),
    "held counted": (lambda *a: by_sets(*a, held=False), "are possible"),
    "no limit": (lambda *a: by_sets(*a, limit=False), "there are"),
    "most skills, minutes forgotten": (most_skills_only, "are possible"),
    "cheapest of each": (cheapest_of_each, "."),
    "everything": (everything, "there are"),
    "what is done too": (lambda *a: [*by_sets(*a), *a[1]], "again"),
    "nothing": (lambda *a: [], "0 missing skills"),
}
