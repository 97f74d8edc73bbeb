"""Task `gate`: calls that wait at a gate, approvals that cover some, and the fewest questions.

The reference spends the approval that ends first, which leaves the fewest calls uncovered
(Lipski and Preparata 1981). Judging is left to the checks.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from labkit.exercise.drawing import until

CASES = 3
NAMES = ("Abel", "Brandt", "Cohen", "Diaz", "Emre", "Fuchs")
TOOLS = ("refund", "transfer", "order")


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``.

    Each has ``attempts``, ``approvals`` and ``policy`` as the answer sees them, ``says``, what the
    person says to each attempt when asked, ``questions``, the fewest that are needed, and
    ``needs``, whether each attempt needs an approval at all.
    """
    return {
        "cases": [
            until(partial(_case, rng), _tells_apart, "approvals that end in another order")
            for _ in range(CASES)
        ]
    }


def _case(rng: np.random.Generator) -> dict[str, Any]:
    pinned = {tool: f"{tool} v{rng.integers(1, 9)}: moves money once" for tool in TOOLS}
    free = {tool: 100 * int(rng.integers(20, 60)) for tool in TOOLS[:2]}
    attempts: list[dict[str, Any]] = []
    approvals: list[dict[str, Any]] = []
    people = list(rng.permutation(NAMES))

    def content(tool: str, cents: int, to: str, changed: bool = False) -> dict[str, Any]:
        text = pinned[tool] + (" and tells the seller" if changed else "")
        return {"tool": tool, "arguments": {"to": to, "cents": cents}, "description": text}

    def attempt(time: int, what: dict[str, Any], yes: bool = True) -> None:
        attempts.append({"time": time, "call": what, "says": yes})

    def approve(what: dict[str, Any], start: int, end: int) -> None:
        approvals.append({"call": what, "from": start, "until": end})

    for tool, limit in free.items():
        big = limit + int(rng.integers(500, 3_000))
        t = [int(v) for v in rng.choice(np.arange(100, 900), 18, replace=False)]
        first, second, third = (str(name) for name in rng.choice(people, 3, replace=False))
        # Free: up to the limit, the limit included; not with a changed tool; a cent more is not.
        attempt(t[0], content(tool, limit, first))
        attempt(t[1], content(tool, limit - int(rng.integers(100, 900)), second))
        attempt(t[2], content(tool, limit // 2, first, changed=True), yes=False)
        attempt(t[3], content(tool, limit + 1, second))
        # An approval is for one call, these arguments, this time, this description.
        good = content(tool, big, third)
        approve(good, t[4] - 30, t[4])
        attempt(t[4], good)
        attempt(t[4] + 1, good, yes=False)
        attempt(t[5], content(tool, big + 10, first), yes=False)
        approve(content(tool, big, first), t[5] - 20, t[5] + 20)
        attempt(t[6], content(tool, big, second, changed=True), yes=False)
        approve(content(tool, big, second), t[6] - 20, t[6] + 20)
        late = content(tool, big + 20, second)
        approve(late, t[7], t[7] + 40)
        attempt(t[7] - 1, late)
        attempt(t[7], late)
        once = content(tool, big + 40, second)
        approve(once, t[9] - 20, t[9] + 20)
        attempt(t[9], once)
        attempt(t[9] + 3, once, yes=False)
        ended = content(tool, big + 30, third)
        approve(ended, t[8] - 40, t[8] - 1)
        attempt(t[8], ended, yes=False)
        # Approved for somebody else, for another tool, for more.
        whose = content(tool, big + 50, first)
        approve(content(tool, big + 50, third), t[10] - 20, t[10] + 20)
        attempt(t[10], whose, yes=False)
        which = content(tool, big + 60, first)
        approve({**which, "tool": TOOLS[2]}, t[11] - 20, t[11] + 20)
        attempt(t[11], which, yes=False)
        approve(content(tool, big + 80, third), t[12] - 20, t[12] + 20)
        attempt(t[12], content(tool, big + 70, third), yes=False)
        # A description that is not the pinned one may be approved, also for a sum that is free.
        for place, cents in ((13, big + 90), (14, limit // 3)):
            known = content(tool, cents, first, changed=True)
            approve(known, t[place] - 20, t[place] + 20)
            attempt(t[place], known, yes=False)
        # The same call again is another question, whatever was said before.
        for place, yes in ((15, True), (16, False)):
            again = content(tool, big + 10 * place, second)
            attempt(t[place], again, yes=yes)
            attempt(t[place] + 2, again, yes=not yes)
    # Approvals of one call that cross: which is spent on which attempt decides how many are asked.
    for start, (spans, times) in ((950, _chained(rng)), (1_300, _crossed(rng))):
        same = content("order", int(rng.integers(1_000, 9_000)), people[start > 1_000])
        for begin, end in spans:
            approve(same, start + begin, start + end)
        for time in times:
            attempt(start + time, same, yes=bool(rng.random() < 0.5))
    # Nothing is free for a tool that the policy does not name, not even what costs nothing.
    attempt(int(rng.integers(900, 950)), content("order", 0, people[1]), yes=False)
    order = sorted(range(len(attempts)), key=lambda place: (attempts[place]["time"], place))
    says = [attempts[place].pop("says") for place in order]
    attempts = [attempts[place] for place in order]
    approvals = [approvals[int(place)] for place in rng.permutation(len(approvals))]
    policy = {"free": free, "pinned": pinned}
    needs, asked = reference(attempts, approvals, policy)
    return {
        "attempts": attempts,
        "approvals": approvals,
        "policy": policy,
        "says": says,
        "needs": needs,
        "questions": len(asked),
    }


def reference(
    attempts: list[dict[str, Any]],
    approvals: list[dict[str, Any]],
    policy: dict[str, Any],
    listed: bool = False,
) -> tuple[list[bool], list[int]]:
    """Which attempts need an approval, and about which the person is asked.

    With `listed` the first approval of the list that fits is spent, else the one that ends first.
    """
    spent: set[int] = set()
    needs, asked = [], []
    for place, one in enumerate(attempts):
        call = one["call"]
        as_pinned = call["description"] == policy["pinned"][call["tool"]]
        limit = policy["free"].get(call["tool"], -1)
        needs.append(not (as_pinned and call["arguments"]["cents"] <= limit))
        if not needs[-1]:
            continue
        fits = [
            (0 if listed else approval["until"], number)
            for number, approval in enumerate(approvals)
            if number not in spent
            and approval["call"] == call
            and approval["from"] <= one["time"] <= approval["until"]
        ]
        if fits:
            spent.add(min(fits)[1])
        else:
            asked.append(place)
    return needs, asked


def _tells_apart(case: dict[str, Any]) -> bool:
    """Whether spending approvals as they are listed, from either end, costs a question more."""
    attempts, approvals, policy = case["attempts"], case["approvals"], case["policy"]
    ways = (reference(attempts, a, policy, listed=True) for a in (approvals, approvals[::-1]))
    return all(len(asked) > case["questions"] for _, asked in ways)


Spans = tuple[list[tuple[int, int]], list[int]]
"""When approvals begin and end, and the times of attempts."""

CHAIN = ((0, 0), (0, 1), (0, 2), (2, 3), (3, 4), (3, 5))
"""From which to which of six attempts each approval reaches: all six are covered, but not by
whoever begins with the attempt that has the fewest approvals, or spends the one that fits the
fewest."""


def _chained(rng: np.random.Generator) -> Spans:
    times = [int(time) for time in rng.integers(8, 30, 6).cumsum()]
    early, late = rng.integers(0, 4, (2, len(CHAIN)))
    spans = zip(CHAIN, early.tolist(), late.tolist(), strict=True)
    return [(times[a] - before, times[b] + after) for (a, b), before, after in spans], times


def _crossed(rng: np.random.Generator) -> Spans:
    """Approvals of which only the one that ends first is the one to spend."""

    def make() -> Spans:
        ends = np.sort(rng.integers(0, 300, (8, 2)), axis=1)
        times = np.sort(rng.choice(300, 8, replace=False))
        return [(int(a), int(b)) for a, b in ends], times.tolist()

    return until(make, _only_the_end_counts, "approvals of which the one that ends first counts")


def _only_the_end_counts(drawn: Spans) -> bool:
    spans, times = drawn
    fits = [[k for k, (a, b) in enumerate(spans) if a <= time <= b] for time in times]
    wanted = [sum(k in row for row in fits) for k in range(len(spans))]
    least = _asked(fits, [b for _, b in spans])
    others = [
        [a for a, _ in spans],
        [b - a for a, b in spans],
        wanted,
    ]
    backward = [[-value for value in keys] for keys in [*others, [b for _, b in spans]]]
    return all(_asked(fits, keys) > least for keys in [*others, *backward])


def _asked(fits: list[list[int]], keys: list[int]) -> int:
    """How many attempts no approval is left for, where the one of the least key is spent."""
    spent: set[int] = set()
    asked = 0
    for row in fits:
        left = [(keys[k], k) for k in row if k not in spent]
        asked += not left
        if left:
            spent.add(min(left)[1])
    return asked
