"""What the lesson of module 05 shows of rules that its lab asks for: writes `figures/*.json`.

The ways to plan, to explore and to estimate are answers to the lab's tasks, so they are not in the
wheel; their figures are. Run it from the repository's root: `python
benchmarks/personalization/figures.py`, or with the names of some figures behind it. About a
minute.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2] / "grader"))

import numpy as np

import labkit.trends.personalization
from exams.personalization import broken_promises, evaluate, planning, serve, upper
from labkit.checks.personalization.attack import told_apart
from labkit.checks.personalization.redraw import viewed
from labkit.checks.personalization.vendors import HONEST, vendor
from labkit.trends.personalization.world import live, logs, loyalty, views

TARGET = Path(labkit.trends.personalization.__file__).parent / "figures"
WORLDS, BATCHES = 20, 30
BY_HAND = ("next click", "never bait", "honest plan", *(f"bait from {n}" for n in range(3, 7)))
EPSILONS = (0.03, 0.1, 0.3, 1.0, 3.0, 10.0)


def coverage() -> dict[str, list[float]]:
    """How often 95 % intervals of IPS and DR hold the truth, by the overlap of two policies."""
    found: dict[str, list[float]] = {"overlap": [], "effective": [], "IPS": [], "DR": []}
    for sharp in (0.3, 0.6, 0.9, 1.2, 1.5, 1.8):
        rng = np.random.default_rng(5)
        held, sizes, overlaps = [], [], []
        for _ in range(10):
            shop = logs.draw_shop(rng)
            liked = rng.normal(size=shop.chance.shape)
            old, new = logs.softmax(sharp * liked), logs.softmax(-sharp * liked)
            model = 0.8 * shop.chance
            truth = logs.value(shop, new)
            overlaps.append(logs.overlap(shop, old, new))
            for _ in range(40):
                log = logs.draw_log(rng, shop, old, 1_500)
                target, said = new[log.kind], model[log.kind]
                weight = evaluate.weights(log, target)
                ips, _, dr = evaluate.estimates(log, target, said, weight)
                wide = 1.96 * np.std(weight * log.clicks) / np.sqrt(len(weight))
                narrow = evaluate.half_width(evaluate.terms(log, target, said, weight))
                held.append((abs(ips - truth) <= wide, abs(dr - truth) <= narrow))
                sizes.append(evaluate.effective(weight))
        found["overlap"].append(round(float(np.median(overlaps)), 4))
        found["effective"].append(round(float(np.median(sizes)), 4))
        for name, share in zip(("IPS", "DR"), np.mean(held, axis=0), strict=True):
            found[name].append(round(float(share), 3))
    return found


def _served(how: str, seed: int) -> list[float]:
    """Items watched per visit in each batch, exact chances."""
    rng = np.random.default_rng(seed)
    known = live.draw_service(rng)
    seen, shown, watched = live.draw_history(rng, known, 2_000)
    features, recent, likes, earned = seen.features, seen.recent, None, []
    for _ in range(BATCHES):
        now = live.draw_visitors(rng, known, 100)
        chance = live.chances(known, now)
        left = known.keep ** now.recent[:, known.genre]
        past = live.Visitors(features, recent)
        if how == "popularity":
            n = np.maximum(np.bincount(shown, minlength=len(known.genre)), 1)
            worth = np.tile(np.bincount(shown, watched, len(known.genre)) / n, (100, 1))
        elif how == "upper bounds":
            own = known.keep ** recent[np.arange(len(shown)), known.genre[shown]]
            case = {"features": features * own[:, None], "rewards": watched, "items": shown,
                    "visitors": now.features, "titles": len(known.genre), "ridge": 1.0}  # fmt: skip
            mean, spread = upper.bounds(case)
            worth = (mean + 0.5 * np.sqrt(spread)) * left
        elif how == "oracle":
            worth = chance
        else:
            if likes is None or how == "greedy":
                likes = serve.ridge(past, shown, watched, known)
            worth = now.features @ likes.T * left
        picked = worth.argmax(axis=1)
        earned.append(float(chance[np.arange(100), picked].mean()))
        watched = np.concatenate([watched, live.watch(rng, known, now, picked)])
        features = np.concatenate([features, now.features])
        recent = np.concatenate([recent, now.recent])
        shown = np.concatenate([shown, picked])
    return earned


def live_service() -> dict[str, Any]:
    """What ways to serve earn over 20 services: by batch, and against the static rule."""
    ways = ("popularity", "old log, static", "greedy", "upper bounds", "oracle")
    runs = {way: np.array([_served(way, seed) for seed in range(WORLDS)]) for way in ways}
    base = runs["old log, static"].mean(axis=1)
    return {
        "batches": {way: run.mean(axis=0).round(4).tolist() for way, run in runs.items()},
        "gain": {way: (run.mean(axis=1) / base - 1).round(4).tolist() for way, run in runs.items()},
    }


def plans() -> dict[str, list[float]]:
    """Shares of the optimum over 20 worlds: hand rules, and plans from a log of 40,000 steps."""
    found: dict[str, list[float]] = {}
    for seed in range(WORLDS):
        rng = np.random.default_rng(seed)
        viewer = loyalty.draw_viewer(rng)
        most = loyalty.value(viewer, planning.best(viewer))
        log = loyalty.draw_steps(rng, viewer, 40_000)
        chance = [loyalty.value(viewer, rng.integers(12, size=loyalty.SHAPE)) for _ in range(10)]
        by_hand = planning.hand_rules(viewer)
        shares = {rule: by_hand[rule] for rule in BY_HAND} | {
            "chance": float(np.mean(chance)) / most,
            "raw counts": loyalty.value(viewer, planning.from_raw_counts(log)) / most,
            "counted in parts": loyalty.value(viewer, planning.from_parts(log)) / most,
            "items": most,
        }
        for name, share in shares.items():
            found.setdefault(name, []).append(round(share, 4))
    return found


def privacy() -> dict[str, Any]:
    """For each epsilon: what counts are still good for, and what an attacker learns from them."""
    titles, bound, runs = 6, 4, 20_000
    rng = np.random.default_rng(0)
    rows = views.draw_views(rng, 150, titles, 30)
    people, times = np.unique(rows[:, 0], return_counts=True)
    fewer = views.without(rows, int(people[times.argmax()]))
    chance = rng.uniform(0.05, 0.6, (30, 12))
    found: dict[str, Any] = {"epsilon": list(EPSILONS), "use": [], "audit": {}, "attack": []}
    for epsilon in EPSILONS:
        counts = rng.binomial(400, chance, (400, 30, 12))
        noisy = counts + rng.laplace(scale=bound / epsilon, size=counts.shape)
        chosen = np.take_along_axis(chance[None], noisy.argmax(axis=2)[..., None], 2)[..., 0]
        found["use"].append(round(float(chosen.mean() / chance.max(axis=1).mean()), 4))
        for kind in ("laplace", "limit by title", "one row"):
            one, other = (
                vendor(kind, titles, bound, epsilon)(table, runs, seed)
                for seed, table in enumerate((rows, fewer))
            )
            found["audit"].setdefault(kind, []).append(round(told_apart(one, other), 3))
            if kind == "laplace":
                gap = one.mean(axis=0) - other.mean(axis=0)
                guess = (one @ gap > (one.mean(axis=0) + other.mean(axis=0)) @ gap / 2).mean()
                wrong = (other @ gap > (one.mean(axis=0) + other.mean(axis=0)) @ gap / 2).mean()
                found["attack"].append(round(float((guess + 1 - wrong) / 2), 3))
    return found


def audits() -> dict[str, list[float]]:
    """What audits measure of honest vendors of each kind, as a share of the epsilon they claim.

    On 27 tables, each audited without its heaviest viewer and without one who saw the rarest title:
    54 audits a kind, each of 20,000 releases with the person and as many without.
    """
    found: dict[str, list[float]] = {kind: [] for kind in HONEST}
    for seed in range(9):
        for case in broken_promises.draw(np.random.default_rng(seed))["cases"]:
            rows = viewed(case)
            people, times = np.unique(rows[:, 0], return_counts=True)
            rare = rows[rows[:, 1] == np.bincount(rows[:, 1]).argmin(), 0][0]
            fewer = [views.without(rows, int(who)) for who in (people[times.argmax()], rare)]
            for kind, shares in found.items():
                release = vendor(kind, case["titles"], case["bound"], case["epsilon"])
                whole = release(rows, 20_000, seed)
                for number, table in enumerate(fewer, 100):
                    told = told_apart(whole, release(table, 20_000, number + seed))
                    shares.append(round(told / case["epsilon"], 3))
    return found


MADE = {
    "coverage": coverage,
    "live": live_service,
    "plans": plans,
    "privacy": privacy,
    "audits": audits,
}

if __name__ == "__main__":
    for name in sys.argv[1:] or MADE:
        content = json.dumps(MADE[name](), indent=1)
        (TARGET / f"{name}.json").write_text(content + "\n", encoding="utf-8")
        print(f"written: {TARGET / name}.json")
