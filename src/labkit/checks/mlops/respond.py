"""Judge of the task `respond`: the right status for every body, and scores that fit.

The model is the judge's: it counts its calls.
"""

from __future__ import annotations

from typing import Any

from labkit.exercise.guard import UnusableError, call
from labkit.exercise.outcome import Outcome, failed, passed
from labkit.exercise.reading import as_array, as_parts, as_whole
from labkit.exercise.task import Instance, Task, each_case

QUICK = 3.0
"""CPU-seconds of a call; the reference needs a thousandth. One that loads torch needs more."""

EXACT = 1e-9

BREAKS = {"RuntimeError": RuntimeError, "ValueError": ValueError, "KeyError": KeyError}
"""What the model raises where it is down."""

TRAPS = {
    "coerced": "Something that is no number was taken for one. bool is a kind of int in Python, "
    'and float("12") makes a number of a text.',
    "infinite": "JSON has no limit on numbers: 1e400 becomes infinite, and a whole number of 400 "
    "digits cannot become a float at all.",
    "digits": "Python makes no int of more than 4,300 digits and raises ValueError, as it does for "
    "what is no JSON. JSON knows no such limit; parse_int says what becomes of whole numbers.",
    "encoding": "Given bytes, json.loads guesses their encoding, takes UTF-16 and UTF-32, and "
    "drops a byte order mark. bytes.decode('utf-8') takes UTF-8 alone.",
    "nan": "Python's JSON reader takes NaN and Infinity, which are no JSON. parse_constant says "
    "what to do with them.",
    "raised": "An exception that leaves the function is the status 500, which tells a stranger "
    "that he has found a hole.",
    "loop": "The model is asked once a request, with all rows together.",
    "refused": "A request that is refused costs nothing: the model is not asked, not even with an "
    "empty list.",
}


def judge(answer: Any, instance: Instance) -> Outcome:
    """Status, scores and calls of the model, for every body."""

    def one(case: Instance) -> Outcome:
        for request in case["calls"]:
            fault = _fault(answer, case, request)
            if fault is not None:
                words, trap = fault
                return failed(
                    words,
                    on=f"{request['what']}: {_shown(_text(request))}",
                    next_step="Call respond with this body and follow it to the place where its "
                    "status is decided.",
                    misconception=TRAPS.get(trap, ""),
                )
        return passed("")

    return each_case(instance, one, "Every body has its status, and the model is asked once.")


def _text(request: Instance) -> str:
    """The body, its bytes as letters of Latin-1."""
    return "".join(piece * times for piece, times in request["body"])


def _shown(body: str) -> str:
    return body if len(body) < 120 else f"{body[:100]} … ({len(body):,} bytes)"


def _fault(answer: Any, case: Instance, request: Instance) -> tuple[str, str] | None:
    """What is wrong with one response, and the trap that it fits."""
    asked = 0

    def score(row: list[float]) -> float:
        *weights, constant = case["weights"]
        return float(sum(w * x for w, x in zip(weights, row, strict=True)) + constant)

    def model(rows: Any) -> list[float]:
        nonlocal asked
        asked += 1
        table = as_array(rows, "rows for the model", (None, 4)).tolist()
        if request["breaks"]:
            raise BREAKS[request["breaks"]]("the model is down")
        return [score(row) for row in table]

    body = _text(request).encode("latin-1")
    try:
        raw = call(answer, body, list(case["features"]), model, seconds=QUICK)
    except UnusableError as problem:
        return f"No response: {problem}", "raised"
    status, scores = as_parts(raw, ("status", "scores"))
    status, right = as_whole(status, "status"), request["statuses"]
    if status not in right:
        wanted = " or ".join(map(str, right))
        return f"The status is {status}; {wanted} is right.", _trap(request["trap"], status)
    if asked > 1:
        return f"The model was asked {asked} times for one request.", "loop"
    if asked and not request["rows"]:
        return "The model was asked, although the request is refused.", "refused"
    if status == 200:
        if not asked:
            return "The model was not asked, although there are rows to score.", ""
        try:
            found = as_array(scores, "scores", (len(request["rows"]),))
        except UnusableError as problem:
            return str(problem), ""
        due = [score(row) for row in request["rows"]]
        if any(abs(f - d) > EXACT * (1 + abs(d)) for f, d in zip(found, due, strict=True)):
            return "The scores are not those of these rows: features go by name, in order.", ""
    return None


def _trap(key: str, status: int) -> str:
    """The trap that a wrong status fits, of the one that the body was made for."""
    if key == "coerced" and status != 200:
        return ""
    return "infinite" if key == "digits" and status != 400 else key


TASK = Task(
    "respond",
    15,
    judge,
    (
        "In this order: length, JSON, shape, numbers, model. Each has its own status.",
        "json.loads(text, parse_constant=f) calls f for NaN and Infinity; let f raise ValueError. "
        "Deep nesting raises RecursionError.",
        "json.loads(text, parse_int=float) reads whole numbers of any length, and 1 with 5,000 "
        "noughts as infinite. type(x) is float refuses True, math.isfinite what is infinite.",
    ),
    title="A service that never falls over",
    traps=TRAPS,
)
