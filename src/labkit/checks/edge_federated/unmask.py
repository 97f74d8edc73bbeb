"""Task `unmask`: take the masks off the sum when clients have dropped out, and nobody's own.

The judge plays the survivors who hold shares: it counts what is asked of them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from labkit.exercise.guard import call
from labkit.exercise.outcome import Outcome, failed, passed
from labkit.exercise.reading import as_array
from labkit.exercise.task import Instance, Task, each_case

WORDS = 2**32
QUICK = 10.0
"""CPU-seconds of a call; the reference needs below a tenth."""

KINDS = ("own", "pair")

Reveal = Callable[[int, int, str], int]


def _holders(case: Instance) -> tuple[Reveal, set[tuple[int, str]]]:
    """How survivors give out shares, and which secrets they were asked for."""
    asked: set[tuple[int, str]] = set()

    def reveal(holder: int, owner: int, kind: str) -> int:
        """The share that `holder` keeps of a secret of `owner`."""
        if kind not in KINDS:
            raise ValueError(f"kind is {kind!r}; it is 'own' or 'pair'")
        if holder not in case["survivors"]:
            raise LookupError(f"client {holder} has dropped out and answers no more")
        asked.add((int(owner), kind))
        return int(case["shares"][kind][str(owner)][str(holder)])

    return reveal, asked


def judge(answer: Any, instance: Instance) -> Outcome:
    """The exact sum of the survivors, or None, and no client whose two secrets were revealed."""

    def one(case: Instance) -> Outcome:
        reveal, asked = _holders(case)
        received = {int(c): np.array(v, dtype=np.uint32) for c, v in case["received"].items()}
        publics = {int(c): p for c, p in case["publics"].items()}
        raw = call(
            answer,
            received,
            publics,
            case["threshold"],
            case["round"],
            reveal,
            seconds=QUICK,
        )
        fault = _too_open(asked, case) or _wrong(raw, case)
        if fault is None:
            return passed("")
        words, step, trap = fault
        return failed(words, on=_words(case), next_step=step, misconception=trap)

    return each_case(instance, one, "Every sum is exact, and no single update can be uncovered.")


Fault = tuple[str, str, str] | None


def _too_open(asked: set[tuple[int, str]], case: Instance) -> Fault:
    if case["total"] is None and asked:
        owner, kind = sorted(asked)[0]
        return (
            f"Only {len(case['survivors'])} clients are left of {case['threshold']} that are "
            f"needed, and yet the '{kind}' secret of client {owner} was asked for.",
            "Look at the number of survivors before you ask anybody for a share.",
            "The threshold is a promise to the clients: below it nothing is revealed.",
        )
    both = sorted(o for o, kind in asked if kind == "own" and (o, "pair") in asked)
    if both:
        return (
            f"Both secrets of client {both[0]} were revealed.",
            "Of a client whose numbers have arrived ask for 'own' alone; of one that dropped out "
            "for 'pair' alone.",
            "With both secrets the server can uncover that client's update, also one that arrives "
            "late.",
        )
    wrong = [
        (owner, kind)
        for owner, kind in sorted(asked)
        if kind != ("own" if owner in case["survivors"] else "pair")
    ]
    if wrong:
        owner, kind = wrong[0]
        return (
            f"The '{kind}' secret of client {owner} was revealed, who "
            f"{'is still there' if owner in case['survivors'] else 'has dropped out'}.",
            "Whose masks are left in the sum? Of survivors the own masks, of those who dropped out "
            "the masks that they share with the survivors.",
            "",
        )
    return None


def _wrong(raw: Any, case: Instance) -> Fault:
    if case["total"] is None:
        if raw is None:
            return None
        as_array(raw, "sum", (len(next(iter(case["received"].values()))),))
        return (
            f"Only {len(case['survivors'])} clients are left of {case['threshold']} that are "
            "needed; the answer should be None.",
            "Compare the number of those who answered with the threshold first.",
            "Fewer shares than the threshold give some number, and it is not the secret.",
        )
    right = np.array(case["total"])
    found = as_array(raw, "sum", right.shape)
    off = np.flatnonzero((found - right) % WORDS)
    if not len(off):
        return None
    kept = (found - sum(np.array(v) for v in case["received"].values())) % WORDS
    dropped = len(case["clients"]) - len(case["survivors"])
    trap = ""
    if not kept.any():
        trap = "The masked numbers were added, and every mask is still in the sum."
    elif dropped and len(off) == len(right):
        trap = (
            "If only rounds with drop-outs are wrong, the masks that those who dropped out share "
            "with the survivors are still in the sum, or were taken off with the wrong sign."
        )
    return (
        f"{len(off)} of {len(right)} sums are wrong: the first is {found[off[0]] % WORDS:.0f}, and "
        f"{right[off[0]]} is right (modulo 2**32).",
        "Try a round without drop-outs first: then only the own masks have to go.",
        trap,
    )


def _words(case: Instance) -> str:
    return (
        f"clients {case['clients']}, of whom {case['survivors']} are left, threshold "
        f"{case['threshold']}"
    )


TASK = Task(
    "unmask",
    15,
    judge,
    (
        "Shares are values of a polynomial modulo secure.PRIME at the holders' numbers; the secret "
        "is its value at 0. Lagrange's formula needs just `threshold` of them.",
        "pow(x, -1, secure.PRIME) divides. Python's whole numbers have no limit; NumPy's do.",
        "Of a survivor the own mask is left: secure.stream(own secret, round, n). Take it away.",
        "Of one that dropped out the pair masks are left in the survivors' numbers: a survivor "
        "with a lower number has added the stream, one with a higher number has taken it away. The "
        "key is secure.agree(pair secret, public part of the survivor).",
    ),
    title="Drop-outs: take off the masks, not the privacy",
)
