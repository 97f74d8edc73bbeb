"""Task `epsilon`: a bound on the privacy loss that is never too low and not much too high."""

from __future__ import annotations

from typing import Any

from labkit.exercise.guard import call
from labkit.exercise.outcome import Outcome, failed, passed
from labkit.exercise.reading import as_number
from labkit.exercise.task import Instance, Task, each_case
from labkit.exercise.traps import trap

ABOVE = 1.2
"""Times the least epsilon, at most. Rényi's bound with whole orders is 1.05 to 1.17 times it in
what is drawn, with the older conversion 1.24 to 1.36 times in the worst of five cases (8 draws)."""

BELOW = 1e-3
"""Share below the lower bound that is forgiven: rounding of a right accountant."""

SAME_TRAP = 0.02

QUICK = 20.0
"""CPU-seconds of a call; the reference needs a hundredth, an accountant on a grid about one."""

TRAPS = {
    "sum of the rounds": "Adding up the epsilons of the rounds is safe and far too high: losses of "
    "different rounds rarely have their worst at once.",
    "advanced composition": "Advanced composition knows nothing of the noise but its epsilon; "
    "account for the Gaussian itself.",
    "central limit": "The central limit is an approximation, and here it promises more privacy "
    "than there is.",
    "no amplification": "This forgets the sampling: a client that takes part in one round of "
    "twenty is hidden by that as well.",
    "older conversion": "From the divergence to epsilon this adds log(1 / delta) / (alpha − 1), "
    "the older and looser conversion.",
    "one round": "This is the promise of a single round.",
}


def judge(answer: Any, instance: Instance) -> Outcome:
    """Hold each epsilon between the least one and a fifth above it."""

    def one(case: Instance) -> Outcome:
        arguments = [case[name] for name in ("z", "q", "steps", "delta")]
        found = as_number(call(answer, *arguments, seconds=QUICK), "epsilon")
        low, high = case["low"], case["high"]
        if (1 - BELOW) * low <= found <= ABOVE * high:
            return passed("")
        numbers = {name: value for name, value in case["traps"].items() if value is not None}
        word = "below" if found < low else "above"
        return failed(
            f"Epsilon {found:.4g} lies {word} what is right: the least epsilon that holds is "
            f"{high:.4g}, and up to {ABOVE * high:.4g} is accepted."
            + (" A promise that is too low is broken." if word == "below" else ""),
            on=f"z = {case['z']}, q = {case['q']}, {case['steps']} rounds, delta = {case['delta']}",
            next_step="Start with q = 1 and Rényi divergence order / (2 z²) a round, which adds up "
            "over rounds; turn it into epsilon, and take the best order. Then put in the sampling.",
            misconception=trap(found, numbers, TRAPS, SAME_TRAP),
        )

    return each_case(instance, one, "Every promise holds, and none is more than a fifth too high.")


TASK = Task(
    "epsilon",
    15,
    judge,
    (
        "Rényi divergences of rounds add up, for each order alpha by itself.",
        "For a whole order the divergence of a sampled round is log(sum over k of binomial(alpha, "
        "k) (1 − q)^(alpha − k) q^k exp(k (k − 1) / (2 z²))) / (alpha − 1). Work with logarithms: "
        "scipy.special.gammaln and logsumexp.",
        "epsilon = total + log(1 − 1 / alpha) − (log(delta) + log(alpha)) / (alpha − 1), for the "
        "order from 2 to about 256 at which it is least.",
    ),
    title="What all rounds together promise",
    traps=TRAPS,
)
