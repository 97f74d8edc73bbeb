"""Task `accept`: the most profitable policy by score and group, under three rules.

The reference is a linear programme; judging is left to the checks.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from scipy.optimize import linprog

from exams.responsible_ai.programmes import accepted
from labkit.checks.responsible_ai.redraw import curves
from labkit.exercise.drawing import until
from labkit.trends.responsible_ai.world.lending import Curves, Rates, above, profit, rates

CASES = (("parity", False), ("opportunity", False), ("odds", False), ("parity", True),
         ("odds", True))  # fmt: skip
"""Rules, and whether there is slack: a bound above 0."""

APART = 0.98
"""Every known mistake that keeps the bound earns at most this share of the best profit."""

SLIGHT = 0.99
"""The same for a bound that is held around the mean of all, which is slightly too strict."""


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``.

    Each has ``seed``, ``scores``, ``groups`` and ``apart``, which draw the curves; ``loss``,
    ``rule`` and ``bound``; ``best``, the highest profit; and ``traps``, profits of known mistakes.
    """
    return {
        "cases": [
            until(partial(_case, rng, rule, slack), _apart, "every mistake apart from the best")
            for rule, slack in CASES
        ]
    }


def gap(found: Rates, rule: str) -> float:
    """The largest gap between groups in the rates that a rule holds."""
    held = {
        "parity": [found.selection],
        "opportunity": [found.true_positive],
        "odds": [found.true_positive, found.false_positive],
    }[rule]
    return max(float(np.ptp(rate)) for rate in held)


def _case(rng: np.random.Generator, rule: str, slack: bool) -> dict[str, Any]:
    case: dict[str, Any] = {
        "seed": int(rng.integers(2**31)),
        "scores": int(rng.integers(22, 30)),
        "groups": int(rng.integers(3, 5)),
        "apart": round(float(rng.uniform(1.3, 2.0)), 2),
        "loss": round(float(rng.uniform(2.0, 4.0)), 2),
        "rule": rule,
        "bound": round(float(rng.uniform(0.02, 0.05)), 3) if slack else 0.0,
    }
    case["best"] = profit(
        curves(case), accepted(curves(case), case["loss"], rule, case["bound"]), case["loss"]
    )
    case["traps"] = {name: earned for name, (earned, _) in _mistakes(case).items()}
    return case


def _mistakes(case: dict[str, Any]) -> dict[str, tuple[float, float]]:
    """Profit and gap of what is often tried first, by name."""
    drawn, loss, rule = curves(case), case["loss"], case["rule"]
    other = {"parity": "opportunity", "opportunity": "parity", "odds": "opportunity"}[rule]
    policies = {
        "no rule": accepted(drawn, loss, "none", 0),
        "one cut-off": _one_cut(drawn, loss),
        "another rule": accepted(drawn, loss, other, case["bound"]),
        "rounded": np.rint(accepted(drawn, loss, rule, case["bound"])),
    }
    if case["bound"]:
        policies["no slack"] = accepted(drawn, loss, rule, 0.0)
    if case["bound"] and rule == "odds":
        policies["half a bound"] = _around_the_mean(drawn, loss, case["bound"] / 2)
    return {
        name: (profit(drawn, policy, loss), gap(rates(drawn, policy), rule))
        for name, policy in policies.items()
    }


def _one_cut(drawn: Curves, loss: float) -> np.ndarray:
    scores, groups = drawn.good.shape
    policies = [above([cut] * groups, scores) for cut in range(scores + 1)]
    return max(policies, key=lambda policy: profit(drawn, policy, loss))


def _around_the_mean(drawn: Curves, loss: float, bound: float) -> np.ndarray:
    """Odds, each group's rates within `bound` of the mean of all: more than the rule asks."""
    payers, others = drawn.mass * drawn.good, drawn.mass * (1 - drawn.good)
    rows = []
    for people in (payers, others):
        rate = people / people.sum(axis=0)
        for own in np.eye(len(drawn.shares)):
            rows.append((rate * (own - drawn.shares)).ravel())
    worth = (payers - loss * others) * drawn.shares
    limits = np.full(2 * len(rows), bound)
    found = linprog(-worth.ravel(), A_ub=np.vstack([rows, np.negative(rows)]), b_ub=limits,
                    bounds=(0, 1))  # fmt: skip
    return np.asarray(found.x).reshape(drawn.good.shape)


def _apart(case: dict[str, Any]) -> bool:
    """Every mistake breaks the bound clearly, or earns clearly less, and none earns another's."""
    earned_apart = np.diff(sorted(case["traps"].values())).min() > 1e-5
    return (
        earned_apart
        and case["best"] > 0.02
        and all(
            breach > case["bound"] + 0.005
            or earned < (SLIGHT if name == "half a bound" else APART) * case["best"]
            for name, (earned, breach) in _mistakes(case).items()
        )
    )
