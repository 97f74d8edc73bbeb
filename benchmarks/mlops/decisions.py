"""Canaries beside Wald's test, and duels with intervals and segments: a thousand of each kind.

    python benchmarks/mlops/decisions.py

Drift alarms beside a chart that knows the drift are measured by ``alarms.py``, next to this file.
Every share is printed with its interval of 95 % (Wilson's). It takes 3 s of CPU.

Canaries at 2 and 4.3 % errors: Wald's test rolls back 2.5 % of healthy versions, promotes 2.7 % of
broken ones and takes 9.3 minutes (7.4 would be the optimum for 5 % of either, without minutes);
tests in every minute 11.0 and 11.6 % in 4.7 minutes; one look that keeps 5 % takes 17 minutes.

Duels on 4,000 cases, promoted of equal, better, worse and harmful models: by the higher share 46,
100, 0 and 100 %; an unpaired interval 0, 69, 0 and 70 %; a paired one 2.2, 98.3, 0 and 98.4 %; with
every segment ahead 0.2, 52.5, 0 and 0 %; with every segment's interval 2.2, 98.0, 0 and 0 %.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.stats import binom, norm

from labkit.trends.mlops.world.canaries import draw_minutes
from labkit.trends.mlops.world.duels import KINDS, Duel, draw_duel

EACH = 1_000
MINUTES, TRAFFIC, USUAL, BAD, CHANCE = 90, 40.0, 0.02, 0.043, 0.05
CASES, DIFFER, AHEAD = 4_000, 0.1, 4.3
"""Of a duel: cases, share in which the models differ, standard errors that a better one leads."""

Rule = Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]
"""Takes requests and errors so far, (n, minutes); says where it rolls back, and where promotes."""


def share(hits: int, of: int) -> str:
    """A share with its interval, as text (Wilson, 1927)."""
    z2 = norm.ppf(0.975) ** 2
    p, middle = hits / of, (hits + z2 / 2) / (of + z2)
    half = (z2 * (p * (1 - p) / of + z2 / (4 * of**2))) ** 0.5 / (1 + z2 / of)
    low, high = max(0.0, middle - half), min(1.0, middle + half)
    return f"{p:6.1%} ({low:5.1%} to {high:5.1%})"


def log_odds(requests: np.ndarray, errors: np.ndarray) -> np.ndarray:
    """Of broken to healthy, after each minute."""
    fine = requests - errors
    return errors * np.log(BAD / USUAL) + fine * np.log((1 - BAD) / (1 - USUAL))


def wald(requests: np.ndarray, errors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where one side is nineteen times as likely."""
    found, bound = log_odds(requests, errors), np.log((1 - CHANCE) / CHANCE)
    return found >= bound, found <= -bound


def every_minute(requests: np.ndarray, errors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Exact tests at 5 % against either rate, of all minutes so far, in each of them."""
    high = binom.sf(errors - 1, requests, USUAL) < CHANCE
    return high, binom.cdf(errors, requests, BAD) < CHANCE


def once(minutes: int) -> Rule:
    """Whichever is likelier, after so many minutes."""

    def rule(requests: np.ndarray, errors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        found, now = log_odds(requests, errors), np.arange(requests.shape[1]) == minutes - 1
        return (found > 0) & now, (found <= 0) & now

    return rule


def best_once() -> int:
    """The fewest minutes after which both errors of one look are at most 5 %."""
    for minutes in range(1, MINUTES):
        n = round(minutes * TRAFFIC)
        worst = [
            max(binom.sf(most, n, USUAL), binom.cdf(most, n, BAD))
            for most in range(int(n * USUAL), int(n * BAD) + 1)
        ]
        if min(worst) <= CHANCE:
            return minutes
    raise ValueError(f"no look within {MINUTES} minutes has errors of {CHANCE:.0%}")


def optimum() -> float:
    """Minutes that no test with these errors can beat on average (Wald, 1945)."""
    up, down = np.log(BAD / USUAL), np.log((1 - BAD) / (1 - USUAL))
    gain = (1 - 2 * CHANCE) * np.log((1 - CHANCE) / CHANCE)
    needed = [gain / abs(rate * up + (1 - rate) * down) for rate in (USUAL, BAD)]
    return float(np.mean(needed) / TRAFFIC)


def canaries() -> None:
    """Print false decisions and minutes of each rule."""
    rng = np.random.default_rng(11)
    drawn = [
        [draw_minutes(rng, MINUTES, TRAFFIC, rate) for _ in range(EACH)] for rate in (USUAL, BAD)
    ]
    sums = np.array(drawn).cumsum(axis=3)
    minutes = best_once()
    rules: dict[str, Rule] = {
        "Wald's test": wald,
        "tests every minute": every_minute,
        f"one look after {minutes} minutes": once(minutes),
        "one look after 60 minutes": once(60),
    }
    print(f"canaries, {EACH:,} of each kind; the optimum is {optimum():.1f} minutes")
    print(f"{'':28} {'healthy rolled back':>26} {'broken promoted':>26} {'minutes':>8}")
    for name, rule in rules.items():
        false, times = [], []
        for kind in (0, 1):
            back, on = rule(sums[kind, :, 0], sums[kind, :, 1])
            ends = back | on
            first = np.where(ends.any(axis=1), ends.argmax(axis=1), MINUTES - 1)
            wrong = (back, on)[kind][np.arange(EACH), first]
            false.append(share(int(wrong.sum()), EACH))
            times.append(first.mean() + 1)
        print(f"{name:28} {false[0]:>26} {false[1]:>26} {np.mean(times):8.1f}")


def errors_ahead(gain: np.ndarray) -> float:
    """The mean in its standard errors, where both models saw the same cases."""
    return float(gain.mean() / max(gain.std() / len(gain) ** 0.5, 1e-9))


def higher(duel: Duel) -> bool:
    """The higher share of correct decisions."""
    return bool(duel.new.mean() > duel.old.mean())


def unpaired(duel: Duel) -> bool:
    """The interval of a difference of two shares, as of different cases."""
    spread = (duel.old.var() + duel.new.var()) / len(duel.old)
    return bool(duel.new.mean() - duel.old.mean() > 2 * spread**0.5)


def paired(duel: Duel) -> bool:
    """The interval of the difference, case by case."""
    return errors_ahead(duel.new - duel.old) > 2


def segments(limit: float) -> Callable[[Duel], bool]:
    """The same, and in no segment behind by so many standard errors."""

    def rule(duel: Duel) -> bool:
        gain = duel.new - duel.old
        worst = min(errors_ahead(gain[duel.segment == one]) for one in range(8))
        return paired(duel) and worst > -limit

    return rule


def duels() -> None:
    """Print which share of each kind every rule promotes."""
    rules = {
        "higher share": higher,
        "unpaired interval": unpaired,
        "paired interval": paired,
        "and every segment ahead": segments(0.0),
        "and its interval, 2.2 errors": segments(2.2),
    }
    rng = np.random.default_rng(12)
    gain = AHEAD * (DIFFER / CASES) ** 0.5
    drawn = {
        kind: [draw_duel(rng, CASES, kind, gain, DIFFER) for _ in range(EACH)] for kind in KINDS
    }
    print(f"\nduels, {EACH:,} of each kind on {CASES:,} cases: promoted")
    print(f"{'':28}", *(f"{kind:>24}" for kind in KINDS))
    for name, rule in rules.items():
        found = [share(sum(map(rule, drawn[kind])), EACH) for kind in KINDS]
        print(f"{name:28}", *(f"{one:>24}" for one in found))


def main() -> None:
    """Measure and print both."""
    canaries()
    duels()


if __name__ == "__main__":
    main()
