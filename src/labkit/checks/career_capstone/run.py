"""Judge of the task `run`: what must agree, and what must not, in eight runs of a ledger."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from labkit.exercise.guard import call
from labkit.exercise.outcome import Outcome, failed, passed
from labkit.exercise.reading import as_mapping, as_number, as_text, as_whole
from labkit.exercise.task import Instance, Task, each_case
from labkit.exercise.traps import trap

SAME = 1e-9
"""How far figures of two runs may be apart, as a share: sums in another order."""

WIDE = {"low": 0.08, "high": 0.16}
"""Standard errors that an end may be off: amounts are skewed, so that the low end is sharp. Over 36
ledgers with two seeds each, 10,000 draws end within 0.04 (low) and 0.09 (high). A normal interval
misses the low end by 0.27 or more, of the middle 90 % the worse end is 0.35 off or more."""

QUICK = 20.0
"""CPU-seconds of a call; the reference needs a hundredth."""

KEYS = ("rows", "mean", "low", "high", "fingerprint")

TRAPS = {
    "delivered twice": "Rows that were delivered twice are counted twice.",
    "old versions": "Old versions are counted beside the ones that replaced them.",
    "first version": "The first version of each order is kept, not the highest.",
    "versions as texts": "Versions are compared as texts: '9' comes after '10'.",
}


@dataclass(frozen=True)
class _Figures:
    rows: int
    mean: float
    low: float
    high: float
    fingerprint: str

    @property
    def numbers(self) -> tuple[float, ...]:
        return (float(self.rows), self.mean, self.low, self.high)


def judge(answer: Any, instance: Instance) -> Outcome:
    """The figures are right, and nothing moves them but the ledger and the seed."""
    return each_case(
        instance, lambda case: _ledger(answer, case), "Whoever runs it gets the same figures."
    )


def _ledger(answer: Any, case: Instance) -> Outcome:
    seed, other = case["seeds"]
    on = f"{case['rows']} orders in {len(case['files'])} files"

    def run(files: dict[str, str], number: int) -> _Figures:
        return _figures(call(answer, files, number, seconds=QUICK))

    first = run(case["files"], seed)
    if words := _wrong(first, case):
        message, step = words
        return failed(
            message,
            on=on,
            next_step=step,
            misconception=trap(first.mean, case["traps"], TRAPS, SAME),
        )
    for files, number, what, step in (
        ("files", seed, "the same files and seed", "Draw from np.random.default_rng(seed) alone."),
        ("again", seed, "the same current orders in other files and another order",
         "Bring the current rows into one order of their own before anything is drawn."),
    ):  # fmt: skip
        if moved := _moved(first, run(case[files], number)):
            return failed(f"{moved} is another for {what}.", on=on, next_step=step)
    reseeded = run(case["files"], other)
    if _close(first.low, reseeded.low) and _close(first.high, reseeded.high):
        return failed(
            "Another seed gives the same interval to nine digits.",
            on=on,
            next_step="Let the seed decide which orders are drawn.",
        )
    if words := _wrong(reseeded, case):
        return failed(words[0], on=f"{on}, another seed", next_step=words[1])
    if reseeded.fingerprint != first.fingerprint:
        return failed(
            "The fingerprint is another for another seed; it is the ledger's alone.",
            on=on,
            next_step="Make it from the current rows.",
        )
    for what, files in case["others"].items():
        if run(files, seed).fingerprint == first.fingerprint:
            return failed(
                f"The fingerprint is the same, although {what}.",
                on=on,
                next_step="Put order, version and amount of every current row into it.",
            )
    return passed("")


def _figures(raw: Any) -> _Figures:
    found = as_mapping(raw, KEYS, "figures")
    return _Figures(
        as_whole(found["rows"], "rows"),
        as_number(found["mean"], "mean"),
        as_number(found["low"], "low"),
        as_number(found["high"], "high"),
        as_text(found["fingerprint"], "fingerprint"),
    )


def _close(one: float, other: float) -> bool:
    return abs(one - other) <= SAME * (1 + abs(one))


def _wrong(found: _Figures, case: Instance) -> tuple[str, str] | None:
    """What is wrong with figures, and what to try."""
    current = "Take each order once, with the amount of its highest version."
    if found.rows != case["rows"]:
        return f"There are {found.rows} rows; {case['rows']} orders are current.", current
    if not _close(case["mean"], found.mean):
        return f"The mean is {found.mean:.4f} €; {case['mean']:.4f} € is right.", current
    for name, end in (("low", found.low), ("high", found.high)):
        if abs(end - case[name]) > WIDE[name] * case["error"]:
            return (
                f"'{name}' is {end:.2f} €, {abs(end - case[name]) / case['error']:.2f} standard "
                f"errors from where the middle 95 % of means end; {WIDE[name]:g} are allowed.",
                "Draw as many orders as there are, with replacement, 10,000 times, and take each "
                "time the mean.",
            )
    return None


def _moved(first: _Figures, found: _Figures) -> str:
    """The name of a figure that is not the same, "" where all are."""
    for name, one, other in zip(KEYS, first.numbers, found.numbers, strict=False):
        if not _close(one, other):
            return f"'{name}'"
    return "" if first.fingerprint == found.fingerprint else "The fingerprint"


TASK = Task(
    "run",
    10,
    judge,
    (
        "Rows come in any order, in files of any name, some twice, some in an old version.",
        "Keep the highest version of each order, then sort by order: from here on nothing depends "
        "on how the rows came.",
        "np.random.default_rng(seed) for the draws; hashlib.sha256 of the sorted rows as a text "
        "for the fingerprint.",
    ),
    title="Figures that do not move",
    traps=TRAPS,
)
